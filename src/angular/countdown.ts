import { map, of, startWith, switchMap, take, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import type { ConnectionState } from '../index.js';

const SECOND = 1000;

/** Milliseconds to the next attempt while a retry waits: at its beginning, and at each full second. */
export function countdownOf(
  state: Observable<ConnectionState>,
  scheduler: SchedulerLike,
): Observable<number | undefined> {
  return state.pipe(
    switchMap((now) => (now.status === 'reconnecting' ? countFrom(now.delay, scheduler) : of(undefined))),
  );
}

function countFrom(delay: number, scheduler: SchedulerLike): Observable<number> {
  const seconds = Math.ceil(delay / SECOND) - 1;
  if (seconds < 1) return of(delay);
  const first = delay - seconds * SECOND;
  return timer(first, SECOND, scheduler).pipe(
    take(seconds),
    map((passed) => (seconds - passed) * SECOND),
    startWith(delay),
  );
}
