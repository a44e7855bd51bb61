import { Subject } from 'rxjs';
import type { Observable, Subscriber } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { WebSocketError } from '../protocol/errors.js';
import { toError } from '../protocol/to-error.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import type { Attempt } from './attempt.js';
import { EventDelivery } from './event-delivery.js';
import type { DeliveryCore } from './event-delivery.js';
import { Handover } from './handover.js';
import type { HandoverRun } from './handover-run.js';
import { ReaderList } from './reader-list.js';
import type { StateChange } from './state.js';
import type { SubscriberList } from './subscriber-list.js';
import { SupervisedLifecycle } from './supervised-lifecycle.js';
import type { SupervisedCore, SupervisedLifecycleHost } from './supervised-lifecycle.js';

/** What a run needs of the connection that it belongs to. */
export interface RunCore<In, Out> extends DeliveryCore<In, Out>, SupervisedCore<In, Out> {
  /** The run that is under way. */
  readonly run: Run<In, Out> | undefined;
  /** The run is over; its subscribers are about to be notified. */
  ended(change: StateChange): void;
}

/** From the first subscriber to the end: what the supervision makes of one connection after another, for whom. */
export class Run<In, Out> implements SupervisedLifecycleHost<In, Out>, HandoverRun<In, Out> {
  readonly core: RunCore<In, Out>;
  readonly delivery: EventDelivery<In, Out>;
  readonly readers = new ReaderList<In>();
  /** `close()` was called: no further attempt is made. */
  isClosing = false;
  #supervised: SupervisedLifecycle<In, Out> | undefined;
  /** How many attempts were begun. */
  #attempts = 0;
  /** It is over, or will be when what is being notified has been. */
  hasEnded = false;
  /** A new connection is being made beside the open one, or has just taken its place. */
  #handover: Handover<In, Out> | undefined;
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
    this.#supervised = new SupervisedLifecycle<In, Out>(this);
    this.#supervised.start();
  }

  /** Begins the supervision anew, with a new connection, which may be made beside the open one. A handover ends first. */
  restart(code: number, reason: string, overlap: number | undefined): void {
    if (this.hasEnded || this.isClosing) return;
    const { attempt } = this;
    this.core.health.error = undefined;
    if (overlap !== undefined && attempt?.openSince !== undefined && attempt.phase === 'open') {
      if (this.#handover) this.core.turns.run(() => this.#handover?.finish());
      else (this.#handover = new Handover(this, attempt, { code, reason, overlap })).start();
    } else if (this.#handover && this.#handover.phase !== 'over') {
      this.core.turns.run(() => {
        this.#endHandover();
        this.restart(code, reason, overlap);
      });
    } else this.#replace(code, reason);
  }

  /** Nobody is subscribed any more. */
  stop(): void {
    this.hasEnded = true;
    this.attempt?.abandon(); // there is no subscription to end yet where it has only just begun
    this.#endHandover();
    unsubscribeSafely(this.#supervised);
    this.#ending?.error(new WebSocketError('The last subscriber has unsubscribed.'));
  }

  /** Errors when the run is over, with what it ended with. */
  get end(): Observable<never> {
    return (this.#ending ??= new Subject<never>()).asObservable();
  }

  /** A lease of `pause` was taken, or the last one was released: binds the connection once it counts as open. */
  hold(isHeld: boolean): void {
    if (this.#handover) this.core.turns.run(() => this.#handover?.hold(isHeld));
    this.attempt?.hold(this.core.isPaused); // what was held back may have made somebody pause
  }

  /** Runs `action` after all messages received before it were delivered. */
  inOrder(action: () => void): void {
    if (this.#handover?.phase === 'delivering') this.#handover.inOrder(action);
    else action();
  }

  // For its attempts and its supervision

  deliver(message: In, ofLink: Subject<In> | undefined): void {
    if (!this.#handover?.old.holdBack(message, ofLink)) this.deliverNow(message, ofLink);
  }

  deliverNow(message: In, ofLink: Subject<In> | undefined): void {
    this.readers.deliver(message, ofLink, this.core.turns);
  }

  whenDelivered(action: () => void): void {
    if (!this.#handover?.old.holdBackEnd(action)) action();
  }

  closing(): void {
    this.#inTurn(() => this.core.change({ type: 'closing' }));
  }

  emit(event: LifecycleEvent): void {
    const { attempt } = this; // not one that is made before it is this event's turn
    this.#inTurn(() => this.delivery.deliver(event, attempt));
  }

  fail(error: unknown): void {
    this.#end({ type: 'failed', error: toError(error) }, error, (subscriber) => subscriber.error(error));
  }

  complete(): void {
    this.#end({ type: 'completed' }, undefined, (subscriber) => subscriber.complete());
  }

  abandoned(attempt: Attempt<In, Out>): void {
    this.#inTurn(() => this.delivery.deliverMissingCloses([attempt]));
  }

  nextAttempt(): number {
    return ++this.#attempts;
  }

  takeOver(supervised: SupervisedLifecycle<In, Out>, events: readonly LifecycleEvent[]): void {
    const before = this.#supervised;
    this.#supervised = supervised;
    this.#inTurn(() => {
      for (const event of events) this.delivery.deliver(event, this.attempt);
    });
    unsubscribeSafely(before);
  }

  handedOver(): void {
    this.#handover = undefined;
  }

  #endHandover(): void {
    this.#handover?.cancel();
    this.#handover?.finish();
  }

  #replace(code: number, reason: string): void {
    const before = this.#supervised;
    before?.attempt?.abandon(code, reason, true);
    this.#inTurn(() => this.delivery.deliverMissingCloses());
    unsubscribeSafely(before);
    const isOver = this.hasEnded || this.core.run !== this;
    if (this.#supervised === before && !isOver) this.start(); // no teardown has ended or restarted it
  }

  #end(change: StateChange, error: unknown, notify: (subscriber: Subscriber<never>) => void): void {
    if (!this.hasEnded) this.attempt?.abandon(); // its streams complete, on which somebody may call `close()`
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#inTurn(() => {
      this.#endHandover();
      this.delivery.deliverAllCloses();
      if (this.core.run !== this) return; // who received them has unsubscribed, and may have begun another run
      const { subscribers } = this; // not those who subscribe on the new state
      this.core.ended(change);
      this.#ending?.error((error as Error | undefined) ?? new WebSocketError('The connection was closed.'));
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
