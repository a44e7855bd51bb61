import type { Subscriber } from 'rxjs';
import { LeanSubscriber } from './lean-subscriber.js';

/**
 * The subscriber between an operator's source and its destination. It is unsubscribed with the destination; the end of
 * the source passes once, and then the source is unsubscribed from.
 */
export abstract class OperatorSubscriber<T, R> extends LeanSubscriber<T> {
  protected readonly destination: Subscriber<R>;
  /** Whether the source has ended: what it emits while its end passes is ignored. */
  protected isStopped = false;

  constructor(destination: Subscriber<R>) {
    super();
    this.destination = destination;
    destination.add(this); // before it has a source, which may emit for ever
  }

  error(error: unknown): void {
    this.stop(() => this.destination.error(error));
  }

  complete(): void {
    this.stop(() => this.destination.complete());
  }

  override unsubscribe(): void {
    this.destination.remove(this); // a Subscriber of another copy of RxJS would keep it
    super.unsubscribe();
  }

  /** Ends once, as `end` does. */
  protected stop(end: () => void): void {
    if (this.isStopped || this.closed) return;
    this.isStopped = true;
    try {
      end();
    } finally {
      this.unsubscribe();
    }
  }
}
