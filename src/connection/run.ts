import { defer, Observable, Subject } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { WebSocketError } from '../protocol/errors.js';
import { toError } from '../protocol/to-error.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import { Attempt } from './attempt.js';
import type { AttemptHost } from './attempt.js';
import type { ResolvedConfig } from './config.js';
import { EventDelivery } from './event-delivery.js';
import type { DeliveryCore } from './event-delivery.js';
import { LEASE } from './reading.js';
import type { StateChange } from './state.js';
import type { Counters } from './stats.js';
import { SubscriberList } from './subscriber-list.js';
import { SupervisedLifecycle } from './supervised-lifecycle.js';
import type { SupervisedLifecycleHost } from './supervised-lifecycle.js';
import type { Turns } from './turns.js';
import type { Supervision } from './web-socket-connection.js';

/** What a run needs of the connection that it belongs to. */
export interface RunCore<In, Out> extends DeliveryCore<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly supervision: readonly Supervision[];
  readonly stats: Counters;
  readonly turns: Turns;
  /** The run that is under way. */
  readonly run: Run<In, Out> | undefined;
  began(attempt: Attempt<In, Out>): void;
  released(attempt: Attempt<In, Out>): void;
  /** The run is over; its subscribers are about to be notified. */
  ended(change: StateChange): void;
}

/** From the first subscriber to the end: what the supervision makes of one connection after another, for whom. */
export class Run<In, Out> implements AttemptHost<In, Out>, SupervisedLifecycleHost {
  readonly core: RunCore<In, Out>;
  readonly delivery: EventDelivery<In, Out>;
  readonly readers = new SubscriberList<In>();
  /** `close()` was called: no further attempt is made. */
  isClosing = false;
  #supervised: SupervisedLifecycle<In, Out> | undefined;
  /** How many attempts were begun. */
  #attempts = 0;
  #hasEnded = false;
  #ending: Subject<never> | undefined;

  constructor(core: RunCore<In, Out>) {
    this.core = core;
    this.delivery = new EventDelivery(core);
  }

  get isEmpty(): boolean {
    return this.subscribers.length === 0;
  }

  get listeners(): SubscriberList<LifecycleEvent> {
    return this.delivery.listeners;
  }

  get subscribers(): readonly Subscriber<never>[] {
    return [...this.listeners.members, ...this.readers.members];
  }

  /** The newest one, which may have ended. */
  get attempt(): Attempt<In, Out> | undefined {
    return this.#supervised?.attempt;
  }

  /** Subscribes to the supervision. */
  start(): void {
    const supervised = (this.#supervised = new SupervisedLifecycle<In, Out>(this));
    const raw = new Observable<LifecycleEvent>((lifecycle) => this.#connect(supervised, lifecycle));
    defer(() => this.core.supervision.reduce((source, operator) => operator(source), raw)).subscribe(supervised);
  }

  /** Begins the supervision anew, with a new connection. */
  restart(code: number, reason: string): void {
    if (this.#hasEnded || this.isClosing) return;
    const before = this.#supervised;
    before?.attempt?.abandon(code, reason, true);
    this.core.health.error = undefined;
    this.#inTurn(() => this.delivery.deliverMissingClose());
    unsubscribeSafely(before);
    if (this.#supervised === before && this.core.run === this) this.start(); // no teardown has ended or restarted it
  }

  /** Nobody is subscribed any more. */
  stop(): void {
    this.#hasEnded = true;
    this.attempt?.abandon(); // there is no subscription to end yet where it has only just begun
    unsubscribeSafely(this.#supervised);
    this.#ending?.error(new WebSocketError('The last subscriber has unsubscribed.'));
  }

  /** Errors when the run is over, with what it ended with. */
  get end(): Observable<never> {
    return (this.#ending ??= new Subject<never>()).asObservable();
  }

  /** A lease of `pause` was taken, or the last one was released: binds the connection once it counts as open. */
  hold(isHeld: boolean): void {
    const { attempt } = this;
    if (attempt?.openSince === undefined) return;
    if (isHeld) attempt.link!.pause(LEASE);
    else attempt.link!.resume(LEASE);
  }

  // For its attempts

  /** Every reader receives the message, also where one of them ends the connection: what that causes waits. */
  deliver(message: In, ofLink: Subject<In> | undefined): void {
    const { members } = this.readers;
    if (members.length < 2 && !ofLink) {
      members[0]?.next(message);
      return;
    }
    const { turns } = this.core;
    const isHeld = turns.hold();
    for (const reader of members) reader.next(message);
    ofLink?.next(message);
    if (isHeld) turns.release();
  }

  closing(): void {
    this.#inTurn(() => this.core.change({ type: 'closing' }));
  }

  // For its supervision

  emit(event: LifecycleEvent): void {
    this.#inTurn(() => this.delivery.deliver(event, this.attempt));
  }

  fail(error: unknown): void {
    this.#end({ type: 'failed', error: toError(error) }, error, (subscriber) => subscriber.error(error));
  }

  complete(): void {
    this.#end({ type: 'completed' }, undefined, (subscriber) => subscriber.complete());
  }

  /** The raw lifecycle of one connection. */
  #connect(supervised: SupervisedLifecycle<In, Out>, lifecycle: Subscriber<LifecycleEvent>): void {
    if (supervised.closed || lifecycle.closed) return;
    if (this.isClosing) {
      this.complete(); // the supervision wants to go on
      return;
    }
    const attempt = new Attempt<In, Out>(this, ++this.#attempts, lifecycle);
    supervised.attempt = attempt;
    this.core.began(attempt);
    lifecycle.add(() => this.#abandon(attempt));
    attempt.begin();
  }

  /** The supervision has unsubscribed from it. Where somebody listens still, its `close` is emitted. */
  #abandon(attempt: Attempt<In, Out> | undefined): void {
    if (!attempt || attempt.phase === 'ended') return;
    attempt.abandon();
    this.#inTurn(() => this.delivery.deliverMissingClose(attempt));
  }

  #end(change: StateChange, error: unknown, notify: (subscriber: Subscriber<never>) => void): void {
    if (!this.#hasEnded) this.attempt?.abandon(); // its streams complete, on which somebody may call `close()`
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#inTurn(() => {
      this.delivery.deliverMissingClose();
      const { subscribers } = this; // not those who subscribe on the new state
      this.core.ended(change);
      this.#ending?.error(error ?? new WebSocketError('The connection was closed.'));
      forEachSafely(subscribers, notify);
    });
    unsubscribeSafely(this.#supervised);
  }

  /** What a subscriber brings about while it is notified is emitted when all others have been notified. */
  #inTurn(action: () => void): void {
    this.core.turns.run(() => {
      if (this.core.run === this) action();
    });
  }
}
