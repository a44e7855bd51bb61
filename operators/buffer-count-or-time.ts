import { asyncScheduler, Observable } from 'rxjs';
import type { OperatorFunction, SchedulerLike } from 'rxjs';
import { expectFunction, expectNumber, expectScheduler, refuse } from '../src/protocol/arguments.js';
import { bounded } from '../src/protocol/backoff.js';
import { Batching, SizedBatching } from './batching.js';
import type { BatchLimits } from './batching.js';

/** What {@link bufferCountOrTime} can be given in place of a scheduler. */
export interface BufferCountOrTimeOptions<T> {
  /** Measures the time. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
  /** The size of a value, in whatever unit `maxSize` has; called once a value. @default values have no size */
  sizeOf?: ((value: T) => number) | undefined;
  /** How large the values of a batch are together at most. Wants `sizeOf`. @default Infinity */
  maxSize?: number | undefined;
}

/**
 * Collects values into batches: one is emitted when it holds `count` values or `time` ms after its first value,
 * whichever comes first. No batch is empty or longer than `count`, and no timer runs while there is nothing to emit.
 *
 * ```
 * source:                   -a-b-c----d---------e-|
 * bufferCountOrTime(3, 5):  -----x---------y------(z|)      x: [a, b, c]  y: [d]  z: [e]
 * ```
 *
 * With `sizeOf` and `maxSize`, a batch is also emitted when its values together have reached `maxSize`, and before a
 * value that would exceed it. So none is larger, unless it is one value that is.
 *
 * On completion and on error the rest is emitted first. What `sizeOf` throws, or a size that is no number of 0 or more,
 * is such an error. Unsubscribing discards what waits.
 *
 * @param count how many values a batch holds at most
 * @param time milliseconds that a value waits at most; `Infinity` batches by count alone
 * @param scheduler measures `time`, or the options. Default `asyncScheduler`
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades) => save(trades));
 * @see [drawn from a run](../docs/operators.md#buffercountortime)
 */
export function bufferCountOrTime<T>(
  count: number,
  time: number,
  scheduler: SchedulerLike | BufferCountOrTimeOptions<T> = {},
): OperatorFunction<T, T[]> {
  if (typeof count !== 'number') refuse('count', 'a positive integer', count);
  if (!Number.isInteger(count) || count < 1) refuse('count', 'a positive integer', count, RangeError);
  expectNumber('time', time);
  const limits: BatchLimits<T> = { count, time: time === Infinity ? time : bounded(time), ...limitsOf(scheduler) };
  const Kind = limits.sizeOf ? SizedBatching<T> : Batching<T>;

  return (source) => new Observable((subscriber) => new Kind(subscriber, limits).subscribeTo(source));
}

function limitsOf<T>(
  options: SchedulerLike | BufferCountOrTimeOptions<T>,
): Pick<BatchLimits<T>, 'scheduler' | 'sizeOf' | 'maxSize'> {
  const isScheduler = Object(options) !== options || 'schedule' in options;
  const {
    scheduler = asyncScheduler,
    sizeOf,
    maxSize,
  } = isScheduler ? { scheduler: options as SchedulerLike } : options;
  expectScheduler(scheduler);
  if (sizeOf !== undefined) expectFunction('sizeOf', sizeOf);
  if (maxSize !== undefined) {
    if (!sizeOf) refuse('maxSize', 'given together with `sizeOf`', maxSize);
    if (typeof maxSize !== 'number') refuse('maxSize', 'a number above 0', maxSize);
    if (!(maxSize > 0)) refuse('maxSize', 'a number above 0', maxSize, RangeError);
  }
  return { scheduler, sizeOf, maxSize: maxSize ?? Infinity };
}
