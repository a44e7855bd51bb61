import { asyncScheduler, concat, concatMap, defer, dematerialize, from, map, NEVER, of, timer } from 'rxjs';
import type { Observable, ObservableNotification, SchedulerLike } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expectScheduler } from '../protocol/arguments.js';
import { monotonicNow } from '../rx/monotonic-now.js';
import { partsOf } from './in-parts.js';
import { isInRunMode } from './run-mode.js';

/**
 * Returns a `cold` function for {@link scriptedServer} that plays marbles in real time, outside a `TestScheduler`. One
 * character is one millisecond; `'500ms'` between spaces is 500 milliseconds.
 *
 * @param scheduler plays the marbles. Default `asyncScheduler`
 * @throws TypeError if it is not a scheduler
 * @throws Error within `TestScheduler.run`, which has a `cold` of its own
 *
 * @example
 * const server = scriptedServer(coldOn(), ['o 1s a 1s b 1s #']);
 */
export function coldOn(
  scheduler: SchedulerLike = asyncScheduler,
): <T>(marbles: string, values?: Record<string, T>) => Observable<T> {
  expectScheduler(scheduler);
  expectRealTime();
  return <T>(marbles: string, values?: Record<string, T>) => {
    expectRealTime();
    const messages = partsOf(marbles).flatMap(
      (part) => new TestScheduler(() => undefined).run(({ cold }) => cold(part, values)).messages,
    );
    return defer(() => {
      const start = monotonicNow(scheduler);
      let played = -1;
      // One timer after the other: timers that are late may run in another order than that of their times (Deno).
      const due = (frame: number) => {
        if (frame === played) return of(0);
        played = frame;
        return timer(Math.max(0, start + frame - monotonicNow(scheduler)), scheduler);
      };
      return concat(from(messages), NEVER).pipe(
        concatMap(({ frame, notification }) => due(frame).pipe(map(() => notification as ObservableNotification<T>))),
        dematerialize(),
      );
    });
  };
}

function expectRealTime(): void {
  if (!isInRunMode()) return;
  throw new Error('`coldOn()` plays marbles outside `TestScheduler.run`: inside, use the `cold` that it passes.');
}
