/** The median, which one slow round does not change. */
export function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Holds if the contestant's median is at most `bar` times the other's. */
export function ratio(contestant, other, bar) {
  return (medians) => {
    const value = medians[contestant] / medians[other];
    return { what: `${contestant} / ${other}`, value: Number(value.toFixed(3)), bar, holds: value <= bar };
  };
}

/** Holds if the contestant's median is at most `bar` more than the other's. */
export function difference(contestant, other, bar) {
  return (medians) => {
    const value = medians[contestant] - medians[other];
    return { what: `${contestant} - ${other}`, value: Math.round(value), bar, holds: value <= bar };
  };
}

/** Holds if the contestant's median is at most `bar`. */
export function most(contestant, bar) {
  return (medians) => {
    const value = medians[contestant];
    return { what: contestant, value: Number(value.toFixed(1)), bar, holds: value <= bar };
  };
}

/** Applies the bars of a row to its samples. */
export function judge({ name, title, unit, bars }, samples) {
  const medians = Object.fromEntries(Object.entries(samples).map(([contestant, all]) => [contestant, median(all)]));
  const verdicts = bars.map((bar) => bar(medians));
  return { name, title, unit, medians, samples, verdicts, holds: verdicts.every(({ holds }) => holds) };
}
