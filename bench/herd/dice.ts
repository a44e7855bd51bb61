/** A seeded random generator: Marsaglia's xorshift with 32 bits ("Xorshift RNGs", 2003). */
export function dice(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1); // different for neighbouring seeds
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
