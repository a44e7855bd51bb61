import type { CloseEvent, LifecycleEvent, OpenEvent } from '../protocol/lifecycle.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { NO_CLOSE_FRAME } from './attempt-socket.js';
import type { Attempt } from './attempt.js';
import type { Health } from './health.js';
import type { Outgoing } from './outgoing.js';
import type { StateChange } from './state.js';
import { SubscriberList } from './subscriber-list.js';

/** Publishes an event, and the connection that it is of. */
export type Publish = (event: LifecycleEvent, connection: object) => void;

/** What delivery needs of the connection. */
export interface DeliveryCore<In, Out> {
  readonly health: Health;
  readonly outgoing: Outgoing<In, Out>;
  /** Whether somebody holds a pause lease. */
  readonly isPaused: boolean;
  change(change: StateChange): void;
  /** Passes the event to `events` and to the diagnostics channel. */
  observe(event: LifecycleEvent): void;
}

type MaybeAttempt<In, Out> = Attempt<In, Out> | undefined;

/**
 * Delivers the events of the supervised lifecycle to the listeners of one run. Listeners receive one `close` for each
 * `connecting`, and the state is correct, even if operators delay, repeat or drop events.
 */
export class EventDelivery<In, Out> {
  readonly listeners = new SubscriberList<LifecycleEvent>();
  readonly #core: DeliveryCore<In, Out>;
  /**
   * The attempts of which a `connecting` or `open` was delivered and no `close`; `undefined` stands for one that is not
   * the newest attempt.
   */
  #unclosed: readonly MaybeAttempt<In, Out>[] = [];
  /** The number of the newest attempt of which something was delivered: a `connecting` may be late, or a repetition. */
  #newest = 0;
  /** How many attempts have had their `close` delivered, or need none: nothing of them was delivered in time. */
  #closed = 0;
  /** The closes so far: a supervision may repeat them, or pass them on late. Most connections have none yet. */
  #closes: WeakSet<LifecycleEvent> | undefined;

  constructor(core: DeliveryCore<In, Out>) {
    this.#core = core;
  }

  /** @param attempt the newest one when the event left the supervision */
  deliver(event: LifecycleEvent, attempt?: Attempt<In, Out>): void {
    const isOfAttempt = (event.type === 'connecting' || event.type === 'open') && event.attempt === attempt?.number;
    const its = isOfAttempt ? attempt : undefined;
    switch (event.type) {
      case 'connecting':
        if (attempt && event.attempt <= attempt.number) {
          if (event.attempt <= Math.max(this.#newest, this.#closed)) return;
          this.#newest = event.attempt;
        } // else it is the supervision's own
        this.deliverMissingCloses();
        if (its ?? !this.#isGoingOn) this.#begin(its); // else it is the supervision's own
        break;
      case 'open':
        if (its?.link?.writable) this.#deliverOpen(event, its);
        else this.#notify(event); // late: its connection is gone, or closes
        return;
      case 'reconnecting':
        this.deliverMissingCloses();
        break;
      case 'close':
        if (this.#closes?.has(event) || this.#isSurplus(event, attempt)) return;
        this.#closed++;
        (this.#closes ??= new WeakSet()).add(event);
        this.#remove(event, attempt);
        break;
      default:
    }
    const isLate = its ? its.phase === 'closing' : this.#isGoingOn && event.type !== 'heartbeat';
    if (!isLate) this.#core.change(event);
    this.#notify(event);
  }

  /** @param attempts default: all ended ones without a delivered `close` */
  deliverMissingCloses(attempts?: readonly MaybeAttempt<In, Out>[]): void {
    for (const attempt of attempts ?? this.#unclosed.filter((each) => !isGoingOn(each))) {
      if (!this.#unclosed.includes(attempt)) continue;
      this.deliver(attempt?.closeEvent ?? { type: 'close', ...NO_CLOSE_FRAME, initiator: 'local' });
    }
  }

  /** Delivers a `close` for every attempt that has none, because the run is over. */
  deliverAllCloses(): void {
    this.deliverMissingCloses(this.#unclosed);
  }

  /** Whether an attempt in `#unclosed` has not ended. */
  get #isGoingOn(): boolean {
    return this.#unclosed.some(isGoingOn);
  }

  /** A `close` is owed. Attempts before of which nothing was delivered need none: a `reconnect()` may have ended them. */
  #begin(attempt: MaybeAttempt<In, Out>): void {
    this.#unclosed = this.#unclosed.concat([attempt]);
    if (attempt) this.#closed = Math.max(this.#closed, attempt.number - this.#unclosed.length);
  }

  /** Whether every attempt that has ended has its `close`, and this one is of none of them: a copy, or late. */
  #isSurplus(close: CloseEvent, attempt: MaybeAttempt<In, Out>): boolean {
    if (!attempt || this.#unclosed.some((each) => each?.closeEvent === close || !isGoingOn(each))) return false;
    return this.#closed >= attempt.number - Number(isGoingOn(attempt));
  }

  /** The attempt that a `close` is of: the one whose event it is, else one that has ended. */
  #remove(close: CloseEvent, newest: MaybeAttempt<In, Out>): void {
    if (newest?.closeEvent === close) this.#newest = newest.number;
    const exact = this.#unclosed.findIndex((attempt) => attempt?.closeEvent === close);
    const index = exact < 0 ? this.#unclosed.findIndex((attempt) => !isGoingOn(attempt)) : exact;
    this.#unclosed = this.#unclosed.filter((_, other) => other !== index);
  }

  /**
   * Delivers an `open`. From now on the connection counts as open: pause leases apply to it, and queued messages are
   * sent right after the event.
   */
  #deliverOpen(event: OpenEvent, attempt: Attempt<In, Out>): void {
    const { health, outgoing, isPaused } = this.#core;
    const link = attempt.link!;
    if (!this.#unclosed.includes(attempt)) this.#begin(attempt);
    this.#newest = attempt.number;
    attempt.openSince ??= health.now();
    if (isPaused) attempt.hold(true);
    outgoing.opening(link);
    this.#core.change(event);
    this.#notify(event);
    outgoing.open(attempt.phase === 'open' ? link : undefined); // a listener may have ended the connection
  }

  #notify(event: LifecycleEvent): void {
    const { members } = this.listeners;
    forEachSafely(members, (listener) => listener.next(event));
    this.#core.observe(event);
  }
}

function isGoingOn(attempt: { readonly phase: string } | undefined): boolean {
  return attempt !== undefined && attempt.phase !== 'ended';
}
