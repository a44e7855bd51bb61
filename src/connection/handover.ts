import { Subscription } from 'rxjs';
import type { Subject } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { after } from '../rx/after.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import type { Attempt } from './attempt.js';
import { HANDOVER } from './reading.js';
import { SupervisedLifecycle } from './supervised-lifecycle.js';
import type { SupervisedCore, SupervisedLifecycleHost } from './supervised-lifecycle.js';

/** How many messages of the new connection wait before it is paused. */
const MOST_WAITING = 1000;

/** What a handover needs of its run. */
export interface HandoverRun<In, Out> {
  readonly core: SupervisedCore<In, Out>;
  readonly isClosing: boolean;
  readonly hasEnded: boolean;
  nextAttempt(): number;
  deliver(message: In, ofLink: Subject<In> | undefined): void;
  emit(event: LifecycleEvent): void;
  fail(error: unknown): void;
  complete(): void;
  abandoned(attempt: Attempt<In, Out>): void;
  closing(): void;
  /**
   * Replaces the subscription to the old supervision, and emits these events before anything that a listener causes.
   */
  takeOver(supervised: SupervisedLifecycle<In, Out>, events: readonly LifecycleEvent[]): void;
  /** The handover is over, and can be forgotten. */
  handedOver(): void;
}

/** What `reconnect({ overlap })` asked for. */
export interface HandoverPlan {
  readonly code: number;
  readonly reason: string;
  /** Milliseconds that the old connection goes on delivering, from when everything queued was sent on the new one. */
  readonly overlap: number;
}

/**
 * A connection that is made beside the open one and takes its place: `making` until its `open` has left the
 * supervision,
 * then the old one goes on `delivering` while what the new one receives waits, and at last it is `over`.
 */
export class Handover<In, Out> implements SupervisedLifecycleHost<In, Out> {
  readonly core: SupervisedCore<In, Out>;
  phase: 'making' | 'delivering' | 'over' = 'making';
  readonly supervised: SupervisedLifecycle<In, Out>;
  readonly #run: HandoverRun<In, Out>;
  readonly #old: Attempt<In, Out>;
  readonly #plan: HandoverPlan;
  /** Events of the new connection before its `open`. */
  #events: LifecycleEvent[] = [];
  /** Deliveries and actions that wait until the old connection has ended, in order. */
  #waiting: (() => void)[] = [];
  /** The subscriptions that notice this end: the old link's messages, and the `overlap` timer. */
  readonly #ending = new Subscription();

  constructor(run: HandoverRun<In, Out>, old: Attempt<In, Out>, plan: HandoverPlan) {
    this.core = run.core;
    this.#run = run;
    this.#old = old;
    this.#plan = plan;
    this.supervised = new SupervisedLifecycle(this);
  }

  start(): void {
    // If the old connection ends before the new one is open, the new one is cancelled; later the handover finishes.
    this.#ending.add(
      this.#old.link!.messages.subscribe({ complete: () => (this.phase === 'making' ? this.cancel() : this.finish()) }),
    );
    this.supervised.start();
  }

  /** Gives the new connection up. */
  cancel(): void {
    if (this.phase !== 'making') return;
    this.phase = 'over';
    this.#ending.unsubscribe();
    this.supervised.attempt?.abandon();
    unsubscribeSafely(this.supervised);
    this.#run.handedOver();
  }

  /** Applies pause leases to the old connection too, while it delivers. */
  hold(isHeld: boolean): void {
    if (this.phase === 'delivering') this.#old.hold(isHeld);
  }

  /** Closes the old connection, and delivers what has waited. */
  finish(): void {
    if (this.phase !== 'delivering') return;
    this.phase = 'over';
    this.#ending.unsubscribe();
    const { code, reason } = this.#plan;
    this.#old.abandon(code, reason);
    const { link } = this.supervised.attempt!;
    const wasDelivering = link?.isDelivering;
    forEachSafely(this.#waiting, (deliver) => {
      if (link?.isDelivering === wasDelivering) deliver(); // else a message has ended the connection
    }); // and what arrives meanwhile
    this.#waiting = [];
    link?.resume(HANDOVER);
    this.#run.handedOver();
  }

  /** Runs `action` after all messages received before it were delivered. */
  inOrder(action: () => void): void {
    this.#waiting.push(action);
  }

  // For the new connection and its supervision

  get isClosing(): boolean {
    return this.#run.isClosing;
  }

  get hasEnded(): boolean {
    return this.#run.hasEnded;
  }

  nextAttempt(): number {
    return this.#run.nextAttempt();
  }

  deliver(message: In, ofLink: Subject<In> | undefined): void {
    if (this.phase === 'over' && !this.#waiting.length) {
      this.#run.deliver(message, ofLink);
      return;
    }
    const link = this.supervised.attempt!.link!;
    const { frame } = link;
    ofLink?.next(message);
    this.#waiting.push(() => {
      link.frame = frame;
      this.#run.deliver(message, undefined);
      link.frame = undefined;
    });
    this.#pauseIfFull();
  }

  /** Pauses the new connection if too many messages wait. Not while it is made: `onOpen` may wait for an answer. */
  #pauseIfFull(): void {
    const isFull = this.phase === 'delivering' && this.#waiting.length >= MOST_WAITING;
    if (isFull) this.supervised.attempt!.link?.pause(HANDOVER);
  }

  emit(event: LifecycleEvent): void {
    if (this.phase !== 'making') {
      if (event.type === 'close') this.finish(); // the waiting messages come before the `close`
      this.#run.emit(event);
      return;
    }
    const isOpen = this.supervised.attempt?.link?.writable;
    if (event.type === 'open' && isOpen) this.#takeOver(event);
    else if (['open', 'close', 'reconnecting'].includes(event.type)) this.cancel();
    else this.#events.push(event);
  }

  fail(error: unknown): void {
    if (this.phase === 'making') this.cancel();
    else this.#run.fail(error);
  }

  complete(): void {
    if (this.phase === 'making') this.cancel();
    else this.#run.complete();
  }

  abandoned(attempt: Attempt<In, Out>): void {
    if (this.phase === 'making') this.cancel();
    else this.#run.abandoned(attempt);
  }

  closing(): void {
    if (this.phase !== 'making') this.#run.closing();
  }

  #takeOver(open: LifecycleEvent): void {
    const { code, reason, overlap } = this.#plan;
    const isConnecting = ({ type }: LifecycleEvent) => type === 'connecting';
    const [connecting, rest] = [
      this.#events.filter(isConnecting),
      this.#events.filter((event) => !isConnecting(event)),
    ];
    this.phase = 'delivering';
    this.#pauseIfFull();
    const close = this.#old.retire(code, reason);
    this.#run.takeOver(this.supervised, [close, ...connecting, open, ...rest]);
    this.core.outgoing.whenIdle(() => {
      if (this.phase === 'delivering')
        this.#ending.add(after(overlap, this.core.config.scheduler).subscribe(() => this.finish()));
    });
  }
}
