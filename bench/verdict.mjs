import { median, quantile, sampleWithReplacement } from 'simple-statistics';

const RESAMPLES = 4000;
const CONFIDENCE = 0.95;

/** Numbers from 0 to 1 that are the same in every run (a linear congruential generator, which is enough for resampling). */
function dice(seed = 1) {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** The median of samples, with the interval that holds the true median with 95 % confidence (a percentile bootstrap). */
export function estimate(samples) {
  const random = dice();
  const resampled = Array.from({ length: samples.length === 1 ? 1 : RESAMPLES }, () =>
    median(sampleWithReplacement(samples, samples.length, random)),
  );
  const [low, high] = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2].map((share) => quantile(resampled, share));
  return { value: median(samples), low, high };
}

/** A bar holds or is missed where the whole interval says so. In between the machine was too noisy to decide. */
function decide({ low, high }, bar) {
  if (high <= bar) return 'holds';
  return low > bar ? 'missed' : 'undecided';
}

const judgement = (what, samples, bar) => {
  const estimated = estimate(samples);
  return { what, ...estimated, ...(bar !== undefined && { bar, verdict: decide(estimated, bar) }) };
};

/* A round's samples are compared with each other, because what slows the machine down slows down a whole round. */
const paired = (combine) => (contestant, other, bar) => (samples) =>
  judgement(
    `${contestant} ${combine.sign} ${other}`,
    samples[contestant].map((sample, round) => combine(sample, samples[other][round])),
    bar,
  );

const divide = Object.assign((a, b) => a / b, { sign: '/' });
const subtract = Object.assign((a, b) => a - b, { sign: '-' });

/** Compares the contestant with `bar` times the other. Without a bar there is a figure and no verdict. */
export const ratio = paired(divide);

/** Compares the contestant with `bar` more than the other. */
export const difference = paired(subtract);

/** Compares the contestant with `bar`. */
export const most = (contestant, bar) => (samples) => judgement(contestant, samples[contestant], bar);

/** Applies the bars of a row to its samples, and compares it with all that it was measured beside. */
export function judge({ name, title, unit, bars }, { samples, allocated }) {
  const medians = Object.fromEntries(Object.entries(samples).map(([contestant, all]) => [contestant, median(all)]));
  const verdicts = bars.map((bar) => bar(samples));
  const decided = new Set(verdicts.map(({ what }) => what));
  const compared = Object.keys('rxwire' in samples ? samples : {})
    .filter((contestant) => contestant !== 'rxwire')
    .map((contestant) => ratio('rxwire', contestant)(samples))
    .filter(({ what }) => !decided.has(what));
  return { name, title, unit, medians, samples, allocated, verdicts: [...verdicts, ...compared] };
}
