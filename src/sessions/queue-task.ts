import { asyncScheduler } from 'rxjs';
import type { Subscription } from 'rxjs';
import { after } from '../rx/after.js';

/**
 * Runs `action` in a task of its own, after everything that happens synchronously now. What it throws is reported as an
 * unhandled error. Unsubscribe to cancel it.
 *
 * Not a microtask: a `TestScheduler` loses count of microtasks that cancel a timer that is due.
 */
export function queueTask(action: () => void): Subscription {
  return after(0, asyncScheduler).subscribe(action);
}
