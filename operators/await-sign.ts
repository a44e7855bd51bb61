import type { SchedulerLike } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { HeartbeatTimeoutError } from '../src/protocol/errors.js';
import type { Link } from '../src/protocol/link.js';
import type { Alarm, Alarms } from '../src/rx/alarms.js';
import { LeanSubscriber } from '../src/rx/lean-subscriber.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';

/** A timer that fires later than this was held up by its own machine: overloaded, throttled, suspended. */
const LATE = 1000;
/** How long what arrived meanwhile then has to be read. */
const GRACE = 1000;
/** How often within a timeout the link is asked whether any of what was sent has left. No event says so. */
const LOOKS = 8;

/** What waits for a sign. */
export interface SignWaiter {
  /** There was a sign within `timeout`, or none could have been seen: the connection was paused, or is closing. */
  onSign(): void;
  /** A reply has arrived, so many milliseconds after the wait began. */
  onReply(latency: number): void;
}

/**
 * Ends the connection with a `HeartbeatTimeoutError` unless the peer gives a sign of life within `timeout`: a frame of
 * any kind, or a byte of one that is still arriving. Subscribed to replies, it notifies of the first ones too.
 */
export class AwaitedSign extends LeanSubscriber<unknown> implements Alarm {
  due = 0;
  readonly #waiter: SignWaiter;
  readonly #link: Link;
  readonly #alarms: Alarms;
  readonly #clock: SchedulerLike;
  readonly #patience: number;
  /** How many bytes were sent before. As long as some of them wait in our own buffers, `timeout` begins anew whenever some leave. */
  readonly #sent: number;
  readonly #since: number;
  // As it was when the wait began
  readonly #received: number;
  readonly #receivedBytes: number | undefined;
  readonly #pauses: number | undefined;
  readonly #wasPaused: boolean;
  #flushed: number;
  #elapsed = 0;
  #remaining: number;
  #wait = 0;
  /** By the clock. */
  #expected = 0;
  #isExtended = false;

  /** @param timeout milliseconds */
  constructor(waiter: SignWaiter, link: Link, timeout: number, alarms: Alarms, clock: SchedulerLike, sent = 0) {
    super();
    this.#waiter = waiter;
    this.#link = link;
    this.#alarms = alarms;
    this.#clock = clock;
    this.#patience = this.#remaining = bounded(timeout);
    this.#sent = sent;
    this.#since = monotonicNow(clock);
    this.#received = link.received;
    this.#receivedBytes = link.receivedBytes;
    this.#pauses = link.pauses;
    this.#wasPaused = link.paused;
    this.#flushed = sent > 0 ? (link.flushedBytes ?? Infinity) : Infinity; // asking the platform takes long
    this.#goOn(this.#since);
  }

  next(): void {
    if (!this.closed) this.#waiter.onReply(monotonicNow(this.#clock) - this.#since);
  }

  error(): void {
    // replies have none
  }

  complete(): void {
    // the connection has ended, which the owner of this object knows
  }

  ring(): void {
    const now = monotonicNow(this.#clock);
    if (!this.#isExtended && now - this.#expected > LATE) {
      this.#isExtended = true;
      this.#alarms.set(this, GRACE);
      return;
    }
    this.#elapsed += this.#wait;
    this.#remaining -= this.#wait;
    const flushed = this.#flushed < this.#sent ? (this.#link.flushedBytes ?? 0) : 0;
    if (flushed > this.#flushed) {
      this.#flushed = flushed;
      this.#remaining = this.#patience;
    }
    if (this.#elapsed >= this.#patience && this.#hasSign()) this.#waiter.onSign();
    else if (this.#remaining <= 0)
      this.#link.terminate(new HeartbeatTimeoutError(`The peer gave no sign of life for ${this.#patience} ms.`));
    else this.#goOn(now);
  }

  override unsubscribe(): void {
    if (!this.closed) this.#alarms.cancel(this);
    super.unsubscribe();
  }

  #goOn(now: number): void {
    const mustLook = this.#flushed < this.#sent;
    this.#wait = mustLook ? Math.min(this.#remaining, Math.ceil(this.#patience / LOOKS)) : this.#remaining;
    this.#isExtended = false;
    this.#expected = now + this.#wait;
    this.#alarms.set(this, this.#wait);
  }

  #hasSign(): boolean {
    const { writable, paused, pauses, received, receivedBytes } = this.#link;
    const couldSee = writable !== false && !this.#wasPaused && !paused && pauses === this.#pauses;
    return !couldSee || received !== this.#received || receivedBytes !== this.#receivedBytes;
  }
}
