import { Subscription } from 'rxjs';
import type { Observer } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Attempt } from './attempt.js';

/** What receives what leaves the supervision. */
export interface SupervisedLifecycleHost {
  emit(event: LifecycleEvent): void;
  fail(error: unknown): void;
  complete(): void;
}

/**
 * One subscription to the supervision, from which one attempt after another comes. `reconnect()` puts another in its
 * place. RxJS takes it for a Subscriber, as it takes a `Stage`.
 */
export class SupervisedLifecycle<In, Out> extends Subscription implements Observer<LifecycleEvent> {
  /** The newest one, which may have ended. */
  attempt: Attempt<In, Out> | undefined;
  readonly #host: SupervisedLifecycleHost;

  constructor(host: SupervisedLifecycleHost) {
    super();
    this.#host = host;
  }

  next(event: LifecycleEvent): void {
    if (!this.closed) this.#host.emit(event);
  }

  error(error: unknown): void {
    if (!this.closed) this.#host.fail(error);
  }

  complete(): void {
    if (!this.closed) this.#host.complete();
  }
}
