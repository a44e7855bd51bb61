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

  clear(isFlushed: boolean): void {
    this.settle();
    this.#isClearing = true;
    this.#isFlushing = isFlushed;
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
      if (this.#waiting.length > 0) this.#complain(`${id} was sent ahead of ${this.#waiting[0]!.id}`);
      this.#offered = undefined;
      this.#last = id;
    } else {
      this.#push();
      this.#expire();
      const due = this.#waiting.shift();
      if (due?.id !== id) this.#complain(`${id} was sent, and ${due?.id ?? 'nothing'} was due`);
      this.#last = id;
    }
  }

  told({ reason }: DroppedEvent): void {
    if (reason !== 'expired') this.settle(); // what expires is told before anything else is done
  }

  /** Whatever was begun has had its effect. */
  settle(): void {
    this.#push();
    if (!this.#isClearing) return;
    this.#isClearing = false;
    this.#expire();
    if (this.#isFlushing && this.#waiting.length > 0)
      this.#complain(`${this.#waiting.length} messages were not flushed`);
    this.dropped += this.#waiting.length;
    this.#waiting = [];
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
    this.#expire();
    const { overflow } = this.#limits;
    const isFull = this.#isFull;
    if (isFull) this.dropped++;
    if (!isFull || overflow === 'dropOldest') this.#waiting.push({ id, since: this.#now() });
    if (isFull && overflow === 'dropOldest') this.#waiting.shift();
  }

  #expire(): void {
    const oldest = this.#now() - this.#limits.maxAge;
    while (this.#waiting[0] && this.#waiting[0].since < oldest) {
      this.#waiting.shift();
      this.dropped++;
    }
  }
}
