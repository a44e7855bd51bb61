import { bytesOf } from '../protocol/bytes.js';
import type { Codec } from '../protocol/codec.js';
import { WebSocketError } from '../protocol/errors.js';
import type { DroppedEvent } from '../protocol/lifecycle.js';
import { MessageDroppedError } from '../protocol/message-dropped-error.js';
import { toError } from '../protocol/to-error.js';
import { utf8Length } from '../protocol/utf8-length.js';
import { loggable } from '../logging/loggable.js';
import type { ConnectionLink } from './connection-link.js';
import { expectCodec } from './config.js';
import type { ResolvedConfig } from './config.js';
import type { Message, Receipt } from './message.js';
import { Outbox } from './outbox.js';
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
    return this.#outbox.size + (this.#atOpen?.length ?? 0);
  }

  /** The connection that messages go out on now. */
  get link(): ConnectionLink<In, Out> | undefined {
    return this.#link?.writable ? this.#link : undefined;
  }

  /** The codec of the present connection, or of the next one. */
  get codec(): Codec<In | Promise<In>, Out> {
    const { codec } = this.#config;
    if (typeof codec !== 'function') return codec;
    if (!this.#codec) {
      const made = codec();
      expectCodec(made);
      this.#codec = made;
    }
    return this.#codec;
  }

  /** The next connection has a codec of its own. */
  forgetCodec(): void {
    this.#codec = undefined;
  }

  send(value: Out, receipt?: Receipt): void {
    const frame = this.encode(value, receipt);
    if (frame === undefined) return;
    const { link } = this;
    if (link) {
      link.sendFrame(frame, receipt);
      return;
    }
    // A copy: the bytes belong to the caller again as soon as this returns.
    const copy = typeof frame === 'string' ? frame : frame.slice();
    const message: Message = { frame: copy, size: typeof copy === 'string' ? utf8Length(copy) : copy.length, receipt };
    if (this.#atOpen) this.#atOpen.push(message);
    else this.#outbox.push(message);
  }

  /** Never throws. */
  sendWithReceipt(value: Out, receipt: Receipt): void {
    try {
      this.send(value, receipt);
    } catch (cause) {
      receipt.dropped(new MessageDroppedError('overflow', { cause }));
    }
  }

  /** @returns a frame, or nothing where the codec refuses the value: then that was reported */
  encode(value: Out, receipt?: Receipt): string | Uint8Array | undefined {
    try {
      const encoded: unknown = this.codec.encode(value);
      const frame = typeof encoded === 'string' ? encoded : bytesOf(encoded);
      if (frame === undefined) throw new TypeError(`the codec made ${typeof encoded} of it`);
      return frame;
    } catch (cause) {
      const message = `A message could not be encoded: ${toError(cause).message}`;
      this.report(1, 'unserializable', new WebSocketError(message, { cause }), receipt && [receipt]);
      return undefined;
    }
  }

  /** An `open` is about to be emitted. */
  opening(): void {
    this.#atOpen ??= [];
  }

  /** An `open` was emitted: what waits goes out, in order, and what comes then goes out at once. */
  open(link: ConnectionLink<In, Out> | undefined): void {
    if (link) this.flush(link);
    const rest = this.#atOpen ?? [];
    this.#atOpen = undefined;
    if (link?.writable) this.#link = link;
    for (const message of rest) this.#outbox.push(message);
  }

  /** Sends what waits, in order, as long as the connection takes it. */
  flush(link: ConnectionLink<In, Out>): void {
    for (let message; link.writable && (message = this.#outbox.shift() ?? this.#atOpen?.shift());) {
      link.sendFrame(message.frame, message.receipt);
    }
  }

  /** Gives up all that waits. */
  clear(reason: 'closed'): void {
    const messages = [...this.#outbox.clear(), ...(this.#atOpen?.splice(0) ?? [])];
    this.drop(messages, reason);
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
