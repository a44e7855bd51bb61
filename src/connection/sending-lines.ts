import { AsyncSubject } from 'rxjs';
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import { bounded } from '../protocol/backoff.js';
import type { Receipt } from '../protocol/session-port.js';
import { Queue } from '../rx/queue.js';
import { messageOf } from './message.js';
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
  transmit(frame: string | Uint8Array, receipt: Receipt | undefined): void;
  /** What goes after the lines: of sessions and the outbox; nothing where another connection has taken its place. */
  readonly core: { readonly outgoing: LinesSource };
  readonly owner: { readonly isRetired: boolean };
}

/** What fills the lines. */
interface LinesSource {
  /** How much waits. */
  readonly size: number;
  readonly sessions: { readonly hasWaiting: boolean } | undefined;
  /** Whether nothing is left to go. */
  readonly isIdle: boolean;
  /** Whether a message is no longer worth sending. It is reported then. */
  gaveUp(message: Message): boolean;
  /** Takes the next one. Where that is nothing, all has gone out. */
  pull(inTurns: boolean): Message | undefined;
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

  /** Whether a message that goes ahead of the outbox would go at once. */
  get #isFree(): boolean {
    return this.size === 0 && !this.#isPumping && this.#wait() === 0;
  }

  /** Whether a message that goes behind the outbox would go at once. */
  get isClear(): boolean {
    const { size, sessions } = this.#host.core.outgoing;
    return this.#isFree && size === 0 && !sessions?.hasWaiting;
  }

  /** Lets a frame wait. @returns the message, unless it may go at once */
  take(line: 'raw' | 'own', frame: string | Uint8Array, receipt: Receipt | undefined): Message | undefined {
    if (this.#isFree) return undefined;
    const message = messageOf(frame, receipt);
    (line === 'raw' ? this.#raw : this.#own).push(message);
    this.pump();
    return message;
  }

  /** @returns where it waits: emits as it goes out, and completes without where it never does */
  whenSent(send: (receipt: Receipt) => Message | undefined): Observable<unknown> | undefined {
    const end = new AsyncSubject<true>();
    const sent = () => {
      end.next(true);
      end.complete();
    };
    return send({ sent, dropped: () => end.complete() }) && end;
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
        const { core, owner } = this.#host;
        const isWanted = this.size > 0 || (!owner.isRetired && !core.outgoing.isIdle);
        if (isWanted) this.#timer = this.#scheduler.schedule(() => this.pump(), bounded(Math.ceil(wait)));
        else this.#pull(); // nothing, and that is to be known
        break;
      }
      const message = this.#next();
      if (!message) break;
      this.count();
      this.#host.transmit(message.frame, message.receipt);
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
    return this.#last ? this.#nextOfLast() : (this.#raw.shift() ?? this.#own.shift() ?? this.#pull());
  }

  /** Who is told that a message has expired may end the connection. */
  #nextOfLast(): Message | undefined {
    const { outgoing } = this.#host.core;
    for (let message; (message = this.#last?.messages.shift());) if (!outgoing.gaveUp(message)) return message;
    return undefined;
  }

  #pull(): Message | undefined {
    const { core, owner } = this.#host;
    return owner.isRetired ? undefined : core.outgoing.pull(true);
  }

  #wait(more = 0): number {
    return Math.max(...this.#pacers.map((pacer) => pacer.wait(more)));
  }
}

function drain(queue: Queue<Message>): Message[] {
  return Array.from({ length: queue.size }, () => queue.shift()!);
}
