import type { DroppedEvent, WebSocketConnection } from '../../../src/index.node.js';
import type { Setup } from './steps.js';

interface Waiting {
  readonly id: number;
  readonly since: number;
}

/** What must have become of every message that was given to `next`: it was sent, in order, or waits, or was dropped. */
export class Outgoing {
  sent = 0;
  dropped = 0;
  #waiting: Waiting[] = [];
  /** Given to `next` while an `open` is emitted: sent right after what waits, whatever the limits are. */
  #atOpen: Waiting[] = [];
  #isOpening = false;
  /** Given to `next`, which has done nothing with it yet. */
  #offered: number | undefined;
  /** Given to `link.send`, which has not returned; what is told of one may bring about another. */
  readonly #ahead = new Set<number>();
  /** `close()` was called, and has not emptied the outbox yet. */
  #isClearing = false;
  /** All that waits is to be sent before. */
  #isFlushing = false;
  #last = 0;
  readonly #limits: Setup['outbox'];
  readonly #now: () => number;
  readonly #complain: (what: string) => void;

  constructor(limits: Setup['outbox'], now: () => number, complain: (what: string) => void) {
    this.#limits = limits;
    this.#now = now;
    this.#complain = complain;
  }

  offer(id: number): void {
    this.settle();
    this.#offered = id;
  }

  offerAhead(id: number): void {
    this.settle();
    this.#ahead.add(id);
  }

  drop(count = 1): void {
    this.settle();
    this.dropped += count;
  }

  /** An `open` is about to be emitted. */
  opening(): void {
    this.settle();
    this.#isOpening = true;
  }

  /** It was emitted to everybody. */
  opened(): void {
    this.settle();
    this.#isOpening = false;
  }

  clear(isFlushed: boolean): void {
    this.settle();
    this.#isClearing = true;
    this.#isFlushing = isFlushed;
  }

  /** Who waits for the next run completes as that is cancelled: what he gives to `next` then goes with all the rest. */
  beforeClearing(react: () => void): void {
    const isClearing = this.#isClearing;
    this.#isClearing = false;
    react();
    this.settle();
    this.#isClearing = isClearing;
  }

  /** `next` has thrown an `OutboxOverflowError`. */
  refuse(id: number): void {
    this.#expire();
    if (this.#limits.overflow !== 'error' || !this.#isFull || this.#offered !== id) {
      this.#complain(`next(${id}) threw`);
    }
    this.#offered = undefined;
  }

  /** `next` or `link.send` returns. @returns whether it was sent */
  returned(id: number): boolean {
    if (this.#ahead.delete(id)) this.dropped++; // by a link that is closed
    const isSent = this.#last === id;
    this.settle();
    return isSent;
  }

  /** The socket was given it. */
  sending(id: number): void {
    this.sent++;
    if (this.#ahead.delete(id)) return;
    if (id === this.#offered) {
      this.#expire();
      const first = (this.#waiting[0] ?? this.#atOpen[0])?.id;
      if (first !== undefined) this.#complain(`${id} was sent ahead of ${first}`);
      if (this.#isOpening) this.#complain(`${id} was sent while \`open\` was emitted`);
      this.#offered = undefined;
      this.#last = id;
    } else {
      this.#push();
      this.#expire();
      const due = (this.#waiting.shift() ?? this.#atOpen.shift())?.id;
      if (due !== id) this.#complain(`${id} was sent, and ${due ?? 'nothing'} was due`);
      this.#last = id;
    }
  }

  told({ reason }: DroppedEvent): void {
    if (reason !== 'expired') this.settle(); // what expires is told before anything else is done
  }

  /** Whatever was begun has had its effect. */
  settle(): void {
    this.#push();
    if (this.#isClearing) this.#clear();
    // Of a connection that ended while its `open` was emitted: now the limits hold.
    if (!this.#isOpening) for (const each of this.#atOpen.splice(0)) this.#keep(each);
  }

  #clear(): void {
    this.#isClearing = false;
    this.#expire();
    const count = this.#waiting.length + this.#atOpen.length;
    if (this.#isFlushing && count > 0) this.#complain(`${count} messages were not flushed`);
    this.dropped += count;
    this.#waiting = [];
    this.#atOpen = [];
  }

  check({ sent, dropped, queued }: WebSocketConnection['stats']): void {
    this.settle();
    if (this.#waiting.length > queued) this.#expire();
    const [found, expected] = [
      { sent, dropped, queued },
      { sent: this.sent, dropped: this.dropped, queued: this.#waiting.length },
    ].map((counts) => JSON.stringify(counts));
    if (found !== expected) this.#complain(`expected the counts ${expected}, got ${found}`);
  }

  get #isFull(): boolean {
    return this.#waiting.length >= this.#limits.capacity;
  }

  #push(): void {
    const id = this.#offered;
    this.#offered = undefined;
    if (id === undefined) return;
    const given = { id, since: this.#now() };
    if (this.#isOpening) this.#atOpen.push(given);
    else this.#keep(given);
  }

  /** Whatever time has passed since: it is kept when it is given, or right after the `open` during which it was. */
  #keep(given: Waiting): void {
    this.#expire(given.since);
    const { overflow } = this.#limits;
    const isFull = this.#isFull;
    if (isFull) this.dropped++;
    if (!isFull || overflow === 'dropOldest') this.#waiting.push(given);
    if (isFull && overflow === 'dropOldest') this.#waiting.shift();
  }

  #expire(now = this.#now()): void {
    const oldest = now - this.#limits.maxAge;
    while (this.#waiting[0] && this.#waiting[0].since < oldest) {
      this.#waiting.shift();
      this.dropped++;
    }
  }
}
