import { NEVER, Subscription, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { callSafely } from './for-each-safely.js';

/** The longest delay that timers take: `setTimeout` fires at once for anything longer. */
const MAX_DELAY = 2_147_483_647;

/** Emits once, after a delay of any length in milliseconds; after `Infinity` never. */
export function after(delay: number, scheduler: SchedulerLike): Observable<unknown> {
  return delay === Infinity ? NEVER : timer(Math.min(delay, MAX_DELAY), scheduler);
}

/** Does the same without the five objects of an Observable and its subscriber, for what every attempt needs. */
export function runAfter(delay: number, scheduler: SchedulerLike, action: () => void): Subscription {
  if (delay === Infinity) return new Subscription();
  return scheduler.schedule(callSafely as () => void, Math.max(0, Math.min(delay, MAX_DELAY)), action);
}
