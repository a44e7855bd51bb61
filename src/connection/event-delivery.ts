import type { LifecycleEvent, OpenEvent } from '../protocol/lifecycle.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { NO_CLOSE_FRAME } from './attempt-socket.js';
import type { Attempt } from './attempt.js';
import type { Health } from './health.js';
import type { Outgoing } from './outgoing.js';
import type { StateChange } from './state.js';
import { SubscriberList } from './subscriber-list.js';

/** What delivery needs of the connection. */
export interface DeliveryCore<In, Out> {
  readonly health: Health;
  readonly outgoing: Outgoing<In, Out>;
  /** Whether somebody holds a pause lease. */
  readonly isPaused: boolean;
  change(change: StateChange): void;
  /** For those who only look on. */
  observe(event: LifecycleEvent): void;
}

/**
 * Delivers what leaves the supervision to the listeners of one run, and sees to it that they receive one `close` for each
 * `connecting`, however late an event comes and whatever the supervision has made of it.
 */
export class EventDelivery<In, Out> {
  readonly listeners = new SubscriberList<LifecycleEvent>();
  readonly #core: DeliveryCore<In, Out>;
  /** Of the attempt whose `connecting` was delivered and whose `close` was not: it, if it is known. */
  #unclosed: { readonly attempt: Attempt<In, Out> | undefined } | undefined;
  /** Closes that were delivered before the supervision passed them on. */
  #early: WeakSet<LifecycleEvent> | undefined;

  constructor(core: DeliveryCore<In, Out>) {
    this.#core = core;
  }

  /** @param attempt the newest one */
  deliver(event: LifecycleEvent, attempt: Attempt<In, Out> | undefined): void {
    const before = this.#unclosed?.attempt;
    switch (event.type) {
      case 'connecting':
        if (before?.phase !== undefined && before.phase !== 'ended') break; // repeated, or one of two at once
        this.deliverMissingClose();
        this.#unclosed = { attempt: attempt?.number === event.attempt ? attempt : undefined };
        break;
      case 'open':
        if (attempt?.number !== event.attempt || attempt.phase === 'ended') break; // late: it is gone
        this.#deliverOpen(event, attempt);
        return;
      case 'reconnecting':
        if (before?.phase === 'ended') this.deliverMissingClose(); // else it is late: about a connection before
        break;
      case 'close':
        if (this.#early?.has(event)) return;
        this.#unclosed = undefined;
        break;
      default:
    }
    this.#core.change(event);
    this.#notify(event);
  }

  /** @param attempt only if it is its `close` that is missing */
  deliverMissingClose(attempt: Attempt<In, Out> | undefined = this.#unclosed?.attempt): void {
    if (!this.#unclosed || this.#unclosed.attempt !== attempt) return;
    const close = attempt?.closeEvent ?? { type: 'close' as const, ...NO_CLOSE_FRAME, initiator: 'local' as const };
    this.deliver(close, undefined);
    (this.#early ??= new WeakSet()).add(close);
  }

  /** From now on the connection counts as open: pause leases bind it, and what waits is sent right after the event. */
  #deliverOpen(event: OpenEvent, attempt: Attempt<In, Out>): void {
    const { health, outgoing, isPaused } = this.#core;
    const link = attempt.link!;
    this.#unclosed ??= { attempt };
    attempt.openSince ??= health.now();
    if (isPaused) attempt.hold(true);
    outgoing.opening();
    this.#core.change(event);
    this.#notify(event);
    outgoing.open(attempt.phase === 'open' ? link : undefined); // a listener may have ended it
  }

  #notify(event: LifecycleEvent): void {
    const { members } = this.listeners;
    forEachSafely(members, (listener) => listener.next(event));
    this.#core.observe(event);
  }
}
