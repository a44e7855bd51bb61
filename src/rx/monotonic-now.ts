import { asyncScheduler } from 'rxjs';
import type { TimestampProvider } from 'rxjs';

/** How far apart two readings of one clock may be that are taken one right after the other. */
const SAME_CLOCK = 1000;

let knownDate: DateConstructor | undefined;
let isDateReal = false;

interface Platform {
  readonly timeOrigin?: number; // older ones have less of it
  now(): number;
}

/** Where the platform's clock began to count: asked for once, because that takes longer than to read the clock. */
let timeOrigin = 0;
let knownPlatform: Platform | undefined;

/** Test tools replace `Date` by a class of their own, or by a Proxy of one, which is native code without a name. */
function hasRealDate(): boolean {
  if (knownDate !== Date) {
    knownDate = Date;
    isDateReal = /^function Date\(\)\s*{\s*\[native code]/.test(Function.prototype.toString.call(Date));
  }
  return isDateReal;
}

const isWallTime = (time: number) => Math.abs(time - Date.now()) <= SAME_CLOCK;

/**
 * Milliseconds on a clock for durations, which does not move when somebody sets the time.
 *
 * A scheduler that goes by the wall clock, as `asyncScheduler` does, is read by the monotonic clock of the platform
 * (https://www.w3.org/TR/hr-time-3/). Any other clock is taken as it is: virtual time in `TestScheduler.run`, and fake
 * timers, which are known by a `Date` that is not the platform's.
 */
export function monotonicNow(clock: TimestampProvider): number {
  const now = clock.now();
  if (!hasRealDate() || !(isWallTime(now) || isWallTime(clock.now()))) return now; // asked again: it may have been set just now
  const { performance } = globalThis as { performance?: Platform };
  if (!performance) return now;
  if (performance !== knownPlatform) timeOrigin = (knownPlatform = performance).timeOrigin ?? 0;
  return timeOrigin + performance.now();
}

/** Whether a clock goes by the wall clock of the platform, and by no time of a test or of its own. */
export function isPlatformTime(clock: TimestampProvider): boolean {
  return hasRealDate() && isWallTime(clock.now());
}

/**
 * Whether a clock goes by a time that a test has put in the place of the platform's: `TestScheduler.run`, fake timers.
 * What runs by it may be gone when the test is. A scheduler with a time of its own is not one.
 */
export function isTestTime(clock: TimestampProvider): boolean {
  return !isPlatformTime(clock) && Math.abs(clock.now() - asyncScheduler.now()) <= SAME_CLOCK;
}
