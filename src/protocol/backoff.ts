import { NEVER, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { MAX_DELAY } from './arguments.js';

/** How delays are spread, so that clients that failed together do not return together. */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

/** What the growth of the delays depends on; durations in milliseconds. */
export interface Backoff {
  readonly initialDelay: number;
  readonly maxDelay: number;
  readonly factor: number;
  readonly jitter: Jitter;
}

/** The least that 'full' jitter waits, so that no client hammers a server that refuses at once. */
const FLOOR = 100;

/** A number from `from` up to, but not including, `to`. */
export function between(from: number, to: number, random: () => number): number {
  return from + random() * (to - from);
}

/** Keeps a delay within what timers can do. */
export function bounded(delay: number): number {
  return Math.min(Math.max(0, delay), MAX_DELAY);
}

/** Emits once, after a delay of any length; after `Infinity` never. */
export function after(delay: number, scheduler: SchedulerLike): Observable<unknown> {
  return delay === Infinity ? NEVER : timer(bounded(delay), scheduler);
}

/**
 * The delay before a retry.
 *
 * @param n how many retries in a row were made before this one
 * @param previous the delay before this one; `initialDelay` for the first
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelay(
  { initialDelay, maxDelay, factor, jitter }: Backoff,
  n: number,
  previous: number,
  random: () => number,
): number {
  // 0 · Infinity is NaN: an initial delay of 0 stays 0 however often it grows.
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
