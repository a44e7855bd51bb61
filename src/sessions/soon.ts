import { asyncScheduler } from 'rxjs';
import type { Subscription } from 'rxjs';
import { after } from '../protocol/backoff.js';

/**
 * Does something when all that happens now has happened. What it throws is reported, as any subscriber's throw is.
 *
 * No microtask: a `TestScheduler` loses count of those that cancel a timer that is due.
 */
export function soon(action: () => void): Subscription {
  return after(0, asyncScheduler).subscribe(action);
}
