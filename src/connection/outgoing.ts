import type { TimestampProvider } from 'rxjs';
import { MessageDroppedError } from '../protocol/message-dropped-error.js';
import type { Receipt, Sessions } from '../protocol/session-port.js';
import { monotonicNow } from '../rx/monotonic-now.js';
import type { ConnectionLink } from './connection-link.js';
import type { ResolvedConfig } from './config.js';
import { DroppedMessages } from './dropped-messages.js';
import type { DroppedHost } from './dropped-messages.js';
import { Encoding } from './encoding.js';
import { messageOf } from './message.js';
import type { Message } from './message.js';
import { Outbox } from './outbox.js';
import type { Counters } from './stats.js';

/** Sends outbound messages at once, or queues them while there is no open connection or the pace does not allow it. */
export class Outgoing<In, Out> {
  readonly dropped: DroppedMessages;
  readonly encoding: Encoding<In, Out>;
  /** Made by the first session. */
  sessions: Sessions<In, Out> | undefined;
  /** The open connection that sessions know of. */
  opened: ConnectionLink<In, Out> | undefined;
  readonly #clock: TimestampProvider;
  readonly #outbox: Outbox;
  /** The connection that messages are sent on; set after its `open` was delivered. */
  #link: ConnectionLink<In, Out> | undefined;
  /** The one whose `open` is being delivered. */
  #opening: ConnectionLink<In, Out> | undefined;
  /** The one before it, which may still deliver during a handover. */
  #replaced: ConnectionLink<In, Out> | undefined;
  #onIdle: (() => void) | undefined;
  /** When that was asked for: what has come since is not waited for. */
  #idleSince = Infinity;
  /**
   * Messages sent while `open` is being delivered. They follow the outbox; its limits apply only to those left over.
   */
  #atOpen: Message[] | undefined;

  constructor(config: ResolvedConfig<In, Out>, stats: Counters, host: DroppedHost) {
    this.dropped = new DroppedMessages(stats, host);
    this.encoding = new Encoding(config, this.dropped);
    this.#clock = config.scheduler;
    this.#outbox = new Outbox(config.outbox, config.scheduler, this.dropped);
  }

  /** How many messages wait. */
  get size(): number {
    return this.#outbox.size + (this.#atOpen?.length ?? 0) + (this.#link?.sender.lines?.size ?? 0);
  }

  /** The same, and what still waits on a link that another one has taken the place of. */
  get queued(): number {
    return this.size + (this.#replaced?.sender.lines?.size ?? 0);
  }

  /** The connection that messages go out on now. */
  get link(): ConnectionLink<In, Out> | undefined {
    return this.#link?.writable ? this.#link : undefined;
  }

  /** The same, also while its `open` is being delivered. */
  get current(): ConnectionLink<In, Out> | undefined {
    return this.#opening?.writable ? this.#opening : this.link;
  }

  /** @returns the message, where it waits */
  send(value: Out, receipt?: Receipt): Message | undefined {
    const frame = this.encoding.encode(value, receipt);
    if (frame === undefined) return undefined;
    const { link } = this;
    const lines = link?.sender.lines;
    if (link && lines?.isClear !== false) {
      link.sender.sendNow(frame, receipt);
      return undefined;
    }
    const message = messageOf(frame, receipt);
    if (this.#atOpen) this.#atOpen.push(message);
    else this.#outbox.push(message);
    lines?.pump();
    return message;
  }

  /** Forgets a message that still waits. */
  takeBack(message: Message): void {
    if (this.#atOpen) this.#atOpen = this.#atOpen.filter((other) => other !== message);
    this.#outbox.takeBack(message);
  }

  /** Never throws. */
  sendWithReceipt(value: Out, receipt: Receipt): Message | undefined {
    try {
      return this.send(value, receipt);
    } catch (cause) {
      this.dropped.report(1, 'overflow'); // nothing is thrown to the sender
      receipt.dropped(new MessageDroppedError('overflow', { cause }));
      return undefined;
    }
  }

  /** Called before an `open` is delivered: from now on messages are queued. */
  opening(link: ConnectionLink<In, Out>): void {
    this.#replaced = this.link;
    this.#opening = link;
    this.#link = this.opened = undefined;
    this.encoding.use(link.codec);
    this.#atOpen ??= [];
  }

  /** Called after an `open` was delivered: sends what is queued, in order. Without a link it has ended meanwhile. */
  open(link: ConnectionLink<In, Out> | undefined): void {
    this.opened = link;
    if (link) {
      this.sessions?.opened(link);
      this.pump(link);
    }
    const rest = this.#atOpen ?? [];
    this.#atOpen = undefined;
    if (link?.writable) this.#link = link;
    this.#opening = undefined;
    for (const message of rest) this.#keep(message); // under a pace it waits for its turn, else for the next connection
    this.pump();
  }

  #keep(message: Message): void {
    try {
      this.#outbox.push(message);
    } catch {
      this.dropped.drop([message], 'overflow'); // its `next()` call has returned, so nothing can be thrown
    }
  }

  /** Sends the queued messages that may go now. */
  pump(link = this.link): void {
    const lines = link?.sender.lines;
    if (lines) lines.pump();
    else if (link) this.#flush(link);
  }

  /** Whether a message is no longer worth sending. It is reported then. */
  gaveUp(message: Message): boolean {
    const hasExpired = this.#outbox.hasExpired(message);
    if (hasExpired) this.dropped.drop([message], 'expired');
    return hasExpired;
  }

  /**
   * Calls `callback` once, when nothing that is queued now is left, and no session has anything to send. Replaces an
   * earlier callback.
   */
  whenIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#idleSince = monotonicNow(this.#clock);
    this.#checkIdle();
  }

  /**
   * Takes the next message to send. @param inTurns whether sessions and the outbox alternate; else sessions come first
   */
  pull(inTurns: boolean): Message | undefined {
    const message = this.sessions ? this.sessions.pull(inTurns, () => this.#takeWaiting()) : this.#takeWaiting();
    this.#checkIdle();
    return message;
  }

  /** Whether nothing waits, and no session has anything left to send. */
  get isIdle(): boolean {
    return this.size === 0 && (this.sessions?.isIdle ?? true);
  }

  #checkIdle(): void {
    const onIdle = this.#onIdle;
    if (!onIdle || this.#atOpen || this.#outbox.waitsSince <= this.#idleSince) return;
    if (this.#link?.sender.lines?.size || this.sessions?.isIdle === false) return;
    this.#onIdle = undefined;
    onIdle();
  }

  /** Called before the closing handshake: sends what can go out within `limit` ms, and drops the rest; then calls `done`. */
  finish(link: ConnectionLink<In, Out> | undefined, limit: number, done: () => void): void {
    const lines = link?.sender.lines;
    if (link && !lines) this.#flush(link, false);
    const { expired, waiting } = this.#outbox.clear();
    const rest = waiting.concat(this.#atOpen?.splice(0) ?? []);
    const late = lines ? lines.finish(rest, limit, done) : rest;
    this.dropped.drop(expired, 'expired');
    this.dropped.drop(late, 'closed');
    if (!lines) done();
  }

  #flush(link: ConnectionLink<In, Out>, withSessions = true): void {
    for (let message; link.writable && (message = withSessions ? this.pull(false) : this.#takeWaiting());)
      link.sender.sendNow(message.frame, message.receipt);
  }

  #takeWaiting(): Message | undefined {
    return this.#outbox.shift() ?? this.#atOpen?.shift();
  }
}
