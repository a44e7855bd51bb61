import { asyncScheduler, combineLatest, distinctUntilChanged, interval, map, scan, startWith } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { monotonicNow } from '../../rx/monotonic-now.js';
import type { Feed } from '../console.js';
import type { Status } from './status-text.js';

const PERIOD = 1000;

/**
 * The status of a connection: when its state changes, and each second.
 *
 * @param typed how many typed lines wait to be sent
 */
export function statuses(
  { state, stats }: Pick<Feed, 'state' | 'stats'>,
  typed: () => number,
  scheduler: SchedulerLike = asyncScheduler,
): Observable<Status> {
  const rates = interval(PERIOD, scheduler).pipe(
    map(() => stats.received),
    startWith(stats.received),
    scan(({ received }, now) => ({ received: now, rate: now - received }), { received: stats.received, rate: 0 }),
  );
  const states = state.pipe(
    distinctUntilChanged(),
    map((value) => ({ value, began: monotonicNow(scheduler) })),
  );
  return combineLatest([states, rates]).pipe(
    map(([{ value, began }, { rate }]) => ({
      state: value,
      since: monotonicNow(scheduler) - began,
      latency: stats.latency,
      rate,
      queue: stats.queued + typed(),
    })),
  );
}
