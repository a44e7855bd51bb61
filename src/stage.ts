import { Subscription } from 'rxjs';
import type { Observer, Subscriber } from 'rxjs';

/** Is shown every value and the error before they are passed on. What it throws is passed on in their place. */
export interface Inspector<T> {
  next?(value: T): void;
  /** Keeps the error to itself by unsubscribing its stage. */
  error?(error: unknown): void;
}

/**
 * What `tap` is to one subscription, in a third of its memory, which counts for operators that each of ten thousand
 * connections has: 0.5 kB of heap and not 1.5. RxJS takes a Subscription with the methods of an Observer for a
 * Subscriber, as it is.
 */
export class Stage<T> extends Subscription implements Observer<T> {
  readonly #destination: Subscriber<T>;
  readonly #inspector: Inspector<T>;

  constructor(destination: Subscriber<T>, inspector: Inspector<T>) {
    super();
    this.#destination = destination;
    this.#inspector = inspector;
    destination.add(this); // before it has a source, which may emit for ever
  }

  next(value: T): void {
    if (this.closed) return;
    try {
      this.#inspector.next?.(value);
    } catch (thrown) {
      return this.#end(() => this.#destination.error(thrown));
    }
    this.#destination.next(value);
  }

  error(error: unknown): void {
    if (this.closed) return;
    try {
      this.#inspector.error?.(error);
    } catch (thrown) {
      error = thrown;
    }
    this.#end(() => this.#destination.error(error));
  }

  complete(): void {
    this.#end(() => this.#destination.complete());
  }

  #end(tell: () => void): void {
    if (!this.closed) tell();
    this.unsubscribe();
  }
}
