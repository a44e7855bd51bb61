import { NEVER, timer } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { bounded } from '../protocol/backoff.js';

/** Emits once, after a delay of any length in milliseconds; after `Infinity` never. */
export function after(delay: number, scheduler: SchedulerLike): Observable<unknown> {
  return delay === Infinity ? NEVER : timer(bounded(delay), scheduler);
}
