import type { Observer, Unsubscribable } from 'rxjs';
import { reportError } from './report-error.js';

/** Calls `action`. What it throws is reported as an unhandled error. */
export function callSafely(action: () => void): void {
  try {
    action();
  } catch (thrown) {
    reportError(thrown);
  }
}

/**
 * Calls `action` for each item, also for those that are added to an array meanwhile. What one call throws is reported
 * as an unhandled error and does not keep the others from running.
 */
export function forEachSafely<T>(items: Iterable<T>, action: (item: T) => void): void {
  for (const item of items) callSafely(() => action(item));
}

/** Unsubscribes. What a teardown throws is reported as an unhandled error. */
export function unsubscribeSafely(subscription: Unsubscribable | undefined): void {
  try {
    subscription?.unsubscribe();
  } catch (thrown) {
    reportError(thrown);
  }
}

/** Sends `error`, or without one `complete`. What a teardown throws is reported as an unhandled error. */
export function endSafely(observer: Observer<never>, error?: Error): void {
  callSafely(() => (error ? observer.error(error) : observer.complete()));
}
