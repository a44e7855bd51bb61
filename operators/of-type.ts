import { filter } from 'rxjs';
import type { Observable } from 'rxjs';
import { expectOneOf, refuse } from '../src/protocol/arguments.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';

const TYPES: readonly LifecycleEvent['type'][] = [
  'connecting',
  'open',
  'heartbeat',
  'rejected',
  'dropped',
  'error',
  'close',
  'reconnecting',
];

/**
 * Emits only the lifecycle events of the given types, and narrows their TypeScript type.
 *
 * ```
 * source:          c--o-----x-r---c--|      (connecting, open, close, reconnecting)
 * ofType('open'):  ---o--------------|
 * ```
 *
 * Errors and completes with the source.
 *
 * @throws TypeError or RangeError for an unknown event type
 *
 * @example
 * feed.lifecycle.pipe(ofType('close')).subscribe(({ code, reason }) => console.log(code, reason));
 * @see [marble diagram](../docs/operators.md#oftype)
 */
export function ofType<T extends LifecycleEvent['type']>(
  ...types: [T, ...T[]]
): <E extends LifecycleEvent>(source: Observable<E>) => Observable<Extract<E, { type: T }>> {
  if (types.length === 0) refuse('types', 'at least one type of event', 'none');
  for (const type of types) expectOneOf('types', type, ...TYPES);
  return <E extends LifecycleEvent>(source: Observable<E>) =>
    source.pipe(filter((event): event is Extract<E, { type: T }> => (types as string[]).includes(event.type)));
}
