import { defer, finalize, from, ignoreElements, merge, mergeMap, Subject, tap } from 'rxjs';
import type { ObservableInput, OperatorFunction } from 'rxjs';
import { expectFunction, expectNumber, expectObject, expectOneOf, refuse } from '../src/protocol/arguments.js';
import { BufferOverflowError } from '../src/protocol/errors.js';
import { Queue } from '../src/rx/queue.js';
import type { Pausable } from '../src/protocol/pausable.js';

/** What {@link mergeMapBounded} can be given. */
export interface MergeMapBoundedOptions<T> {
  /** How many inner streams run at once. With 1, results come in the order of the values. @default 1 */
  concurrency?: number | undefined;
  /** How many values may wait; those that run do not count. `Infinity` for no limit. @default 1000 */
  highWaterMark?: number | undefined;
  /** How many values wait when what was paused goes on. @default highWaterMark / 4 */
  lowWaterMark?: number | undefined;
  /** What is paused while as many values wait as may: the connection that they come from. @default nothing */
  pausing?: Pausable | undefined;
  /**
   * What happens to a value that may not wait, where nothing can be paused: all ends with a `BufferOverflowError`, or
   * the value that has waited longest gives way, or the new one does. @default 'error'
   */
  overflow?: 'error' | 'dropOldest' | 'dropNewest' | undefined;
  /** Is told each value that gave way. @default nobody is */
  onDrop?: ((value: T) => void) | undefined;
}

/**
 * `mergeMap` with an end to what waits: maps each value to an inner stream of which `concurrency` run at once, keeps a
 * bounded number of values waiting for their turn, and stops the source where that can be done.
 *
 * ```
 * source:                                -abcd-------------|     each inner stream: ---x|
 * mergeMapBounded(project):              ----a---b---c---d-|
 * mergeMapBounded(project, {             ----a---d---------|     b and c gave way to d
 *   highWaterMark: 1, overflow: 'dropOldest' })
 * ```
 *
 * With `pausing`, a lease is taken when `highWaterMark` values wait, and released when `lowWaterMark` do; what was on
 * its way already is taken, above the mark too. Without it, and where its `canPause` is false, `overflow` says what
 * gives way.
 *
 * Completes when the source has completed and nothing waits or runs. An error, of the source, of an inner stream, or
 * thrown by `project` or `onDrop`, passes at once, and what waits is discarded, as it is on unsubscription. In every
 * case the lease is released.
 *
 * @param project makes the inner stream of a value; its `index` counts those that had their turn
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * feed.messages.pipe(mergeMapBounded((trade) => save(trade), { concurrency: 10, pausing: feed })).subscribe();
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
  } = options;
  expectFunction('project', project);
  expectNumber('concurrency', concurrency, 1, true);
  expectNumber('highWaterMark', highWaterMark, 0, true);
  expectNumber('lowWaterMark', lowWaterMark);
  if (lowWaterMark > highWaterMark) refuse('lowWaterMark', 'at most highWaterMark', lowWaterMark, RangeError);
  if (pausing !== undefined) expectFunction('pausing.pause', pausing?.pause);
  expectOneOf('overflow', overflow, 'error', 'dropOldest', 'dropNewest');
  if (onDrop !== undefined) expectFunction('onDrop', onDrop);

  return (source) =>
    defer(() => {
      /** Whose turn it is. Left to itself mergeMap overflows the stack where 800 in a row end at once. */
      const turns = new Subject<T>();
      const waiting = new Queue<T>();
      let running = 0;
      let isStarting = false;
      let isComplete = false;
      let release: (() => void) | undefined;

      const goOn = () => {
        const lease = release;
        release = undefined; // first: what was held back may arrive while it is released
        lease?.();
      };
      const proceed = () => {
        if (isStarting) return; // an inner stream ended at once: the loop goes on
        isStarting = true;
        while (running < concurrency && waiting.size) {
          running++;
          turns.next(waiting.shift()!);
        }
        isStarting = false;
        if (isComplete || waiting.size <= lowWaterMark) goOn();
        if (isComplete && !waiting.size) turns.complete();
      };
      const giveWay = () => {
        if (overflow === 'error') throw new BufferOverflowError(highWaterMark);
        const dropped = overflow === 'dropOldest' ? waiting.shift() : waiting.pop();
        onDrop?.(dropped!);
      };

      const results = turns.pipe(
        mergeMap((value, index) =>
          from(project(value, index)).pipe(
            finalize(() => {
              running--;
              proceed();
            }),
          ),
        ),
      );
      const arrivals = source.pipe(
        tap({
          next(value) {
            waiting.push(value);
            proceed();
            const excess = running + waiting.size - concurrency - highWaterMark;
            if (excess < 0 || !turns.observed) return;
            if (pausing?.canPause) release ??= pausing.pause();
            else if (excess > 0) giveWay();
          },
          complete() {
            isComplete = true;
            proceed();
          },
        }),
        ignoreElements(),
      );
      return merge(results, arrivals).pipe(finalize(goOn));
    });
}
