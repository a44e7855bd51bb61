import { MAX_DELAY } from './arguments.js';

/** How delays are randomized, so that clients that failed at the same time do not retry at the same time. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** The options that the delays depend on; durations in milliseconds. */
export interface Backoff {
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly factor: number;
  readonly jitter: Jitter;
}

/** The minimum delay of 'full' jitter in milliseconds: no client retries in a loop when a server refuses at once. */
const FLOOR = 100;

/** A random number from `from` up to, but not including, `to`. */
export function between(from: number, to: number, random: () => number): number {
  return from + random() * (to - from);
}

/** What `random` says; 1 where that is no number from 0 to 1, because a delay that is none would be a loop. */
export function rolled(random: () => number): number {
  const roll = random();
  return roll >= 0 && roll <= 1 ? roll : 1;
}

/** Limits a delay to the range of timers. */
export function bounded(delay: number): number {
  return Math.min(Math.max(0, delay), MAX_DELAY);
}

/**
 * The delay before a retry in milliseconds.
 *
 * @param n the number of retries in a row before this one
 * @param previous the previous delay; `initialDelay` for the first retry
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelay(
  { initialDelay, maxDelay, factor, jitter }: Backoff,
  n: number,
  previous: number,
  random: () => number,
): number {
  // 0 · Infinity is NaN. An initial delay of 0 stays 0.
  const ceiling = initialDelay === 0 ? 0 : bounded(Math.min(maxDelay, initialDelay * factor ** n));
  switch (jitter) {
    case 'none':
      return ceiling;
    case 'equal':
      return between(ceiling / 2, ceiling, random);
    case 'full':
      return between(Math.min(FLOOR, ceiling), ceiling, random);
    case 'decorrelated':
      return bounded(Math.min(maxDelay, between(bounded(initialDelay), 3 * bounded(previous), random)));
  }
}
