import type { SchedulerLike, Subscription } from 'rxjs';
import { bounded } from '../protocol/backoff.js';
import { Queue } from '../rx/queue.js';
import type { Message } from './message.js';

/** What says when a message may be sent. */
export interface Pacer {
  wait(more?: number): number;
  count(): void;
}

/** The connection that the lines lead to. */
export interface LinesHost {
  /** Whether the socket takes messages. */
  readonly canTransmit: boolean;
  transmit(message: Message): void;
  /** Whether nothing is left to go after the lines. */
  readonly isIdle: boolean;
  /** Takes what goes after the lines: of sessions and the outbox. Where that is nothing, all has gone out. */
  pull(): Message | undefined;
}

/**
 * Where the messages of one connection wait for their turn under a pace: first what is sent raw, as answers to a server's
 * own pings are, then what links send, then sessions and the outbox.
 */
export class SendingLines {
  readonly #pacers: readonly Pacer[];
  readonly #scheduler: SchedulerLike;
  readonly #host: LinesHost;
  #raw = new Queue<Message>();
  #own = new Queue<Message>();
  /** What is sent before the closing handshake, and what follows that. */
  #last: { readonly messages: Message[]; readonly done: () => void } | undefined;
  #timer: Subscription | undefined;
  #isPumping = false;

  constructor(pacers: readonly Pacer[], scheduler: SchedulerLike, host: LinesHost) {
    this.#pacers = pacers;
    this.#scheduler = scheduler;
    this.#host = host;
  }

  get size(): number {
    return this.#raw.size + this.#own.size + (this.#last?.messages.length ?? 0);
  }

  /** Whether a message would go at once. */
  get isFree(): boolean {
    return this.size === 0 && !this.#isPumping && this.#wait() === 0;
  }

  push(line: 'raw' | 'own', message: Message): void {
    (line === 'raw' ? this.#raw : this.#own).push(message);
    this.pump();
  }

  /** Something was sent that does not wait. */
  count(): void {
    for (const pacer of this.#pacers) pacer.count();
  }

  /** Sends what may be sent now, and the rest as soon as it may. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    this.#timer?.unsubscribe();
    for (let wait; this.#host.canTransmit;) {
      wait = this.#wait();
      if (wait > 0) {
        const isWanted = this.size > 0 || !this.#host.isIdle;
        if (isWanted) this.#timer = this.#scheduler.schedule(() => this.pump(), bounded(Math.ceil(wait)));
        else this.#host.pull(); // nothing, and that is to be known
        break;
      }
      const message = this.#next();
      if (!message) break;
      this.count();
      this.#host.transmit(message);
    }
    this.#isPumping = false;
    if (this.#last && this.size === 0) {
      const { done } = this.#last;
      this.#last = undefined;
      done();
    }
  }

  /**
   * Sends at its pace what can go in time.
   * @param rest what waits behind the lines
   * @param done is called after the last one
   * @returns what cannot go in time
   */
  finish(rest: readonly Message[], limit: number, done: () => void): Message[] {
    const waiting = [...drain(this.#raw), ...drain(this.#own), ...rest];
    const late = waiting.findIndex((_, index) => this.#wait(index) > limit);
    const kept = late < 0 ? waiting.length : late;
    this.#last = { messages: waiting.slice(0, kept), done };
    this.pump();
    return waiting.slice(kept);
  }

  /** Takes a message back that still waits. @returns whether it did */
  takeBack(message: Message): boolean {
    const isMeant = (other: Message) => other === message;
    return this.#raw.remove(isMeant) || this.#own.remove(isMeant);
  }

  /** Ends the waiting. @returns what has waited */
  clear(): Message[] {
    this.#timer?.unsubscribe();
    const waiting = [...drain(this.#raw), ...drain(this.#own), ...(this.#last?.messages ?? [])];
    this.#last = undefined;
    return waiting;
  }

  #next(): Message | undefined {
    const { messages } = this.#last ?? {};
    return messages ? messages.shift() : (this.#raw.shift() ?? this.#own.shift() ?? this.#host.pull());
  }

  #wait(more = 0): number {
    return Math.max(...this.#pacers.map((pacer) => pacer.wait(more)));
  }
}

function drain(queue: Queue<Message>): Message[] {
  return Array.from({ length: queue.size }, () => queue.shift()!);
}
