import { NEVER, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';

/** The longest delay that timers take: `setTimeout` fires at once for anything longer. */
const MAX_DELAY = 2_147_483_647;

/** Emits once, after a delay of any length in milliseconds; after `Infinity` never. */
export function after(delay: number, scheduler: SchedulerLike): Observable<unknown> {
  return delay === Infinity ? NEVER : timer(Math.min(delay, MAX_DELAY), scheduler);
}
