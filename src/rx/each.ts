import { from } from 'rxjs';
import type { Unsubscribable } from 'rxjs';

/** Does it for each. What one of them throws, a teardown mostly, RxJS reports, and the next one has its turn. */
export function each<T>(items: Iterable<T>, action: (item: T) => void): void {
  from(items).subscribe(action);
}

/** Unsubscribes, and goes on where a teardown throws. */
export function leave(subscription: Unsubscribable | undefined): void {
  each([subscription], (left) => left?.unsubscribe());
}
