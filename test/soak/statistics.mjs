/** The sample below which that share of all lies. */
export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (samples) => quantile(samples, 0.5);

/** By how much samples taken at even distances grow from one to the next: Theil and Sen's, which no outlier moves. */
export function slope(samples) {
  const slopes = samples.flatMap((late, j) => samples.slice(0, j).map((early, i) => (late - early) / (j - i)));
  return median(slopes);
}

/** The second and the last of four equal parts. The first one warms up. */
export function quarters(samples) {
  const length = Math.floor(samples.length / 4);
  return { second: samples.slice(length, 2 * length), last: samples.slice(-length) };
}
