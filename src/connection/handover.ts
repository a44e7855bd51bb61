import { Subscription } from 'rxjs';
import type { Subject } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import { runAfter } from '../rx/after.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import type { Attempt } from './attempt.js';
import type { ConnectionLink } from './connection-link.js';
import type { HandoverRun } from './handover-run.js';
import type { DeliveringLink } from './link-host.js';
import { HANDOVER } from './reading.js';
import { Retiring } from './retiring.js';
import type { HandoverPlan } from './retiring.js';
import { SupervisedLifecycle } from './supervised-lifecycle.js';
import type { SupervisedCore, SupervisedLifecycleHost } from './supervised-lifecycle.js';

/** How many messages of the new connection wait before it is paused. */
const MOST_WAITING = 1000;

/**
 * A connection that is made beside the open one and takes its place: `making` until its `open` has left the
 * supervision, then the old one goes on `delivering` while what the new one receives waits, and at last it is `over`.
 */
export class Handover<In, Out> implements SupervisedLifecycleHost<In, Out> {
  readonly core: SupervisedCore<In, Out>;
  phase: 'making' | 'delivering' | 'over' = 'making';
  readonly supervised: SupervisedLifecycle<In, Out>;
  readonly #run: HandoverRun<In, Out>;
  readonly old: Retiring<In, Out>;
  readonly #overlap: number;
  /** The new connection, once it has taken the place of the old one. */
  #link: ConnectionLink<In, Out> | undefined;
  /** Events of the new connection before its `open`. */
  #events: LifecycleEvent[] = [];
  /** Deliveries and actions that wait until the old connection has ended, in order. */
  #waiting: (() => void)[] = [];
  /** The subscriptions that notice this end: the old link's messages, and the `overlap` timer. */
  readonly #ending = new Subscription();

  constructor(run: HandoverRun<In, Out>, old: Attempt<In, Out>, plan: HandoverPlan) {
    this.core = run.core;
    this.#run = run;
    this.old = new Retiring(old, plan, run);
    this.core.health.beside(old.openSince!);
    this.#overlap = plan.overlap;
    this.#ending.add(old.link!.messages.subscribe({ complete: () => this.#oldEnded() }));
    this.supervised = new SupervisedLifecycle(this);
  }

  start(): void {
    this.supervised.start();
  }

  /** If the old connection ends before the new one is open, that is cancelled; later the handover finishes. */
  #oldEnded(): void {
    this.old.ended();
    if (this.phase === 'making') this.cancel();
    else if (this.old.isOver) this.finish();
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
    if (this.phase === 'delivering' && this.old.hold(isHeld)) this.finish();
  }

  /** Closes the old connection, and delivers what has waited. */
  finish(): void {
    if (this.phase !== 'delivering') return;
    this.phase = 'over';
    this.#ending.unsubscribe();
    this.old.abandon(this.core.outgoing.sessions);
    const link = this.#link!;
    const wasDelivering = link.isDelivering;
    forEachSafely(this.#waiting, (deliver) => {
      if (link.isDelivering === wasDelivering) deliver(); // else a message has ended the connection
    }); // and what arrives meanwhile
    this.#waiting = [];
    link.resume(HANDOVER);
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

  deliver(message: In, ofLink: Subject<In> | undefined, link: DeliveringLink): void {
    if (this.phase === 'over' && !this.#waiting.length) {
      this.#run.deliver(message, ofLink);
      return;
    }
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
    if (isFull) this.#link!.pause(HANDOVER);
  }

  emit(event: LifecycleEvent): void {
    if (this.phase !== 'making') {
      if (event.type === 'close') this.core.turns.run(() => this.finish()); // what waits comes before the `close`
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

  whenDelivered(action: () => void): void {
    this.finish();
    this.#run.whenDelivered(action); // in the next handover this is the old connection
  }

  #takeOver(open: LifecycleEvent): void {
    const isConnecting = ({ type }: LifecycleEvent) => type === 'connecting';
    const [connecting, rest] = [
      this.#events.filter(isConnecting),
      this.#events.filter((event) => !isConnecting(event)),
    ];
    this.phase = 'delivering';
    this.#link = this.supervised.attempt!.link;
    this.#pauseIfFull();
    const close = this.old.retire();
    this.#run.takeOver(this.supervised, [close, ...connecting, open, ...rest]);
    this.core.outgoing.whenIdle(() => {
      if (this.phase === 'delivering')
        this.#ending.add(
          runAfter(this.#overlap, this.core.config.scheduler, () => {
            if (this.old.close()) this.finish();
          }),
        );
    });
  }
}
