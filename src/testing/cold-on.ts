import { asyncScheduler, concat, dematerialize, from, map, mergeMap, NEVER, timer } from 'rxjs';
import type { Observable, ObservableNotification, SchedulerLike } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { expectScheduler } from '../protocol/arguments.js';

/**
 * Marbles in real time: what `scriptedServer` takes outside a `TestScheduler`. One character is one millisecond, and
 * `'500ms'` is 500 of them.
 *
 * @param scheduler runs the marbles. Default `asyncScheduler`
 * @throws TypeError where that is none
 *
 * @example
 * const server = scriptedServer(coldOn(), ['o 1s a 1s b 1s #']);
 */
export function coldOn(
  scheduler: SchedulerLike = asyncScheduler,
): <T>(marbles: string, values?: Record<string, T>) => Observable<T> {
  expectScheduler(scheduler);
  return <T>(marbles: string, values?: Record<string, T>) => {
    const { messages } = new TestScheduler(() => undefined).run(({ cold }) => cold(marbles, values));
    return concat(from(messages), NEVER).pipe(
      mergeMap(({ frame, notification }) =>
        timer(frame, scheduler).pipe(map(() => notification as ObservableNotification<T>)),
      ),
      dematerialize(),
    );
  };
}
