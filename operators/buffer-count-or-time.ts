import { asyncScheduler, Observable, Subscription } from 'rxjs';
import type { Observer, OperatorFunction, SchedulerLike } from 'rxjs';
import { expectNumber, expectScheduler, refuse } from '../src/protocol/arguments.js';
import { bounded } from '../src/protocol/backoff.js';

/**
 * Collects values into batches: one is emitted when it holds `count` values or `time` ms after its first value,
 * whichever comes first. No batch is empty or longer than `count`, and no timer runs while there is nothing to emit.
 *
 * ```
 * source:                   -a-b-c----d---------e-|
 * bufferCountOrTime(3, 5):  -----x---------y------(z|)      x: [a, b, c]  y: [d]  z: [e]
 * ```
 *
 * On completion and on error the rest is emitted first. Unsubscribing discards it.
 *
 * @param count how many values a batch holds at most
 * @param time milliseconds that a value waits at most; `Infinity` batches by count alone
 * @param scheduler measures `time`. Default `asyncScheduler`
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades) => save(trades));
 * @see [drawn from a run](../docs/operators.md#buffercountortime)
 */
export function bufferCountOrTime<T>(
  count: number,
  time: number,
  scheduler: SchedulerLike = asyncScheduler,
): OperatorFunction<T, T[]> {
  if (typeof count !== 'number') refuse('count', 'a positive integer', count);
  if (!Number.isInteger(count) || count < 1) refuse('count', 'a positive integer', count, RangeError);
  expectNumber('time', time);
  expectScheduler(scheduler);

  return (source) =>
    new Observable((subscriber) => {
      let batch: T[] = [];
      let timer: Subscription | undefined;
      let isEnding = false;

      const emit = () => {
        timer?.unsubscribe();
        if (batch.length === 0) return;
        const full = batch;
        batch = []; // before it is emitted: the subscriber may feed the source
        subscriber.next(full);
      };
      const end = (tell: () => void) => {
        if (isEnding) return;
        isEnding = true;
        emit();
        tell();
      };

      // RxJS takes it for a Subscriber, as it is: one of its own around this would cost each value a tenth more.
      const batching: Subscription & Observer<T> = Object.assign(new Subscription(() => timer?.unsubscribe()), {
        next(value: T) {
          if (isEnding || batching.closed) return;
          if (batch.push(value) >= count) emit();
          else if (batch.length === 1 && time < Infinity) timer = scheduler.schedule(emit, bounded(time));
        },
        error: (error: unknown) => end(() => subscriber.error(error)),
        complete: () => end(() => subscriber.complete()),
      });
      subscriber.add(batching); // before it has a source, which may emit for ever
      source.subscribe(batching);
    });
}
