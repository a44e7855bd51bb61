import { bytesOf } from '../protocol/bytes.js';
import type { Codec } from '../protocol/codec.js';
import { WebSocketError } from '../protocol/errors.js';
import type { DroppedEvent } from '../protocol/lifecycle.js';
import { MessageDroppedError } from '../protocol/message-dropped-error.js';
import type { Receipt } from '../protocol/session-port.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { toError } from '../protocol/to-error.js';
import { loggable } from '../logging/loggable.js';
import type { ConnectionLink } from './connection-link.js';
import { expectCodec } from './config.js';
import type { ResolvedConfig } from './config.js';
import { messageOf } from './message.js';
import type { Message } from './message.js';
import { Outbox } from './outbox.js';
import { SessionList } from './session-list.js';
import type { Counters } from './stats.js';

type Config<In, Out> = Pick<ResolvedConfig<In, Out>, 'codec' | 'outbox' | 'scheduler' | 'transport'>;

/** What goes out: encodes messages, and sends each now or, while there is no open connection, later. */
export class Outgoing<In, Out> {
  readonly stats: Counters;
  readonly #outbox: Outbox;
  readonly #config: Config<In, Out>;
  readonly #emit: (event: DroppedEvent) => void;
  #codec: Codec<In | Promise<In>, Out> | undefined;
  /** The open connection, once the outbox was sent. */
  #link: ConnectionLink<In, Out> | undefined;
  readonly sessions = new SessionList<In, Out>();
  /** Whether the last message was a session's. */
  #wasSession = false;
  #onIdle: (() => void) | undefined;
  /** What listeners of `open` send: it follows the outbox, and is not bounded by it. */
  #atOpen: Message[] | undefined;

  constructor(config: Config<In, Out>, stats: Counters, emit: (event: DroppedEvent) => void) {
    this.#config = config;
    this.stats = stats;
    this.#emit = emit;
    this.#outbox = new Outbox(config.outbox, config.scheduler, this);
  }

  /** How many messages wait. */
  get size(): number {
    return this.#outbox.size + (this.#atOpen?.length ?? 0) + (this.#link?.sender.lines?.size ?? 0);
  }

  /** The connection that messages go out on now. */
  get link(): ConnectionLink<In, Out> | undefined {
    return this.#link?.writable ? this.#link : undefined;
  }

  /** The codec of the present connection, or of the next one. */
  get codec(): Codec<In | Promise<In>, Out> {
    return (this.#codec ??= this.#makeCodec());
  }

  /** The codec of a connection that has opened: of its own, where it is made beside another one. */
  codecForNew(): Codec<In | Promise<In>, Out> {
    return this.link ? this.#makeCodec() : this.codec;
  }

  #makeCodec(): Codec<In | Promise<In>, Out> {
    const { codec } = this.#config;
    const made = typeof codec === 'function' ? codec() : codec;
    expectCodec(made);
    return made;
  }

  /** A connection has ended: the next one has a codec of its own. */
  forgetCodec(codec: Codec<In | Promise<In>, Out>): void {
    if (this.#codec === codec) this.#codec = undefined;
  }

  /** @returns the message, where it waits */
  send(value: Out, receipt?: Receipt): Message | undefined {
    const frame = this.encode(value, receipt);
    if (frame === undefined) return undefined;
    const { link } = this;
    const lines = link?.sender.lines;
    if (link && (!lines || (lines.isFree && !this.hasWaiting))) {
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
      receipt.dropped(new MessageDroppedError('overflow', { cause }));
      return undefined;
    }
  }

  /** @returns a frame, or nothing where the codec refuses the value: then that was reported */
  encode(value: Out, receipt?: Receipt, link?: ConnectionLink<In, Out>): string | Uint8Array | undefined {
    try {
      const encoded: unknown = (link ?? this).codec.encode(value);
      const frame = typeof encoded === 'string' ? encoded : bytesOf(encoded);
      if (frame === undefined) throw new TypeError(`the codec made ${typeof encoded} of it`);
      return frame;
    } catch (cause) {
      this.refuse(cause, receipt);
      return undefined;
    }
  }

  /** Reports a message that could not be made or encoded. */
  refuse(cause: unknown, receipt?: Receipt): void {
    const message = `A message could not be encoded: ${sentenceOf(toError(cause))}`;
    this.report(1, 'unserializable', new WebSocketError(message, { cause }), receipt && [receipt]);
  }

  /** An `open` is about to be emitted. */
  opening(link: ConnectionLink<In, Out>): void {
    this.#link = undefined;
    this.#codec = link.codec;
    this.sessions.opening();
    this.#atOpen ??= [];
  }

  /** An `open` was emitted: what waits goes out, in order, and what comes then goes out at once. */
  open(link: ConnectionLink<In, Out> | undefined): void {
    if (link) this.sessions.opened(link);
    if (link && !link.sender.lines) this.#flush(link);
    const rest = this.#atOpen ?? [];
    this.#atOpen = undefined;
    if (link?.writable) this.#link = link;
    for (const message of rest) this.#keep(message); // it waits for its turn, or for the next connection
    this.pump();
  }

  #keep(message: Message): void {
    try {
      this.#outbox.push(message);
    } catch {
      this.drop([message], 'overflow'); // whoever sent it has gone on
    }
  }

  /** Sends what waits, as far as it may go now. */
  pump(): void {
    const { link } = this;
    if (link?.sender.lines) link.sender.lines.pump();
    else if (link) this.#flush(link);
  }

  /** Calls back when nothing waits, and no session has anything left to send. */
  whenIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#checkIdle();
  }

  /** @param inTurns sessions and the outbox take turns; else sessions come first */
  pull(inTurns: boolean): Message | undefined {
    const isOutboxDue = inTurns && this.#wasSession;
    const message = (isOutboxDue ? this.#takeWaiting() : undefined) ?? this.#ask() ?? this.#takeWaiting();
    if (!message) this.#checkIdle();
    return message;
  }

  /** Whether something waits that may go before what is sent now. */
  get hasWaiting(): boolean {
    return this.size > 0 || this.sessions.hasWaiting;
  }

  /** Whether nothing waits, and no session has anything left to send. */
  get isIdle(): boolean {
    return this.size === 0 && this.sessions.isIdle;
  }

  #checkIdle(): void {
    const onIdle = this.#onIdle;
    if (!onIdle || !this.isIdle) return;
    this.#onIdle = undefined;
    onIdle();
  }

  /** Before the closing handshake: sends what can go in time, and gives up the rest. @param done follows */
  finish(link: ConnectionLink<In, Out> | undefined, limit: number, done: () => void): void {
    const lines = link?.sender.lines;
    if (link && !lines) this.#flush(link, false);
    const waiting = [...this.#outbox.clear(), ...(this.#atOpen?.splice(0) ?? [])];
    this.drop(lines ? lines.finish(waiting, limit, done) : waiting, 'closed');
    if (!lines) done();
  }

  #flush(link: ConnectionLink<In, Out>, withSessions = true): void {
    const next = () => (withSessions ? this.pull(false) : this.#takeWaiting());
    for (let message; link.writable && (message = next());) link.sender.sendNow(message.frame, message.receipt);
  }

  #takeWaiting(): Message | undefined {
    const message = this.#outbox.shift() ?? this.#atOpen?.shift();
    if (message) this.#wasSession = false;
    return message;
  }

  #ask(): Message | undefined {
    const message = this.sessions.ask((value, receipt) => this.encode(value, receipt));
    if (message) this.#wasSession = true;
    return message;
  }

  drop(messages: readonly Message[], reason: DroppedEvent['reason']): void {
    const receipts = messages.flatMap(({ receipt }) => receipt ?? []);
    this.report(messages.length, reason, undefined, receipts);
  }

  /** Reports messages that were given up. */
  report(count: number, reason: DroppedEvent['reason'], error?: Error, receipts?: readonly Receipt[]): void {
    if (count === 0) return;
    this.stats.dropped += count;
    this.#emit(loggable({ type: 'dropped', count, reason, ...(error && { error }) }));
    receipts?.forEach((receipt) => receipt.dropped(new MessageDroppedError(reason, { cause: error })));
  }
}
