import { vi } from 'vitest';

/** The two clocks of a machine, moved by hand. */
export interface SteppedClock {
  /** Time passes. */
  pass(ms: number): void;
  /** Somebody sets the time, or the machine wakes up from a sleep that the monotonic clock has not counted. */
  set(ms: number): void;
}

/** Puts clocks that are moved by hand in the place of the machine's, until `vi.restoreAllMocks()`. */
export function steppedClock(): SteppedClock {
  let wall = Date.now();
  let monotonic = performance.now();
  vi.spyOn(Date, 'now').mockImplementation(() => wall);
  vi.spyOn(performance, 'now').mockImplementation(() => monotonic);
  const move = (ofWall: number, ofMonotonic: number) => {
    wall += ofWall;
    monotonic += ofMonotonic;
  };
  return {
    pass: (ms) => move(ms, ms),
    set: (ms) => move(ms, 0),
  };
}
