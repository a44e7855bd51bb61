import type { SchedulerLike, Subscriber, Subscription } from 'rxjs';
import { expectNumber } from '../src/protocol/arguments.js';
import { OperatorSubscriber } from '../src/rx/operator-subscriber.js';

/** What bounds a batch: what `bufferCountOrTime` was given, checked, with its defaults. */
export interface BatchLimits<T> {
  readonly count: number;
  /** Milliseconds that timers can take, or `Infinity`. */
  readonly time: number;
  readonly scheduler: SchedulerLike;
  readonly sizeOf: ((value: T) => number) | undefined;
  readonly maxSize: number;
}

/** Collects values until `count` of them wait, or the first of them has waited for `time`. */
export class Batching<T> extends OperatorSubscriber<T, T[]> {
  protected readonly limits: BatchLimits<T>;
  readonly #count: number;
  /** `undefined` once nothing is collected any more: one look for each value. */
  protected batch: T[] | undefined = [];
  /** Of all values in the batch together, where they have sizes. */
  protected size = 0;
  protected timer: Subscription | undefined;

  constructor(destination: Subscriber<T[]>, limits: BatchLimits<T>) {
    super(destination);
    this.limits = limits;
    this.#count = limits.count;
  }

  next(value: T): void {
    const { batch } = this;
    if (batch === undefined) return;
    const length = batch.push(value);
    if (length >= this.#count) this.emit();
    else if (length === 1) this.startTimer();
  }

  override unsubscribe(): void {
    this.batch = undefined;
    this.timer?.unsubscribe();
    super.unsubscribe();
  }

  /** Begins a batch with one value or none, then emits the one before: the subscriber may feed the source. */
  emit(begun: T[] | undefined = [], size = 0): void {
    const { batch } = this;
    this.timer?.unsubscribe();
    this.batch = this.isStopped ? undefined : begun;
    this.size = size;
    if (begun.length > 0) this.startTimer();
    if (batch?.length) this.destination.next(batch);
  }

  protected startTimer(): void {
    const { time, scheduler } = this.limits;
    if (time < Infinity) this.timer = scheduler.schedule(emitInTime, time, this as Batching<unknown>);
  }

  protected override stop(end: () => void): void {
    super.stop(() => {
      this.emit();
      end();
    });
  }
}

/** Collects values of which each has a size, and no more than `maxSize` together. */
export class SizedBatching<T> extends Batching<T> {
  override next(value: T): void {
    if (!this.batch) return;
    const { count, sizeOf, maxSize } = this.limits;
    let size: number;
    try {
      size = sizeOf!(value);
      expectNumber('sizeOf(value)', size);
    } catch (thrown) {
      return this.error(thrown);
    }
    const { batch } = this; // what `sizeOf` did may have ended it, or begun another one
    if (!batch) return;

    const isFull = () => this.size >= maxSize || (this.batch?.length ?? 0) >= count;
    if (batch.length > 0 && (isFull() || this.size + size > maxSize)) {
      this.emit([value], size);
      if (isFull()) this.emit();
    } else {
      this.size += size;
      const length = batch.push(value);
      if (isFull()) this.emit();
      else if (length === 1) this.startTimer();
    }
  }
}

function emitInTime(batching?: Batching<unknown>): void {
  batching!.emit();
}
