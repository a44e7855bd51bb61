import { EMPTY } from 'rxjs';
import type { Observable, Subscriber } from 'rxjs';
import { expectSendable } from '../protocol/close-codes.js';
import { ConnectionClosedError, ConnectTimeoutError } from '../protocol/errors.js';
import type { CloseFields } from '../protocol/errors.js';
import type { CloseEvent, LifecycleEvent, OpenEvent } from '../protocol/lifecycle.js';
import { causedBy, toError } from '../protocol/to-error.js';
import { endSafely, forEachSafely } from '../rx/for-each-safely.js';
import { AttemptSocket, NO_CLOSE_FRAME } from './attempt-socket.js';
import type { SocketOwner } from './attempt-socket.js';
import type { ResolvedConfig } from './config.js';
import { ConnectionLink } from './connection-link.js';
import type { LinkHost, LinkOwner } from './connection-link.js';
import type { Health } from './health.js';
import type { Outgoing } from './outgoing.js';
import { LEASE } from './reading.js';
import type { Counters } from './stats.js';
import type { Turns } from './turns.js';

/** What an attempt needs of the connection that it belongs to. */
export interface AttemptCore<In, Out> {
  readonly config: ResolvedConfig<In, Out>;
  readonly stats: Counters;
  readonly health: Health;
  readonly turns: Turns;
  readonly outgoing: Outgoing<In, Out>;
  /** A handshake has succeeded, or an attempt has ended. */
  settled(ordinal: number): void;
  /** Nothing is left of its socket. */
  released(attempt: Attempt<In, Out>): void;
}

/** What an attempt needs of the run that it belongs to. */
export interface AttemptHost<In, Out> extends LinkHost<In, Out> {
  readonly core: AttemptCore<In, Out>;
  /** We began the closing handshake. */
  closing(): void;
}

/**
 * One connection, from `connecting` to `close`.
 *
 * connecting ──▶ open ──▶ closing ──▶ ended. Everything that ends it goes through `#conclude`, once; what a socket
 * reports after that is ignored.
 */
export class Attempt<In, Out> implements SocketOwner, LinkOwner {
  readonly number: number;
  /** Counts over all runs. */
  ordinal = 0;
  phase: 'connecting' | 'open' | 'closing' | 'ended' = 'connecting';
  link: ConnectionLink<In, Out> | undefined;
  /** When its `open` left the supervision; from then on it counts as open. */
  openSince: number | undefined;
  /** Another one has taken its place. */
  isRetired = false;
  /** How it ended. */
  closeEvent: CloseEvent | undefined;
  readonly socket: AttemptSocket<In, Out>;
  readonly #host: AttemptHost<In, Out>;
  readonly #lifecycle: Subscriber<LifecycleEvent>;
  /** Begins the closing handshake that was asked for. */
  #startClosing: (() => void) | undefined;
  /** What it ends with, whatever the peer says. */
  #verdict: Error | undefined;

  constructor(host: AttemptHost<In, Out>, number: number, lifecycle: Subscriber<LifecycleEvent>) {
    this.#host = host;
    this.number = number;
    this.#lifecycle = lifecycle;
    this.socket = new AttemptSocket(host.core.config, this);
  }

  get isBeingSetUp(): boolean {
    return this.phase === 'open' && this.openSince === undefined;
  }

  get bufferedAmount(): number {
    return this.phase === 'ended' ? 0 : (this.socket.raw?.bufferedAmount ?? 0);
  }

  begin(): void {
    const { config, health, turns } = this.#host.core;
    const { connectTimeout } = config;
    this.socket.within(connectTimeout, () => {
      const { refusal } = this.socket;
      if (refusal) this.#refused(refusal);
      else this.#giveUp(new ConnectTimeoutError(`The connection did not open within ${connectTimeout} ms.`));
    });
    const about = { attempt: this.number, ...health.sinceHealthy };
    this.emit({ type: 'connecting', ...about });
    // In its turn, so that `connecting` is emitted before anything is asked for.
    turns.run(() => {
      const { failures, error } = health;
      if (this.phase === 'connecting') this.socket.connect({ ...about, failures, ...(error && { error }) });
    });
  }

  emit(event: LifecycleEvent): void {
    this.#lifecycle.next(event);
  }

  // What its socket reports

  opened(protocol: string, extensions: string, headers: OpenEvent['headers']): void {
    const { outgoing, stats } = this.#host.core;
    this.phase = 'open';
    this.socket.settle();
    stats.opens++;
    try {
      this.link = this.socket.link = new ConnectionLink(this.#host, this, this.socket.raw!, outgoing.codecForNew());
    } catch (thrown) {
      const cause = toError(thrown); // from the function that makes codecs
      this.#giveUp(this.socket.noConnection(`its codec could not be made: ${cause.message}`, causedBy(cause)));
      return;
    }
    const { url } = this.socket;
    const event = { type: 'open' as const, attempt: this.number, url, protocol, extensions, link: this.link };
    this.emit(headers ? Object.defineProperty(event, 'headers', { value: headers }) : event);
    this.#host.core.settled(this.ordinal);
  }

  closed(fields: CloseFields, initiator: CloseEvent['initiator']): void {
    const { cause } = this.socket;
    switch (this.phase) {
      case 'connecting':
        this.#end('remote', cause ?? this.socket.noConnection('it broke before it opened'));
        break;
      case 'open':
        this.#end(initiator, this.#verdict ?? new ConnectionClosedError(fields, cause && { cause }), fields);
        break;
      case 'closing':
        this.#end('local', undefined, fields);
        break;
      case 'ended': // that was emitted before; now the closing handshake is over
    }
    this.socket.release();
  }

  failed(error: Error): void {
    if (this.phase === 'connecting') this.#giveUp(error);
  }

  released(): void {
    this.#host.core.released(this);
  }

  // What is done to it

  /**
   * Closes as asked by us: the lifecycle completes.
   * @param isSent the closing handshake begins when it completes
   * @returns whether there was anything to close
   */
  close(code = 1000, reason = '', isSent: Observable<void> = EMPTY): boolean {
    expectSendable(code, reason);
    const { phase } = this;
    if (phase === 'connecting') this.#giveUp();
    if (phase === 'open') {
      this.phase = 'closing';
      this.#startClosing = () => this.socket.startClosingHandshake(code, reason);
      this.#host.closing();
      isSent.subscribe({ complete: this.#startClosing });
    }
    return phase !== 'ended';
  }

  /** Ends with an error, at once; a code is sent to the peer. During a closing handshake of ours it does nothing. */
  terminate(error: Error, code?: number): void {
    if (code !== undefined) expectSendable(code, '');
    if (this.phase !== 'open') return;
    if (this.link!.writable) {
      this.#giveUp(error, code);
      return;
    }
    this.#verdict ??= error; // the peer has begun to close: its code is reported
    if (this.socket.fields) this.closed(this.socket.fields, 'remote');
    else this.socket.raw!.terminate();
  }

  /** A lease of `pause` was taken, or the last one was released: binds it once it counts as open. */
  hold(isHeld: boolean): void {
    if (this.openSince === undefined) return;
    if (isHeld) this.link!.pause(LEASE);
    else this.link!.resume(LEASE);
  }

  /** It goes on delivering, and nothing else: another one has taken its place. @returns its `close` */
  retire(code: number, reason: string): CloseEvent {
    const healthy = this.#host.core.health.ended(this.openSince, undefined, true);
    this.isRetired = true;
    return (this.closeEvent = { type: 'close', code, reason, wasClean: false, initiator: 'local', ...healthy });
  }

  /**
   * Nobody is subscribed any more: closes in the background, and emits nothing.
   * @param isOnPurpose a new connection is wanted in its place, and this one ends with the code
   */
  abandon(code = 1000, reason = '', isOnPurpose = false): void {
    const { phase } = this;
    if (phase === 'ended') return;
    const isReported = isOnPurpose && this.openSince !== undefined;
    this.#conclude('local', undefined, isReported ? { code, reason, wasClean: false } : NO_CLOSE_FRAME, isOnPurpose);
    if (phase === 'open') this.socket.startClosingHandshake(code, reason);
    if (phase === 'closing') this.#startClosing!(); // it may still wait for what is sent before
    if (phase === 'connecting') this.socket.letGo();
    this.#host.core.settled(this.ordinal);
  }

  // How it ends

  /** The server has answered, and only its words are late. */
  #refused(error: Error): void {
    this.socket.onError(error);
    if (this.phase !== 'connecting') return; // a listener has closed it
    this.phase = 'ended';
    this.socket.letGo();
    this.#end('remote', error);
  }

  #giveUp(error?: Error, code = NO_CLOSE_FRAME.code): void {
    this.#conclude('local', error, { ...NO_CLOSE_FRAME, code }); // first: a socket may report while it is dropped
    if (code === NO_CLOSE_FRAME.code) this.socket.letGo();
    else this.socket.startClosingHandshake(code, '');
    this.#emitEnd(error);
  }

  #end(initiator: CloseEvent['initiator'], error?: Error, fields = NO_CLOSE_FRAME): void {
    this.#conclude(initiator, error, fields);
    this.#emitEnd(error);
  }

  #emitEnd(error: Error | undefined): void {
    forEachSafely([this.closeEvent!], (close) => this.emit(close));
    this.#host.core.settled(this.ordinal);
    endSafely(this.#lifecycle, error);
  }

  #conclude(initiator: CloseEvent['initiator'], error: Error | undefined, fields: CloseFields, isOnPurpose = false) {
    const { health, outgoing, turns } = this.#host.core;
    const { link } = this;
    this.phase = 'ended';
    if (!this.isRetired) {
      const healthy = health.ended(this.openSince, error, isOnPurpose);
      this.closeEvent = { type: 'close', ...fields, initiator, ...healthy };
    }
    if (!link) return;
    if (!this.isRetired) outgoing.forgetCodec(link.codec);
    link.stop(error);
    // Not before the message that is being delivered has reached everybody.
    turns.run(() => {
      outgoing.sessions.ended(link, this.closeEvent!);
      link.complete();
    });
  }
}
