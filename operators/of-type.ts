import { filter } from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import type { LifecycleEvent } from '../src/lifecycle.js';

/**
 * Lets the lifecycle events of the given types through, and narrows their type to match.
 *
 * ```
 * source:          c--o-----x-r---c--|      (connecting, open, close, reconnecting)
 * ofType('open'):  ---o--------------|
 * ```
 *
 * Errors and completes with the source.
 *
 * @example
 * feed.lifecycle.pipe(ofType('close')).subscribe(({ code, reason }) => console.log(code, reason));
 */
export function ofType<T extends LifecycleEvent['type']>(
  ...types: [T, ...T[]]
): OperatorFunction<LifecycleEvent, Extract<LifecycleEvent, { type: T }>> {
  return filter((event): event is Extract<LifecycleEvent, { type: T }> => (types as string[]).includes(event.type));
}
