import type { Subscriber } from 'rxjs';
import { OperatorSubscriber } from './operator-subscriber.js';

/** Is called before a notification of the source passes. What it throws passes in its place, as the error. */
export interface Inspector<T> {
  next?(value: T): void;
  /** @returns whether it keeps the error: then nothing passes */
  error?(error: unknown): boolean;
}

/** What `tap` is to one subscription, in a third of its memory. */
export class Stage<T> extends OperatorSubscriber<T, T> {
  readonly #inspector: Inspector<T>;

  constructor(destination: Subscriber<T>, inspector: Inspector<T>) {
    super(destination);
    this.#inspector = inspector;
  }

  next(value: T): void {
    if (this.isStopped || this.closed) return;
    try {
      this.#inspector.next?.(value);
    } catch (thrown) {
      return super.error(thrown);
    }
    this.destination.next(value);
  }

  override error(error: unknown): void {
    this.stop(() => {
      try {
        if (this.#inspector.error?.(error)) return;
      } catch (thrown) {
        error = thrown;
      }
      this.destination.error(error);
    });
  }
}
