import { Subject, Subscription } from 'rxjs';
import type { Observable, Observer, Subscriber } from 'rxjs';
import { after } from '../protocol/backoff.js';
import { expectSendable } from '../protocol/close-codes.js';
import type { ResolvedConfig } from './config.js';
import { forEachSafely, unsubscribeSafely } from '../rx/for-each-safely.js';
import { ConnectionClosedError, ConnectTimeoutError, DecodeError, HandshakeError } from '../protocol/errors.js';
import { toError } from '../protocol/to-error.js';
import type { CloseFields } from '../protocol/errors.js';
import { redactUrl } from '../protocol/handshake.js';
import type { CloseEvent, DroppedEvent, LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import { loggable } from '../logging/loggable.js';
import { askForRequest } from './request.js';
import type { HandshakeRequest } from './request.js';
import type { Counters } from './stats.js';
import type { TransportSink, TransportSocket } from '../transport/transport.js';

/** What an attempt needs of the connection that it belongs to. */
export interface AttemptHost<In, Out> {
  readonly stats: Counters;
  /** Whether somebody holds a pause lease. */
  readonly isPaused: boolean;
  /** Hands a message to whoever listens. */
  deliver(message: In): void;
  /** The close handshake begins, because we asked for it. */
  closing(): void;
  /** A frame, or nothing and a `dropped` event. */
  encode(value: Out): string | Uint8Array | undefined;
  drop(count: number, reason: DroppedEvent['reason'], error?: Error): void;
  /** Nothing is left of its socket. */
  released(attempt: Attempt<In, Out>): void;
}

/** What is known of an end without a Close frame (RFC 6455 section 7.1.5). */
export const NO_CLOSE_FRAME: CloseFields = { code: 1006, reason: '', wasClean: false };

/** Replaced, never changed. */
const NO_LOOKS: readonly { readonly look: (data: string | Uint8Array) => boolean }[] = [];

/**
 * One connection, from `connecting` to `close`: the only user of a transport, and the only state that sockets have.
 *
 * connecting ──▶ open ──▶ closing ──▶ ended. Everything that ends it goes through `#end`, once; what a socket says
 * after that is ignored. Operators see it as the `link` of its `open` event.
 */
export class Attempt<In, Out> implements TransportSink, Link<In, Out> {
  received = 0;
  paused = false;
  pauses = 0;
  ping?: (payload?: string) => void;
  /** Whether the outbox was emptied into it. */
  isFlushed = false;
  readonly #host: AttemptHost<In, Out>;
  readonly #config: ResolvedConfig<In, Out>;
  readonly number: number;
  readonly #lifecycle: Subscriber<LifecycleEvent>;
  #phase: 'connecting' | 'open' | 'closing' | 'ended' = 'connecting';
  /** What must not outlive the phase: the connect timeout and the factories, later the close timeout. */
  #pending = new Subscription();
  #socket: TransportSocket | undefined;
  #url = '';
  /** What the socket closed with: its first word counts. */
  #fields: CloseFields | undefined;
  #trouble: Error | undefined;
  /** Settles when the last of the messages that are promises is delivered. */
  #turn: Promise<void> | undefined;
  #awaiting: (() => void)[] = [];
  #looks = NO_LOOKS;
  #messages: Subject<In> | undefined;
  #pongs: Subject<unknown> | undefined;

  constructor(
    host: AttemptHost<In, Out>,
    config: ResolvedConfig<In, Out>,
    number: number,
    lifecycle: Subscriber<LifecycleEvent>,
  ) {
    this.#host = host;
    this.#config = config;
    this.number = number;
    this.#lifecycle = lifecycle;
  }

  get bufferedAmount(): number {
    return this.#phase === 'ended' ? 0 : (this.#socket?.bufferedAmount ?? 0);
  }

  get writable(): boolean {
    return this.#phase === 'open' && this.#socket!.readyState === 1;
  }

  /** Whether messages need not wait in the outbox. */
  get isReady(): boolean {
    return this.isFlushed && this.writable;
  }

  begin(): void {
    const config = this.#config;
    this.#within(config.connectTimeout, () =>
      this.#giveUp(new ConnectTimeoutError(`The connection did not open within ${config.connectTimeout} ms.`)),
    );
    this.#lifecycle.next({ type: 'connecting', attempt: this.number });
    if (this.#phase !== 'connecting') return; // whoever heard of it has closed it
    this.#pending.add(
      askForRequest(config).subscribe({
        next: (request) => this.#dial(request),
        error: (error: unknown) => this.#giveUp(toError(error)),
      }),
    );
  }

  #dial(request: HandshakeRequest): void {
    if (this.#phase !== 'connecting') return; // a factory has ended it
    this.#url = redactUrl(request.url);
    try {
      const { transport, closeTimeout, scheduler } = this.#config;
      this.#socket = transport.open({ ...request, closeTimeout, scheduler }, this);
    } catch (thrown) {
      // No cause: it may quote the URL with its secrets.
      this.#giveUp(this.#noConnection(toError(thrown).message.replaceAll(request.url, this.#url), { fatal: true }));
    }
  }

  // What the socket reports

  onOpen(protocol: string, extensions: string): void {
    if (this.#phase !== 'connecting') return;
    const socket = this.#socket!;
    this.#phase = 'open';
    unsubscribeSafely(this.#pending);
    this.#host.stats.opens++;
    if (this.#host.isPaused) this.pause();
    if (socket.ping) this.ping = (payload) => this.writable && socket.ping!(payload);
    this.#lifecycle.next({ type: 'open', attempt: this.number, url: this.#url, protocol, extensions, link: this });
  }

  /** The receive path: decode, next, nothing else. */
  onMessage(data: string | Uint8Array, bytes: number): void {
    if (this.#phase === 'ended') return;
    const { stats } = this.#host;
    this.received++;
    stats.received++;
    stats.receivedBytes += bytes;
    if (this.#looks.length > 0 && this.#isConsumed(data)) return;
    let message: In | Promise<In>;
    try {
      message = this.#config.codec.decode(data);
    } catch (cause) {
      if (!this.#turn) return this.#reject(data, cause);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the codec threw, in its turn
      message = Promise.reject(cause);
    }
    if (this.#turn || message instanceof Promise) this.#await(data, message);
    else this.#deliver(message);
  }

  onPong(payload: unknown): void {
    if (this.#phase === 'ended') return;
    this.received++;
    this.#pongs?.next(payload);
  }

  onError(reported: Error): void {
    if (this.#phase === 'ended') return;
    const isRaw = this.#phase === 'connecting' && reported.name !== 'HandshakeError';
    const error = isRaw ? this.#noConnection(reported.message, { cause: reported }) : reported;
    this.#trouble ??= error;
    this.#lifecycle.next(loggable({ type: 'error', error }));
  }

  onClose(code: number, reason: string, wasClean: boolean): void {
    const fields = (this.#fields ??= { code, reason, wasClean });
    const turn = this.#turn;
    if (turn && this.#phase !== 'ended') {
      this.#turn = undefined;
      const goOn = () => this.onClose(code, reason, wasClean);
      if (this.#phase === 'open') this.#within(this.#config.closeTimeout, goOn); // a codec may never settle
      void turn.then(goOn);
      return;
    }
    const cause = this.#trouble;
    switch (this.#phase) {
      case 'connecting':
        this.#end('remote', cause ?? this.#noConnection('it broke before it opened'));
        break;
      case 'open':
        this.#end('remote', new ConnectionClosedError(fields, cause && { cause }), fields);
        break;
      case 'closing':
        this.#end('local', undefined, fields);
        break;
      case 'ended': // told before; now its handshake is over
    }
    this.#release();
  }

  // What is done to it

  /** Closes as asked by us: the lifecycle completes. @returns whether there was anything to close */
  close(code = 1000, reason = ''): boolean {
    expectSendable(code, reason);
    const phase = this.#phase;
    if (phase === 'connecting') this.#giveUp();
    if (phase === 'open') {
      this.#phase = 'closing';
      this.#host.closing();
      this.#shakeHands(code, reason);
    }
    return phase !== 'ended';
  }

  /** Ends with an error, at once; a code is told to the peer. While a close handshake runs, it has the last word. */
  terminate(error: Error, code?: number): void {
    if (code !== undefined) expectSendable(code, '');
    if (this.writable) return this.#giveUp(error, code);
    if (this.#phase !== 'open') return;
    this.#trouble ??= error; // the peer has begun to close: what it said is the error, and this the cause
    this.#socket!.terminate();
  }

  /** Nobody listens any more: closes in the background, and says nothing but, if it had not ended, what `tell` does. */
  abandon(tell?: () => void): void {
    const phase = this.#phase;
    this.#phase = 'ended';
    if (phase !== 'ended') tell?.();
    this.#endStreams();
    if (phase === 'open') this.#shakeHands(1000, '');
    if (phase === 'connecting') {
      this.#socket?.terminate();
      this.#release();
    }
  }

  pause(): void {
    if (this.paused || this.#phase !== 'open' || !this.#socket!.pause) return;
    this.paused = true;
    this.pauses++;
    this.#socket!.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false; // before what was held back arrives: it may make somebody pause
    this.#socket!.resume!();
  }

  send(value: Out): void {
    const frame = this.#host.encode(value);
    if (frame !== undefined) this.sendRaw(frame);
  }

  sendRaw(frame: string | Uint8Array): void {
    if (!this.writable) return this.#host.drop(1, 'closed');
    const { stats } = this.#host;
    try {
      this.#socket!.send(frame);
    } catch (thrown) {
      return this.#host.drop(1, 'unserializable', toError(thrown));
    }
    stats.sent++;
    stats.sentBytes += this.#config.transport.sizeOf?.(frame) ?? frame.length;
  }

  intercept(look: (data: string | Uint8Array) => boolean): () => void {
    const entry = { look };
    this.#looks = [...this.#looks, entry];
    return () => {
      this.#looks = this.#looks.filter((other) => other !== entry);
    };
  }

  get messages(): Observable<In> {
    return (this.#messages ??= new Subject()).asObservable();
  }

  get pongs(): Observable<unknown> {
    return (this.#pongs ??= new Subject()).asObservable();
  }

  /** Leaves it out of `JSON.stringify(event)`. */
  toJSON(): undefined {
    return undefined;
  }

  // How it ends

  #giveUp(error?: Error, code = NO_CLOSE_FRAME.code): void {
    this.#phase = 'ended'; // before the socket is let go, for that may report at once
    if (code === NO_CLOSE_FRAME.code) {
      this.#socket?.terminate();
      this.#release();
    } else {
      this.#shakeHands(code, '');
    }
    this.#end('local', error, { ...NO_CLOSE_FRAME, code });
  }

  #end(initiator: CloseEvent['initiator'], error?: Error, fields = NO_CLOSE_FRAME): void {
    this.#phase = 'ended';
    forEachSafely([{ type: 'close' as const, ...fields, initiator }], (close) => this.#lifecycle.next(close));
    this.#endStreams(error);
    end(this.#lifecycle, error);
  }

  /** Made now where nobody has asked for them yet: they shall have an end, whenever they are asked for. */
  #endStreams(error?: Error): void {
    end((this.#pongs ??= new Subject()));
    end((this.#messages ??= new Subject()), error);
  }

  #shakeHands(code: number, reason: string): void {
    this.#within(this.#config.closeTimeout, () => {
      this.#socket!.terminate();
      this.#turn = undefined;
      this.onClose(1006, '', false);
    });
    this.resume(); // a paused socket would not see the peer's answer
    this.#socket!.close(code, reason);
  }

  /** Resolves when nothing is left of the socket, at the latest `closeTimeout` after the end. */
  gone(): Promise<void> {
    return new Promise((resolve) => this.#awaiting.push(resolve));
  }

  #release(): void {
    unsubscribeSafely(this.#pending);
    this.#host.released(this);
    for (const tell of this.#awaiting.splice(0)) tell();
  }

  #within(delay: number, action: () => void): void {
    unsubscribeSafely(this.#pending);
    this.#pending = after(delay, this.#config.scheduler).subscribe(action);
  }

  /** What a codec takes its time for is delivered in its turn, and what comes after it too; the `close` comes last. */
  #await(data: string | Uint8Array, message: In | Promise<In>): void {
    const turn = Promise.allSettled([message, this.#turn]).then(([result]) => {
      if (this.#turn === turn) this.#turn = undefined;
      if (this.#phase === 'ended') return;
      if (result.status === 'fulfilled') this.#deliver(result.value);
      else this.#reject(data, result.reason);
    });
    this.#turn = turn;
  }

  #deliver(message: In): void {
    this.#host.deliver(message);
    this.#messages?.next(message);
  }

  #reject(data: string | Uint8Array, cause: unknown): void {
    this.#host.stats.rejected++;
    const error = new DecodeError(`A message could not be decoded: ${toError(cause).message}`, { data, cause });
    this.#lifecycle.next({ type: 'rejected', data, error });
  }

  #isConsumed(data: string | Uint8Array): boolean {
    try {
      return this.#looks.some(({ look }) => look(data)) || this.#phase === 'ended';
    } catch (thrown) {
      this.terminate(toError(thrown));
      return true;
    }
  }

  #noConnection(message: string, options?: { cause?: Error; fatal?: boolean }): HandshakeError {
    return new HandshakeError(`Cannot connect to ${this.#url}: ${message}`, options);
  }
}

function end(stream: Observer<never>, error?: Error): void {
  forEachSafely([stream], (ending) => (error ? ending.error(error) : ending.complete()));
}
