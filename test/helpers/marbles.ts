import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { expect } from 'vitest';

/** What a test in virtual time can use. */
export interface VirtualTime extends RunHelpers {
  /** Does something at a frame. */
  at(frame: number, action: () => void): void;
}

/** Runs a test in virtual time; one character of a marble string is one millisecond. */
export function inVirtualTime(test: (helpers: VirtualTime) => void): void {
  const scheduler = new TestScheduler((actual, expected) => expect(actual).toEqual(expected));
  scheduler.run((helpers) => test({ ...helpers, at: (frame, action) => void asyncScheduler.schedule(action, frame) }));
}
