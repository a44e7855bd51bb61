import { from } from 'rxjs';

/** Does it for each. What one of them throws, a teardown mostly, RxJS reports, and the next one has its turn. */
export function each<T>(items: Iterable<T>, action: (item: T) => void): void {
  from(items).subscribe(action);
}
