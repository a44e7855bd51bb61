/** Random numbers that are the same for the same seed: Marsaglia's xorshift with 32 bits ("Xorshift RNGs", 2003). */
export function dice(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1); // apart for seeds that are neighbours
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
