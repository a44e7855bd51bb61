/** The quantile of samples. */
export function quantile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export const median = (samples) => quantile(samples, 0.5);

/** The growth per sample of evenly spaced samples: the Theil–Sen estimator, which is robust against outliers. */
export function slope(samples) {
  const slopes = samples.flatMap((late, j) => samples.slice(0, j).map((early, i) => (late - early) / (j - i)));
  return median(slopes);
}

/** The second and the last quarter. The first one is the warm-up. */
export function quarters(samples) {
  const length = Math.floor(samples.length / 4);
  return { second: samples.slice(length, 2 * length), last: samples.slice(-length) };
}
