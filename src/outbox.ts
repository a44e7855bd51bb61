import type { TimestampProvider } from 'rxjs';
import { expectNumber, expectOneOf } from './arguments.js';
import { OutboxOverflowError } from './errors.js';

/** What waits while there is no connection, and for how long. */
export interface OutboxOptions {
  /** How many messages wait at most. @default 1000 */
  capacity?: number;
  /**
   * What gives way when it is full: the oldest message, the newest one, or nothing: then `messages.next` throws an
   * `OutboxOverflowError`. @default 'dropOldest'
   */
  overflow?: 'dropOldest' | 'dropNewest' | 'error';
  /** Milliseconds after which a waiting message is no longer worth sending. @default Infinity */
  maxAge?: number;
}

/** Tells that `count` messages were given up. */
export type Drop = (count: number, reason: 'overflow' | 'expired') => void;

type Frame = string | Uint8Array;

/** A bounded queue of encoded messages. What it gives up it tells, and nothing else is ever lost. */
export class Outbox {
  readonly #capacity: number;
  readonly #overflow: 'dropOldest' | 'dropNewest' | 'error';
  readonly #maxAge: number;
  readonly #clock: TimestampProvider;
  readonly #drop: Drop;
  #entries: { readonly frame: Frame; readonly since: number }[] = [];

  constructor(options: OutboxOptions, clock: TimestampProvider, drop: Drop) {
    const { capacity = 1000, overflow = 'dropOldest', maxAge = Infinity } = options;
    expectNumber('outbox.capacity', capacity, 0, true);
    expectOneOf('outbox.overflow', overflow, 'dropOldest', 'dropNewest', 'error');
    expectNumber('outbox.maxAge', maxAge, 1);
    this.#capacity = capacity;
    this.#overflow = overflow;
    this.#maxAge = maxAge;
    this.#clock = clock;
    this.#drop = drop;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(frame: Frame): void {
    this.#expire();
    if (this.#entries.length >= this.#capacity) {
      if (this.#overflow === 'error') throw new OutboxOverflowError(this.#capacity);
      if (this.#overflow === 'dropOldest') {
        this.#entries.push({ frame, since: this.#clock.now() });
        this.#entries.shift();
      }
      this.#drop(1, 'overflow'); // last: whoever hears of it may push
      return;
    }
    this.#entries.push({ frame, since: this.#clock.now() });
  }

  /** Takes the oldest message that is still worth sending. */
  shift(): Frame | undefined {
    this.#expire();
    return this.#entries.shift()?.frame;
  }

  /** Gives up all that waits. @returns how many that were */
  clear(): number {
    const count = this.#entries.length;
    this.#entries = [];
    return count;
  }

  #expire(): void {
    if (this.#maxAge === Infinity) return;
    const oldest = this.#clock.now() - this.#maxAge;
    const fresh = this.#entries.findIndex(({ since }) => since >= oldest);
    const count = fresh < 0 ? this.#entries.length : fresh;
    if (count === 0) return;
    this.#entries.splice(0, count);
    this.#drop(count, 'expired');
  }
}
