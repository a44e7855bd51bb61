import { AsyncSubject, EMPTY, Observable, Subject, Subscription, takeUntil, timer } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { AttemptLink } from './attempt-link.js';
import { bounded } from './backoff.js';
import { unsendable } from './close-codes.js';
import type { ResolvedConfig } from './config.js';
import {
  ConnectionClosedError,
  ConnectTimeoutError,
  DecodeError,
  HandshakeError,
  isHandshakeError,
  toError,
} from './errors.js';
import type { CloseFields } from './errors.js';
import { redactUrl } from './handshake.js';
import type { CloseEvent, DroppedEvent, LifecycleEvent } from './lifecycle.js';
import { askForRequest } from './request.js';
import type { HandshakeRequest } from './request.js';
import type { Counters } from './stats.js';
import type { TransportSink, TransportSocket } from './transport/transport.js';

/** What an attempt needs of the connection that it belongs to. */
export interface AttemptHost<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly stats: Counters;
  /** Whether somebody holds a pause lease. */
  isPaused(): boolean;
  /** The close handshake begins, because we asked for it. */
  closing(): void;
  drop(count: number, reason: DroppedEvent['reason'], error?: Error): void;
}

/** How a connection ends that never got a Close frame (RFC 6455 section 7.1.5). */
const NO_CLOSE_FRAME: CloseFields = { code: 1006, reason: '', wasClean: false };

/**
 * One connection, from `connecting` to `close`: the only user of a transport, and the only state that sockets have.
 *
 * connecting ──▶ open ──▶ closing ──▶ ended. Everything that ends it goes through `#end`, once; what a socket says
 * after that is ignored.
 */
export class Attempt<In, Out> implements TransportSink {
  readonly link: AttemptLink<In, Out>;
  /** Resolves when nothing is left of the socket, at the latest `closeTimeout` after the end. */
  readonly gone: Promise<void>;
  readonly #host: AttemptHost<In, Out>;
  readonly #number: number;
  readonly #lifecycle: Subscriber<LifecycleEvent>;
  readonly #messages: Subject<In>;
  #letGo!: () => void;
  #phase: 'connecting' | 'open' | 'closing' | 'ended' = 'connecting';
  /** What must not outlive the phase: the connect timeout and the factories, later the close timeout. */
  #pending = new Subscription();
  #socket: TransportSocket | undefined;
  #url = '';
  #trouble: Error | undefined;
  #paused = false;
  #looks: readonly ((data: string | Uint8Array) => boolean)[] | undefined;
  #pongs: Subject<unknown> | undefined;
  #over: AsyncSubject<true> | undefined;
  #received = 0;
  #pauses = 0;

  constructor(
    host: AttemptHost<In, Out>,
    number: number,
    lifecycle: Subscriber<LifecycleEvent>,
    messages: Subject<In>,
  ) {
    this.#host = host;
    this.#number = number;
    this.#lifecycle = lifecycle;
    this.#messages = messages;
    this.link = new AttemptLink(this);
    this.gone = new Promise((resolve) => (this.#letGo = resolve));
  }

  get received(): number {
    return this.#received;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get pauses(): number {
    return this.#pauses;
  }

  get bufferedAmount(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  get writable(): boolean {
    return this.#phase === 'open' && this.#socket!.writable;
  }

  get canPing(): boolean {
    return this.#socket?.ping !== undefined;
  }

  begin(): void {
    const { config } = this.#host;
    this.#after(config.connectTimeout, () => {
      this.#give(new ConnectTimeoutError(`The connection did not open within ${config.connectTimeout} ms.`));
    });
    this.#lifecycle.next({ type: 'connecting', attempt: this.#number });
    if (this.#phase !== 'connecting') return; // whoever heard of it has closed it
    this.#pending.add(
      askForRequest(config as ResolvedConfig<never, never>).subscribe({
        next: (request) => this.#dial(request),
        error: (error: Error) => this.#give(error),
      }),
    );
  }

  #dial(request: HandshakeRequest): void {
    const { transport, closeTimeout, scheduler } = this.#host.config;
    this.#url = redactUrl(request.url);
    try {
      this.#socket = transport.open({ ...request, closeTimeout, scheduler }, this);
    } catch (thrown) {
      // No cause: it may quote the URL with its secrets.
      const message = toError(thrown).message.replaceAll(request.url, this.#url);
      this.#give(new HandshakeError(`Cannot connect to ${this.#url}: ${message}`, { fatal: true }));
    }
  }

  // What the socket reports

  open(protocol: string, extensions: string): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'open';
    this.#pending.unsubscribe();
    this.#host.stats.opens++;
    if (this.#host.isPaused()) this.pause();
    const { link } = this;
    if (this.canPing) link.ping = (payload) => this.#ping(payload);
    this.#lifecycle.next({ type: 'open', attempt: this.#number, url: this.#url, protocol, extensions, link });
  }

  /** The receive path: decode, next, nothing else. */
  message(data: string | Uint8Array, bytes: number): void {
    if (this.#phase === 'ended') return;
    const { stats, config } = this.#host;
    this.#received++;
    stats.received++;
    stats.receivedBytes += bytes;
    if (this.#looks !== undefined && this.#consumes(data)) return;
    let value: In;
    try {
      value = config.codec.decode(data);
    } catch (thrown) {
      this.#reject(data, toError(thrown));
      return;
    }
    this.#messages.next(value);
  }

  pong(payload: unknown): void {
    this.#received++;
    this.#pongs?.next(payload);
  }

  error(error: Error): void {
    if (this.#phase === 'ended') return;
    const isHandshake = this.#phase === 'connecting' && !isHandshakeError(error);
    const reported = isHandshake ? this.#handshakeError(error.message, error) : error;
    this.#trouble ??= reported;
    this.#lifecycle.next({ type: 'error', error: reported });
  }

  close(code: number, reason: string, wasClean: boolean): void {
    switch (this.#phase) {
      case 'connecting':
        this.#end('remote', NO_CLOSE_FRAME, this.#trouble ?? this.#handshakeError('it broke before it opened'));
        break;
      case 'open': {
        const fields = { code, reason, wasClean };
        this.#end('remote', fields, new ConnectionClosedError(fields, this.#trouble && { cause: this.#trouble }));
        break;
      }
      case 'closing':
        this.#end('local', { code, reason, wasClean });
        break;
      case 'ended': // abandoned before; now its handshake is over
        this.#release();
    }
  }

  // What we do to it

  /** Closes as asked by us: the lifecycle completes. @returns whether there was anything to close */
  hangUp(code = 1000, reason = ''): boolean {
    const refusal = unsendable(code, reason);
    if (refusal) throw refusal;
    switch (this.#phase) {
      case 'connecting':
        this.#socket?.terminate();
        this.#end('local', NO_CLOSE_FRAME);
        return true;
      case 'open':
        this.#phase = 'closing';
        this.#host.closing();
        this.#shakeHands(code, reason);
        return true;
      case 'closing':
        return true;
      case 'ended':
        return false;
    }
  }

  /** Ends with an error, at once. While a close handshake runs, it has the last word. */
  terminate(error: Error): void {
    if (this.writable) this.#give(error);
  }

  /** Nobody listens any more: closes in the background, and says nothing. */
  abandon(): void {
    const phase = this.#phase;
    if (phase === 'ended') return;
    this.#phase = 'ended';
    if (phase === 'connecting') {
      this.#socket?.terminate();
      this.#release();
    } else if (phase === 'open') {
      this.#shakeHands(1000, '');
    }
  }

  pause(): void {
    if (this.#paused || this.#phase !== 'open' || !this.#socket?.pause) return;
    this.#paused = true;
    this.#pauses++;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket?.resume?.();
  }

  send(value: Out): void {
    let frame: string | Uint8Array;
    try {
      frame = this.#host.config.codec.encode(value);
    } catch (thrown) {
      this.#host.drop(1, 'unserializable', toError(thrown));
      return;
    }
    this.sendRaw(frame);
  }

  sendRaw(frame: string | Uint8Array): void {
    if (!this.writable) {
      this.#host.drop(1, 'closed');
      return;
    }
    const { stats } = this.#host;
    stats.sent++;
    stats.sentBytes += this.#socket!.send(frame);
  }

  #ping(payload?: string): void {
    if (this.writable) this.#socket!.ping!(payload);
  }

  intercept(look: (data: string | Uint8Array) => boolean): () => void {
    this.#looks = [...(this.#looks ?? []), look];
    return () => {
      const rest = this.#looks?.filter((other) => other !== look);
      this.#looks = rest?.length ? rest : undefined;
    };
  }

  get messages(): Observable<In> {
    if (this.#phase === 'ended') return EMPTY;
    this.#over ??= new AsyncSubject();
    return this.#messages.pipe(takeUntil(this.#over));
  }

  get pongs(): Observable<unknown> {
    return (this.#pongs ??= new Subject()).asObservable();
  }

  // How it ends

  /** We gave up on it. */
  #give(error: Error): void {
    this.#socket?.terminate();
    this.#end('local', NO_CLOSE_FRAME, error);
  }

  #end(initiator: CloseEvent['initiator'], { code, reason, wasClean }: CloseFields, error?: Error): void {
    this.#phase = 'ended';
    this.#lifecycle.next({ type: 'close', code, reason, wasClean, initiator });
    if (error) {
      this.#over?.error(error);
      this.#lifecycle.error(error);
    } else {
      this.#over?.next(true);
      this.#over?.complete();
      this.#lifecycle.complete();
    }
    this.#release();
  }

  #shakeHands(code: number, reason: string): void {
    const { closeTimeout } = this.#host.config;
    this.#pending = new Subscription();
    this.#after(closeTimeout, () => {
      this.#socket!.terminate();
      this.close(NO_CLOSE_FRAME.code, NO_CLOSE_FRAME.reason, NO_CLOSE_FRAME.wasClean);
    });
    this.resume(); // a paused socket would not see the peer's answer
    this.#socket!.close(code, reason);
  }

  #release(): void {
    this.#pending.unsubscribe();
    this.#letGo();
  }

  #after(delay: number, action: () => void): void {
    if (delay === Infinity) return;
    this.#pending.add(timer(bounded(delay), this.#host.config.scheduler).subscribe(action));
  }

  #consumes(data: string | Uint8Array): boolean {
    try {
      return this.#looks!.some((look) => look(data));
    } catch (thrown) {
      this.terminate(toError(thrown));
      return true;
    }
  }

  #reject(data: string | Uint8Array, cause: Error): void {
    this.#host.stats.rejected++;
    const error = new DecodeError(`A message could not be decoded: ${cause.message}`, { data, cause });
    this.#lifecycle.next({ type: 'rejected', data, error });
  }

  #handshakeError(message: string, cause?: Error): HandshakeError {
    return new HandshakeError(`Cannot connect to ${this.#url}: ${message}`, cause && { cause });
  }
}
