import { isObservable, Subscription } from 'rxjs';
import { runAfter } from '../rx/after.js';
import { HandshakeError } from '../protocol/errors.js';
import type { CloseFields, WebSocketErrorOptions } from '../protocol/errors.js';
import { redactUrl, redactUrlIn } from '../protocol/handshake.js';
import type { CloseEvent } from '../protocol/lifecycle.js';
import { sentenceOf } from '../protocol/sentence-of.js';
import { toError } from '../protocol/to-error.js';
import { loggable } from '../logging/loggable.js';
import { unsubscribeSafely } from '../rx/for-each-safely.js';
import type { ResponseHeaders, TransportSink, TransportSocket } from '../transport/transport.js';
import type { ResolvedConfig } from './config.js';
import type { ConnectionLink } from './connection-link.js';
import { askForRequest } from './request.js';
import type { AttemptContext, HandshakeRequest } from './request.js';
import type { SocketOwner } from './socket-owner.js';

/** What is known of an end without a Close frame (RFC 6455 section 7.1.5). */
export const NO_CLOSE_FRAME: CloseFields = { code: 1006, reason: '', wasClean: false };

/**
 * The socket of one attempt, from the question for its URL to its release: the only user of a transport. It has one timer
 * at a time: the connect timeout while it connects, the close timeout while it closes.
 */
export class AttemptSocket<In, Out> implements TransportSink {
  /** Without credentials and query. */
  url = '';
  /** Receives the messages, once the connection is open. */
  link: ConnectionLink<In, Out> | undefined;
  /** What was reported before the close. */
  cause: Error | undefined;
  /** What it closed with: the first report counts. */
  fields: CloseFields | undefined;
  /** Who closed it. */
  initiator: CloseEvent['initiator'] = 'remote';
  readonly #config: ResolvedConfig<In, Out>;
  readonly #owner: SocketOwner;
  #socket: TransportSocket | undefined;
  /** The timer, and the factories that are being asked. */
  #pending: Subscription | undefined;
  #isBeingMade = false;
  #isAbandoned = false;
  #isClosing = false;
  /** Settles when all messages that are promises and came before the close have been delivered. */
  #turn: Promise<void> | undefined;
  #onReleased: (() => void)[] | undefined;

  constructor(config: ResolvedConfig<In, Out>, owner: SocketOwner) {
    this.#config = config;
    this.#owner = owner;
  }

  /** The transport's socket, once there is one. */
  get raw(): TransportSocket | undefined {
    return this.#socket;
  }

  /** What the server refused the handshake with, while the rest of its answer is read. */
  get refusal(): Error | undefined {
    return this.#socket?.refusal;
  }

  /** Asks for url, protocols and headers, and connects. */
  connect(context: AttemptContext): void {
    const pending = this.#pending!; // closed where a factory ends the attempt
    const request = askForRequest(this.#config, context);
    if (!isObservable(request)) return this.#make(request);
    pending.add(
      request.subscribe({
        next: (it) => this.#make(it),
        error: (error: unknown) => this.#owner.failed(toError(error)),
      }),
    );
  }

  #make(request: HandshakeRequest): void {
    if (this.#isAbandoned) return; // a factory has ended it
    const { url, protocols, headers } = request;
    const { transport, closeTimeout, scheduler } = this.#config;
    this.url = redactUrl(url);
    this.#isBeingMade = true;
    this.#owner.dialing?.();
    try {
      this.#socket = transport.open({ url, protocols, headers, closeTimeout, scheduler }, this);
    } catch (thrown) {
      // No cause: it may quote the URL with its secrets.
      const message = redactUrlIn(sentenceOf(toError(thrown)), url);
      this.#owner.failed(this.noConnection(message, { fatal: true }));
    }
    this.#isBeingMade = false;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- code that runs meanwhile, a `lookup` say, may have ended it
    if (this.#isAbandoned) this.letGo();
  }

  noConnection(message: string, options?: WebSocketErrorOptions): HandshakeError {
    return new HandshakeError(`Cannot connect to ${this.url}: ${message}`, options);
  }

  onOpen(protocol: string, extensions: string, headers?: ResponseHeaders): void {
    if (this.#owner.phase === 'connecting') this.#owner.opened(protocol, extensions, headers);
  }

  onMessage(data: string | Uint8Array, bytes: number): void {
    this.link?.receive(data, bytes);
  }

  onPing(): void {
    this.link?.pinged();
  }

  onPong(payload: unknown): void {
    this.link?.pong(payload);
  }

  onError(reported: Error): void {
    const { phase } = this.#owner;
    if (phase === 'ended' || this.fields) return;
    const isRaw = phase === 'connecting' && reported.name !== 'HandshakeError';
    const error = isRaw ? this.noConnection(sentenceOf(reported), { cause: reported }) : reported;
    this.cause ??= error;
    this.#owner.emit(loggable({ type: 'error', error }));
  }

  onClose(code: number, reason: string, wasClean: boolean, initiator: CloseEvent['initiator'] = 'remote'): void {
    if (this.fields) return;
    const fields = (this.fields = { code, reason, wasClean });
    this.initiator = initiator;
    const turn = (this.#turn = this.link?.turn);
    this.link = undefined; // what a socket reports after its close is ignored
    const goOn = () => this.#owner.closed(fields, initiator);
    const isBeingSetUp = () => this.#owner.phase === 'open' && this.#owner.openSince === undefined;
    const afterSetUp = () => (isBeingSetUp() ? this.within(0, goOn) : goOn());
    if (!turn || this.#owner.phase === 'ended') return afterSetUp();
    if (this.#owner.phase === 'open') this.within(this.#config.closeTimeout, goOn); // a codec may never settle
    void turn.then(() => {
      this.#turn = undefined;
      afterSetUp();
    });
  }

  /** Replaces the timer. */
  within(delay: number, action: () => void): void {
    this.settle();
    this.#pending = runAfter(delay, this.#config.scheduler, action);
  }

  /** Nothing is waited for any more. */
  settle(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    unsubscribeSafely(pending);
  }

  /** Sends a Close frame. A peer that does not answer within `closeTimeout` is not waited for. */
  startClosingHandshake(code: number, reason: string): void {
    if (this.fields) {
      if (!this.#turn || this.#owner.phase === 'ended') this.#owner.closed(this.fields, 'local');
      return; // it is closed, and at most what arrived before that is still at work
    }
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#limitClosing();
    this.link?.resume();
    this.#socket!.close(code, reason);
  }

  /** The peer has begun to close: its code is reported when the socket is dropped, and not waited for any longer. */
  dropWhileClosing(): void {
    this.#limitClosing();
    this.#socket!.terminate();
  }

  #limitClosing(): void {
    this.within(this.#config.closeTimeout, () => {
      this.#socket!.terminate();
      this.#owner.closed((this.fields ??= NO_CLOSE_FRAME), 'local');
    });
  }

  /** Drops the socket, without a closing handshake. */
  letGo(): void {
    this.#isAbandoned = true;
    if (this.#isBeingMade) return; // then it is dropped as soon as it is there
    this.#socket?.terminate();
    this.release();
  }

  onReleased(listener: () => void): void {
    (this.#onReleased ??= []).push(listener);
  }

  /** The socket is closed. */
  release(): void {
    this.settle();
    this.#owner.released();
    const listeners = this.#onReleased;
    this.#onReleased = undefined;
    listeners?.forEach((listener) => listener());
  }
}
