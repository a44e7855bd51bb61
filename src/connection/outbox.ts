import type { TimestampProvider } from 'rxjs';
import { expectNumber, expectObject, expectOneOf } from '../protocol/arguments.js';
import { OutboxOverflowError } from '../protocol/errors.js';
import { monotonicNow } from '../rx/monotonic-now.js';
import { Queue } from '../rx/queue.js';
import type { Message } from './message.js';

/** What waits while there is no connection, and for how long. */
export interface OutboxOptions {
  /** How many messages wait at most. @default 1000 */
  capacity?: number | undefined;
  /** How many bytes wait at most; strings count as UTF-8. A message that is longer by itself does not wait. @default 16 MiB */
  maxBytes?: number | undefined;
  /**
   * What is given up when it is full: the oldest messages, the new one, or nothing: then `messages.next` throws an
   * `OutboxOverflowError`. @default 'dropOldest'
   */
  overflow?: 'dropOldest' | 'dropNewest' | 'error' | undefined;
  /**
   * Milliseconds after which a waiting message is no longer worth sending, by the monotonic clock or the wall clock,
   * whichever says more: a machine that slept sends nothing stale. @default Infinity
   */
  maxAge?: number | undefined;
}

/** What the outbox reports to. */
export interface Dropper {
  drop(messages: readonly Message[], reason: 'overflow' | 'expired'): void;
}

type Limits = { readonly [K in keyof OutboxOptions]-?: NonNullable<OutboxOptions[K]> };

/** One for all connections that have no options. */
export const NO_OUTBOX_OPTIONS: OutboxOptions = Object.freeze({});

const DEFAULT_LIMITS = /* @__PURE__ */ limitsOf(NO_OUTBOX_OPTIONS);

/** A bounded queue of encoded messages. It reports what it gives up, and loses nothing else. */
export class Outbox {
  readonly #limits: Limits;
  readonly #clock: TimestampProvider;
  readonly #dropper: Dropper;
  /** Made for the first message: most connections are open when they send. */
  #messages: Queue<Message> | undefined;
  #bytes = 0;

  constructor(options: OutboxOptions, clock: TimestampProvider, dropper: Dropper) {
    this.#limits = options === NO_OUTBOX_OPTIONS ? DEFAULT_LIMITS : limitsOf(options);
    this.#clock = clock;
    this.#dropper = dropper;
  }

  get size(): number {
    return this.#messages?.size ?? 0;
  }

  /** Since when the oldest message waits, by the monotonic clock; `Infinity` where none does. */
  get waitsSince(): number {
    return this.#messages?.peek()?.since ?? Infinity;
  }

  push(message: Message): void {
    const { capacity, maxBytes, overflow } = this.#limits;
    const expired = this.#expire();
    const given: Message[] = [];
    const bound = this.size >= capacity ? 'capacity' : this.#bytes + message.size > maxBytes ? 'maxBytes' : undefined;
    const isTooLong = message.size > maxBytes || capacity === 0;
    if (bound && overflow === 'error') {
      this.#report(expired, 'expired');
      throw new OutboxOverflowError(this.#limits[bound], bound);
    }
    if (isTooLong || (bound && overflow === 'dropNewest')) {
      given.push(message);
    } else {
      while (this.size >= capacity || this.#bytes + message.size > maxBytes) given.push(this.#take()!);
      message.since = monotonicNow(this.#clock);
      message.at = this.#clock.now();
      (this.#messages ??= new Queue()).push(message);
      this.#bytes += message.size;
    }
    this.#report(expired, 'expired'); // last: a listener may push
    this.#report(given, 'overflow');
  }

  /** Takes the oldest message that is still worth sending. */
  shift(): Message | undefined {
    this.#report(this.#expire(), 'expired');
    return this.#take();
  }

  /** Forgets a message, if it is still here. */
  takeBack(message: Message): void {
    if (this.#messages?.remove((other) => other === message)) this.#bytes -= message.size;
  }

  /** Takes all that waits. */
  clear(): { readonly expired: Message[]; readonly waiting: Message[] } {
    return { expired: this.#expire(), waiting: Array.from({ length: this.size }, () => this.#take()!) };
  }

  /** Whether a message that waits here, or did, is no longer worth sending. */
  hasExpired({ since = Infinity, at = Infinity }: Message): boolean {
    const { maxAge } = this.#limits;
    if (maxAge === Infinity) return false; // no clock is read
    return monotonicNow(this.#clock) - since > maxAge || this.#clock.now() - at > maxAge;
  }

  #take(): Message | undefined {
    const message = this.#messages?.shift();
    this.#bytes -= message?.size ?? 0;
    return message;
  }

  #expire(): Message[] {
    const expired: Message[] = [];
    for (let oldest; (oldest = this.#messages?.peek()) && this.hasExpired(oldest);) expired.push(this.#take()!);
    return expired;
  }

  #report(messages: readonly Message[], reason: 'overflow' | 'expired'): void {
    if (messages.length > 0) this.#dropper.drop(messages, reason);
  }
}

/** Options with their defaults filled in. @throws TypeError or RangeError that names what is wrong */
export function limitsOf(options: OutboxOptions): Limits {
  expectObject('outbox', options);
  const { capacity = 1000, maxBytes = 16 * 1024 * 1024, overflow = 'dropOldest', maxAge = Infinity } = options;
  expectNumber('outbox.capacity', capacity, 0, true);
  expectNumber('outbox.maxBytes', maxBytes, 0);
  expectOneOf('outbox.overflow', overflow, 'dropOldest', 'dropNewest', 'error');
  expectNumber('outbox.maxAge', maxAge, 1);
  return { capacity, maxBytes, overflow, maxAge };
}
