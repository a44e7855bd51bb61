import { Subscription } from 'rxjs';
import type { Observer } from 'rxjs';
import type { LifecycleEvent } from './lifecycle.js';

/** What a run belongs to. */
export interface RunHost {
  tell(run: Run, event: LifecycleEvent): void;
  fail(run: Run, error: unknown): void;
  complete(run: Run): void;
}

/**
 * What the supervision makes of one connection after another, from the first subscriber to the end. It is its own
 * observer, as a `Stage` is, for the same reason; what it hears after the end its host ignores.
 */
export class Run extends Subscription implements Observer<LifecycleEvent> {
  /** How many were begun. */
  attempts = 0;
  readonly #host: RunHost;

  constructor(host: RunHost) {
    super();
    this.#host = host;
  }

  next(event: LifecycleEvent): void {
    this.#host.tell(this, event);
  }

  error(error: unknown): void {
    this.#host.fail(this, error);
    this.unsubscribe();
  }

  complete(): void {
    this.#host.complete(this);
  }
}
