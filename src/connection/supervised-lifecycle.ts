import { defer, Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { LeanSubscriber } from '../rx/lean-subscriber.js';
import { Attempt } from './attempt.js';
import type { AttemptCore, AttemptHost } from './attempt-host.js';
import type { Supervision } from './web-socket-connection.js';

/** What a supervised lifecycle needs of the connection. */
export interface SupervisedCore<In, Out> extends AttemptCore<In, Out> {
  readonly supervision: readonly Supervision[];
}

/** What receives what leaves the supervision. */
export interface SupervisedLifecycleHost<In, Out> extends AttemptHost<In, Out> {
  readonly core: SupervisedCore<In, Out>;
  /** Whether no further attempt is to be made, and a supervision that wants to is to end. */
  readonly isClosing: boolean;
  /** Whether the run is over. */
  readonly hasEnded: boolean;
  /** Numbers the attempts. */
  nextAttempt(): number;
  emit(event: LifecycleEvent): void;
  fail(error: unknown): void;
  complete(): void;
  /** The supervision has unsubscribed from an attempt that had not ended. */
  abandoned(attempt: Attempt<In, Out>): void;
}

/**
 * One subscription to the supervision, from which one attempt after another comes. `reconnect()` puts another in its
 * place.
 */
export class SupervisedLifecycle<In, Out> extends LeanSubscriber<LifecycleEvent> {
  /** The newest one, which may have ended. */
  attempt: Attempt<In, Out> | undefined;
  readonly #host: SupervisedLifecycleHost<In, Out>;

  constructor(host: SupervisedLifecycleHost<In, Out>) {
    super();
    this.#host = host;
  }

  start(): void {
    const raw = new Observable<LifecycleEvent>((lifecycle) => this.#connect(lifecycle));
    const { supervision } = this.#host.core;
    this.subscribeTo(defer(() => supervision.reduce((source, operator) => operator(source), raw)));
  }

  next(event: LifecycleEvent): void {
    this.attempt?.emitter.passed(event);
    if (!this.#isOver) this.#host.emit(event);
  }

  error(error: unknown): void {
    if (!this.#isOver) this.#host.fail(error);
  }

  complete(): void {
    if (!this.#isOver) this.#host.complete();
  }

  /** Whether it is unsubscribed, or is about to be: another one has taken its place. */
  get #isOver(): boolean {
    return this.closed || !!this.attempt?.isRetired;
  }

  /** The raw lifecycle of one connection. */
  #connect(lifecycle: Subscriber<LifecycleEvent>): void {
    const { gate } = this.#host.core.attempts;
    if (gate) lifecycle.add(gate((dialing) => this.#begin(lifecycle, dialing)));
    else this.#begin(lifecycle);
  }

  #begin(lifecycle: Subscriber<LifecycleEvent>, dialing?: () => void): void {
    const host = this.#host;
    if (this.#isOver || lifecycle.closed || host.hasEnded) return;
    if (host.isClosing) {
      host.complete(); // the supervision wants to go on
      return;
    }
    const attempt = new Attempt<In, Out>(host, host.nextAttempt(), lifecycle);
    attempt.dialing = dialing;
    this.attempt = attempt;
    host.core.attempts.add(attempt);
    lifecycle.add(() => {
      if (attempt.isRetired || (attempt.phase === 'ended' && !attempt.emitter.isEndWaiting)) return;
      attempt.abandon();
      host.abandoned(attempt);
    });
    attempt.begin();
  }
}
