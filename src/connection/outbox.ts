import type { TimestampProvider } from 'rxjs';
import { expectNumber, expectObject, expectOneOf } from '../protocol/arguments.js';
import { OutboxOverflowError } from '../protocol/errors.js';
import { Queue } from '../rx/queue.js';

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

/** Who is told of messages that were given up. */
export interface Dropper {
  drop(count: number, reason: 'overflow' | 'expired'): void;
}

interface Entry {
  readonly frame: string | Uint8Array;
  readonly since: number;
}

/** A bounded queue of encoded messages. What it gives up it tells, and nothing else is ever lost. */
export class Outbox {
  readonly #limits: Required<OutboxOptions>;
  readonly #clock: TimestampProvider;
  readonly #dropper: Dropper;
  #entries = new Queue<Entry>();

  constructor(options: OutboxOptions, clock: TimestampProvider, dropper: Dropper) {
    expectObject('outbox', options);
    const { capacity = 1000, overflow = 'dropOldest', maxAge = Infinity } = options;
    expectNumber('outbox.capacity', capacity, 0, true);
    expectOneOf('outbox.overflow', overflow, 'dropOldest', 'dropNewest', 'error');
    expectNumber('outbox.maxAge', maxAge, 1);
    this.#limits = { capacity, overflow, maxAge };
    this.#clock = clock;
    this.#dropper = dropper;
  }

  get size(): number {
    return this.#entries.size;
  }

  push(frame: string | Uint8Array): void {
    const { capacity, overflow } = this.#limits;
    const expired = this.#expire();
    const isFull = this.size >= capacity;
    if (isFull && overflow === 'error') throw new OutboxOverflowError(capacity);
    if (!isFull || overflow === 'dropOldest') this.#entries.push({ frame, since: this.#clock.now() });
    if (this.size > capacity) this.#entries.shift();
    this.#tell(expired, 'expired'); // last: whoever hears of it may push
    this.#tell(isFull ? 1 : 0, 'overflow');
  }

  /** Takes the oldest message that is still worth sending. */
  shift(): string | Uint8Array | undefined {
    this.#tell(this.#expire(), 'expired');
    return this.#entries.shift()?.frame;
  }

  /** Gives up all that waits. @returns how many that were */
  clear(): number {
    const { size } = this;
    this.#entries = new Queue();
    return size;
  }

  /** @returns how many that were */
  #expire(): number {
    const oldest = this.#clock.now() - this.#limits.maxAge;
    let count = 0;
    for (; this.#entries.size && this.#entries.peek()!.since < oldest; count++) this.#entries.shift();
    return count;
  }

  #tell(count: number, reason: 'overflow' | 'expired'): void {
    if (count > 0) this.#dropper.drop(count, reason);
  }
}
