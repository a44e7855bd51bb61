import { EMPTY } from 'rxjs';
import type { Observable, Subscriber } from 'rxjs';
import { expectSendable } from '../protocol/close-codes.js';
import { ConnectionClosedError, ConnectTimeoutError } from '../protocol/errors.js';
import type { CloseFields, HandshakeError } from '../protocol/errors.js';
import type { CloseEvent, LifecycleEvent, OpenEvent } from '../protocol/lifecycle.js';
import type { AttemptHost } from './attempt-host.js';
import { beginLink, endLink, openEvent } from './attempt-link.js';
import { AttemptSocket, NO_CLOSE_FRAME } from './attempt-socket.js';
import type { ConnectionLink } from './connection-link.js';
import { LifecycleEmitter } from './lifecycle-emitter.js';
import type { LinkOwner } from './link-host.js';
import { LEASE } from './reading.js';
import type { SocketOwner } from './socket-owner.js';

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
  dialing: (() => void) | undefined;
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
  readonly emitter: LifecycleEmitter;
  /** Begins the closing handshake that was asked for. */
  #startClosing: (() => void) | undefined;
  /** What it ends with, whatever the peer says. */
  #verdict: Error | undefined;

  constructor(host: AttemptHost<In, Out>, number: number, lifecycle: Subscriber<LifecycleEvent>) {
    this.#host = host;
    this.number = number;
    this.emitter = new LifecycleEmitter(lifecycle);
    this.socket = new AttemptSocket(host.core.config, this);
  }

  begin(): void {
    const { config, health, turns } = this.#host.core;
    this.socket.within(config.connectTimeout, () => {
      const { refusal } = this.socket;
      if (refusal) this.#refused(refusal);
      else this.#giveUp(new ConnectTimeoutError(`The connection did not open within ${config.connectTimeout} ms.`));
    });
    const about = health.dated({ attempt: this.number });
    this.emit({ type: 'connecting', ...about }); // to everybody before anything is asked for, which has its own turn
    turns.run(() => {
      const { failures, error } = health;
      if (this.phase === 'connecting')
        this.socket.connect(error ? { ...about, failures, error } : { ...about, failures });
    });
  }

  emit(event: LifecycleEvent): void {
    this.emitter.emit(event);
  }

  // What its socket reports

  opened(protocol: string, extensions: string, headers: OpenEvent['headers']): void {
    this.phase = 'open';
    try {
      this.link = beginLink(this.#host, this, this.socket);
    } catch (thrown) {
      this.#giveUp(thrown as HandshakeError);
      return;
    }
    this.emit(openEvent(this, this.link, protocol, extensions, headers));
    this.#host.core.attempts.settled(this);
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
    this.emitter.after(() => this.socket.release());
  }

  failed(error: Error): void {
    if (this.phase === 'connecting') this.#giveUp(error);
  }

  released(): void {
    this.#host.core.attempts.remove(this);
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
      if (!this.isRetired) this.#host.closing();
      isSent.subscribe({ complete: this.#startClosing });
    }
    return phase !== 'ended';
  }

  /** Ends with an error, at once; a code is sent to the peer. During a closing handshake of ours it does nothing. */
  terminate(error: Error, code?: number): void {
    if (code !== undefined) expectSendable(code, '');
    if (this.phase !== 'open') return;
    this.#verdict ??= error; // where the peer has begun to close, its code is reported with it
    if (this.link!.writable) this.#giveUp(error, code);
    else if (this.socket.fields) this.closed(this.socket.fields, this.socket.initiator);
    else this.socket.dropWhileClosing();
  }

  /** A lease of `pause` was taken, or the last one was released: binds it once it counts as open. */
  hold(isHeld: boolean): void {
    if (this.openSince === undefined) return;
    this.link![isHeld ? 'pause' : 'resume'](LEASE);
  }

  /** It goes on delivering, and nothing else: another one has taken its place. @returns its `close` */
  retire(code: number, reason: string): CloseEvent {
    this.isRetired = true;
    const fields = { code, reason, wasClean: false };
    return (this.closeEvent = this.#host.core.health.closeEvent('local', this.openSince, undefined, fields, true));
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
    this.#host.core.attempts.settled(this);
  }

  // How it ends

  /** The server has answered, and only its words are late. */
  #refused(error: Error): void {
    this.socket.onError(error);
    if (this.phase !== 'connecting') return; // a listener has closed it
    this.#end('remote', error, NO_CLOSE_FRAME, () => this.socket.letGo());
  }

  #giveUp(error?: Error, code = NO_CLOSE_FRAME.code): void {
    this.#end('local', error, { ...NO_CLOSE_FRAME, code }, () => {
      if (code === NO_CLOSE_FRAME.code) this.socket.letGo();
      else this.socket.startClosingHandshake(code, '');
    });
  }

  #end(initiator: CloseEvent['initiator'], error?: Error, fields = NO_CLOSE_FRAME, drop?: () => void): void {
    this.#conclude(initiator, error, fields);
    this.emitter.end(this.closeEvent!, error, drop, () => this.#host.core.attempts.settled(this));
  }

  #conclude(initiator: CloseEvent['initiator'], error: Error | undefined, fields: CloseFields, isOnPurpose = false) {
    const { core } = this.#host;
    this.phase = 'ended';
    if (!this.isRetired) {
      this.closeEvent = core.health.closeEvent(initiator, this.openSince, error, fields, isOnPurpose);
      if (this.link) core.outgoing.encoding.forget(this.link.codec);
    }
    if (this.link) endLink(this.#host, this.link, error, this.closeEvent!);
  }
}
