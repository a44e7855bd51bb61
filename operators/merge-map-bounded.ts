import { Observable } from 'rxjs';
import type { ObservableInput, OperatorFunction } from 'rxjs';
import { expectFunction, expectNumber, expectObject, expectOneOf, refuse } from '../src/protocol/arguments.js';
import type { Pausable } from '../src/protocol/pausable.js';
import { BoundedMerge } from './bounded-merge.js';
import type { MergePolicy } from './bounded-merge.js';

/** What {@link mergeMapBounded} can be given. */
export interface MergeMapBoundedOptions<T> {
  /** How many inner streams run at once. With 1, results come in the order of the values. @default 1 */
  concurrency?: number | undefined;
  /** How many values may wait; those that run do not count. `Infinity` for no limit. @default 1000 */
  highWaterMark?: number | undefined;
  /** How many values wait when what was paused goes on. @default highWaterMark / 4 */
  lowWaterMark?: number | undefined;
  /** What is paused while as many values wait as may: the connection that they come from. @default nothing is paused */
  pausing?: Pausable | undefined;
  /**
   * What happens to a value that may not wait, where nothing can be paused: the result errors with a
   * `BufferOverflowError`, or the value that has waited longest is dropped, or the new one is. @default 'error'
   */
  overflow?: 'error' | 'dropOldest' | 'dropNewest' | undefined;
  /** Called with each value that was dropped, or replaced by a newer one. @default drops are not reported */
  onDrop?: ((value: T) => void) | undefined;
  /**
   * The key of a value, compared as in a `Map`; called once a value. A value takes the place in the queue of the one
   * that waits with the same key. What runs is not replaced, nor what has the key `undefined`. @default no key
   */
  conflateBy?: ((value: T) => unknown) | undefined;
  /** Whether an error of the source waits until nothing waits or runs; other errors pass at once. @default false */
  delayError?: boolean | undefined;
}

/**
 * `mergeMap` with an end to what waits: maps each value to an inner stream of which `concurrency` run at once, keeps a
 * bounded number of values waiting for their turn, and stops the source where that can be done.
 *
 * ```
 * source:                                -abcd-------------|     each inner stream: ---x|
 * mergeMapBounded(project):              ----a---b---c---d-|
 * mergeMapBounded(project, {             ----a---d---------|     b and c are dropped
 *   highWaterMark: 1, overflow: 'dropOldest' })
 *
 * source:                                -abcB---#
 * mergeMapBounded(project, {             ----a---B---c#          B replaces b, and the error waits for c
 *   conflateBy: (letter) => letter.toLowerCase(), delayError: true })
 * ```
 *
 * With `pausing`, a lease is taken when `highWaterMark` values wait, and released when `lowWaterMark` do; what was on
 * its way already is taken, above the mark too. Without it, and where its `canPause` is false, `overflow` says what
 * happens above the mark. With `conflateBy`, at most one value waits for each key, the newest.
 *
 * Completes when the source has completed and nothing waits or runs. An error of an inner stream, one thrown by
 * `project`, `conflateBy` or `onDrop`, and a `BufferOverflowError` pass at once, and what waits is discarded, as it is
 * on unsubscription. So does an error of the source, unless `delayError` is true. In every case the lease is released.
 *
 * @param project makes the inner stream of a value; its `index` counts those that had their turn
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * feed.messages
 *   .pipe(mergeMapBounded((trade) => save(trade), { concurrency: 10, pausing: feed, delayError: true }))
 *   .subscribe();
 * @see [drawn from a run](../docs/operators.md#mergemapbounded)
 */
export function mergeMapBounded<T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  options: MergeMapBoundedOptions<T> = {},
): OperatorFunction<T, R> {
  expectObject('options', options);
  const {
    concurrency = 1,
    highWaterMark = 1000,
    lowWaterMark = highWaterMark / 4,
    pausing,
    overflow = 'error',
    onDrop,
    conflateBy,
    delayError = false,
  } = options;
  expectFunction('project', project);
  expectNumber('concurrency', concurrency, 1, true);
  expectNumber('highWaterMark', highWaterMark, 0, true);
  expectNumber('lowWaterMark', lowWaterMark);
  if (lowWaterMark > highWaterMark) refuse('lowWaterMark', 'at most highWaterMark', lowWaterMark, RangeError);
  if (pausing !== undefined) expectFunction('pausing.pause', pausing?.pause);
  expectOneOf('overflow', overflow, 'error', 'dropOldest', 'dropNewest');
  if (onDrop !== undefined) expectFunction('onDrop', onDrop);
  if (conflateBy !== undefined) expectFunction('conflateBy', conflateBy);
  if (typeof delayError !== 'boolean') refuse('delayError', 'a boolean', delayError);

  const policy: MergePolicy<T, R> = {
    project,
    concurrency,
    highWaterMark,
    lowWaterMark,
    pausing,
    overflow,
    onDrop,
    conflateBy,
    delayError,
  };
  return (source) => new Observable((subscriber) => new BoundedMerge(subscriber, policy).subscribeTo(source));
}
