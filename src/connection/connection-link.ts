import type { Observable } from 'rxjs';
import { plainJson } from '../protocol/codec.js';
import type { Codec } from '../protocol/codec.js';
import { DecodeError } from '../protocol/errors.js';
import type { Link } from '../protocol/link.js';
import { SESSION_PORT } from '../protocol/session-port.js';
import type { LinkInside } from '../protocol/session-port.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { toError } from '../protocol/to-error.js';
import type { TransportSocket } from '../transport/transport.js';
import type { LinkHost, LinkOwner } from './link-host.js';
import { LinkSender } from './link-sender.js';
import { LinkStreams } from './link-streams.js';
import { PROMISES, Reading } from './reading.js';
import { Receiver } from './receiver.js';
import type { ReceiverHost } from './receiver.js';

/** What goes through one open connection, in both directions; operators see it as the `link` of its `open` event. */
export class ConnectionLink<In, Out> implements Link<In, Out>, ReceiverHost<In> {
  received = 0;
  /** What the message that is being delivered came in. */
  frame: string | Uint8Array | undefined = undefined;
  ping?: (payload?: string) => void;
  error: Error | undefined = undefined;
  readonly sender: LinkSender<In, Out>;
  readonly #host: LinkHost<In, Out>;
  readonly #owner: LinkOwner;
  readonly #socket: TransportSocket;
  readonly codec: Codec<In | Promise<In>, Out>;
  /** The uncommon cases of receiving. The default codec returns no promises. */
  #receiver: Receiver<In> | undefined;
  #hasEnded = false;
  /** Made for the first pause. */
  #reading: Reading | undefined;
  readonly #streams = new LinkStreams<In>();

  constructor(host: LinkHost<In, Out>, owner: LinkOwner, socket: TransportSocket, codec: Codec<In | Promise<In>, Out>) {
    this.#host = host;
    this.#owner = owner;
    this.#socket = socket;
    this.codec = codec;
    if (codec !== (plainJson as unknown)) this.#receiver = new Receiver<In>(codec, this);
    this.sender = new LinkSender(host.core, socket, owner);
    if (socket.ping) this.ping = ping;
  }

  get writable(): boolean {
    return this.sender.isWritable;
  }

  get paused(): boolean {
    return !!this.#reading?.isPaused;
  }

  get pauses(): number {
    return this.#reading?.pauses ?? 0;
  }

  get sentBytes(): number {
    return this.sender.sentBytes;
  }

  get receivedBytes(): number | undefined {
    return this.#socket.receivedBytes;
  }

  get flushedBytes(): number | undefined {
    return this.#socket.flushedBytes;
  }

  get messages(): Observable<In> {
    return this.#streams.messages;
  }

  get pongs(): Observable<unknown> {
    return this.#streams.pongs;
  }

  // Receiving

  /** The receive path: decode, next, nothing else. */
  receive(data: string | Uint8Array, bytes: number): void {
    if (this.#hasEnded) return;
    const { stats } = this.#host.core;
    this.received++;
    stats.received++;
    stats.receivedBytes += bytes;
    if (this.#receiver) {
      this.#receiver.receive(data);
      return;
    }
    let message: In;
    try {
      message = this.codec.decode(data) as In;
    } catch (cause) {
      this.reject(data, cause);
      return;
    }
    this.deliver(message, data);
  }

  /** A ping has arrived, and was answered. */
  pinged(): void {
    this.received++;
    this.sender.lines?.count();
  }

  pong(payload: unknown): void {
    if (this.#hasEnded) return;
    this.received++;
    this.#streams.pong(payload);
  }

  intercept(look: (data: string | Uint8Array) => boolean): () => void {
    return (this.#receiver ??= new Receiver<In>(this.codec, this)).intercept(look);
  }

  /** Settles when the last message that is a promise has been delivered. */
  get turn(): Promise<void> | undefined {
    return this.#receiver?.turn;
  }

  // For its receiver

  get isDelivering(): boolean {
    return !this.#hasEnded;
  }

  deliver(message: In, data: string | Uint8Array): void {
    this.frame = data;
    this.#host.deliver(message, this.#streams.subject, this);
    this.frame = undefined;
  }

  reject(data: string | Uint8Array, cause: unknown): void {
    this.#host.core.stats.rejected++;
    const error = new DecodeError(`A message could not be decoded: ${sentenceOf(toError(cause))}`, { data, cause });
    this.#owner.emit({ type: 'rejected', data, error });
  }

  pause(reason = PROMISES): void {
    if (this.#owner.phase === 'open') (this.#reading ??= new Reading(this.#socket)).pause(reason);
  }

  /** @param reason Default all: a paused socket would not see the peer's Close frame */
  resume(reason?: number): void {
    this.#reading?.resume(reason);
  }

  // Sending

  send(value: Out): void {
    const frame = this.#host.core.outgoing.encoding.encode(value, undefined, this.codec);
    if (frame !== undefined) this.sender.send('own', frame);
  }

  sendRaw(data: string | Uint8Array): Observable<unknown> | undefined {
    return this.sender.sendRaw(data);
  }

  // Ending

  close(code?: number, reason?: string): void {
    this.#owner.close(code, reason);
  }

  terminate(error: Error, code?: number): void {
    this.#owner.terminate(error, code);
  }

  /** Nothing is delivered any more. */
  stop(error: Error | undefined): void {
    this.#hasEnded = true;
    this.error = error;
    this.sender.stop();
  }

  /** Completes its streams. */
  complete(): void {
    this.#streams.complete();
  }

  get [SESSION_PORT](): LinkInside<Out> {
    return { link: this, outgoing: this.#host.core.outgoing, closed: this.#owner.closeEvent };
  }

  /** Leaves it out of `JSON.stringify(event)`. */
  toJSON(): undefined {
    return undefined;
  }
}

/** One for all links, and a field of those whose transport has ping frames. */
function ping(this: ConnectionLink<unknown, unknown>, payload?: string): void {
  this.sender.ping(payload);
}
