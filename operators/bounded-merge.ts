import { from, Subscription } from 'rxjs';
import type { ObservableInput, Subscriber } from 'rxjs';
import { BufferOverflowError } from '../src/protocol/errors.js';
import type { Pausable } from '../src/protocol/pausable.js';
import { LeanSubscriber } from '../src/rx/lean-subscriber.js';
import { OperatorSubscriber } from '../src/rx/operator-subscriber.js';
import { Queue } from '../src/rx/queue.js';
import { ConflatingQueue } from './conflating-queue.js';

/** What `mergeMapBounded` was given, checked, with its defaults. */
export interface MergePolicy<T, R> {
  readonly project: (value: T, index: number) => ObservableInput<R>;
  readonly concurrency: number;
  readonly highWaterMark: number;
  readonly lowWaterMark: number;
  readonly pausing: Pausable | undefined;
  readonly overflow: 'error' | 'dropOldest' | 'dropNewest';
  readonly onDrop: ((value: T) => void) | undefined;
  readonly conflateBy: ((value: T) => unknown) | undefined;
  readonly delayError: boolean;
}

/**
 * One subscription of `mergeMapBounded`, the subscriber of its source, and one object more for each value that runs:
 * `mergeMap` behind a Subject, with `finalize` and `tap`, allocated 2.8 kB a value.
 */
export class BoundedMerge<T, R> extends OperatorSubscriber<T, R> {
  readonly #policy: MergePolicy<T, R>;
  readonly #waiting: Queue<T> | ConflatingQueue<T>;
  /** The subscribers of what runs: they go on when the source has completed, and this is unsubscribed. */
  readonly #inner = new Subscription();
  #running = 0;
  /** How many values had their turn. */
  #begun = 0;
  #isStarting = false;
  #hasSourceEnded = false;
  /** An error of the source that waits for what runs. */
  #delayed: { readonly error: unknown } | undefined;
  #release: (() => void) | undefined;

  constructor(destination: Subscriber<R>, policy: MergePolicy<T, R>) {
    super(destination);
    const { conflateBy } = policy;
    this.#policy = policy;
    this.#waiting = conflateBy ? new ConflatingQueue(conflateBy, (value) => policy.onDrop?.(value)) : new Queue();
    destination.add(this.#inner);
    this.#inner.add(() => this.#resume());
  }

  next(value: T): void {
    if (this.#ignoresSource) return;
    try {
      this.#waiting.push(value);
      this.#proceed();
      this.#limit();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  override error(error: unknown): void {
    if (this.#ignoresSource) return;
    if (!this.#policy.delayError) return this.fail(error);
    this.#delayed = { error };
    this.complete();
  }

  override complete(): void {
    if (this.#ignoresSource) return;
    this.#hasSourceEnded = true;
    this.#proceed();
    this.unsubscribe();
  }

  // For what runs

  emit(result: R): void {
    if (!this.#isOver) this.destination.next(result);
  }

  fail(error: unknown): void {
    this.#end(() => this.destination.error(error));
  }

  ended(): void {
    this.#running--;
    this.#proceed();
  }

  get #isOver(): boolean {
    return this.isStopped || this.destination.closed;
  }

  /** Whether notifications of the source are ignored. */
  get #ignoresSource(): boolean {
    return this.closed || this.#hasSourceEnded || this.#isOver;
  }

  /** A loop: what ends at once would overflow the stack by calls. */
  #proceed(): void {
    const { concurrency, lowWaterMark } = this.#policy;
    if (this.#isStarting) return;
    this.#isStarting = true;
    try {
      while (this.#running < concurrency && this.#waiting.size && !this.#isOver) this.#start(this.#waiting.shift()!);
      this.#isStarting = false;
      if (this.#hasSourceEnded || this.#waiting.size <= lowWaterMark) this.#resume();
    } catch (thrown) {
      this.fail(thrown);
    }
    if (!this.#hasSourceEnded || this.#waiting.size || this.#running) return;
    const delayed = this.#delayed;
    if (delayed) this.fail(delayed.error);
    else this.#end(() => this.destination.complete());
  }

  #start(value: T): void {
    this.#running++;
    const results = from(this.#policy.project(value, this.#begun++));
    const inner = new InnerSubscriber(this);
    this.#inner.add(inner);
    inner.subscribeTo(results);
  }

  /** Pauses the source, or drops a value, if too many wait. */
  #limit(): void {
    const { concurrency, highWaterMark, pausing, overflow, onDrop } = this.#policy;
    const excess = this.#running + this.#waiting.size - concurrency - highWaterMark;
    if (excess < 0 || this.#isOver) return;
    if (pausing?.canPause) {
      this.#release ??= pausing.pause();
    } else if (excess > 0) {
      if (overflow === 'error') throw new BufferOverflowError(highWaterMark);
      const dropped = overflow === 'dropOldest' ? this.#waiting.shift() : this.#waiting.pop();
      onDrop?.(dropped!);
    }
  }

  #resume(): void {
    const release = this.#release;
    this.#release = undefined; // first: what was held back may arrive while it is released
    release?.();
  }

  #end(notify: () => void): void {
    if (this.#isOver) return;
    this.isStopped = true;
    try {
      notify();
    } finally {
      this.unsubscribe();
      this.#inner.unsubscribe();
    }
  }
}

/** The subscriber of what one value was mapped to. */
class InnerSubscriber<R> extends LeanSubscriber<R> {
  readonly #merge: Pick<BoundedMerge<never, R>, 'emit' | 'fail' | 'ended'>;

  constructor(merge: Pick<BoundedMerge<never, R>, 'emit' | 'fail' | 'ended'>) {
    super();
    this.#merge = merge;
  }

  next(result: R): void {
    if (!this.closed) this.#merge.emit(result);
  }

  error(error: unknown): void {
    if (!this.closed) this.#merge.fail(error);
  }

  complete(): void {
    if (this.closed) return;
    try {
      this.unsubscribe(); // before the next value has its turn
    } finally {
      this.#merge.ended();
    }
  }
}
