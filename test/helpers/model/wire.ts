import { Observable, tap } from 'rxjs';
import { isHeartbeatTimeoutError } from '../../../src/index.node.js';
import type { ConnectionState, LifecycleEvent, Link } from '../../../src/index.node.js';
import { EventGrammar } from './grammar.js';
import type { Outgoing } from './outgoing.js';
import { TOO_LATE } from './played-server.js';
import type { PlayedSocket, Wiretap } from './played-server.js';

/** What no one can decode. */
export const GIBBERISH = '{';
/** What proves life for a heartbeat, whatever its settings here. */
const PATIENCE = 10_000;

/** What is asked of whoever plays. */
export interface WireHost {
  readonly outgoing: Outgoing;
  complain(what: string): void;
  now(): number;
  status(): ConnectionState['status'];
  /** The first attempt of a run is made. */
  runBegins(): void;
  /** Whether anybody listens: else what the server says now is nobody's business. */
  isHeard(): boolean;
  /** Whether leases keep an open connection from being read. */
  isHeld(): boolean;
  /** Whether a connection is of use to anybody. */
  isWanted(): boolean;
}

/** What went over the wire, and the innermost supervision, which must have been told of it. */
export class Wire implements Wiretap {
  /** The socket of the connection that is open, as the innermost supervision knows it. */
  live: PlayedSocket | undefined;
  /** The newest one that anybody was given. */
  link: Link | undefined;
  /** What readers must have got. */
  readonly delivered: number[] = [];
  /** How many messages arrived, and how many of them would not decode. */
  received = 0;
  rejected = 0;
  readonly #host: WireHost;
  #opening: PlayedSocket | undefined;
  /** What the user has closed: as it is resumed for the handshake, what it has held back is delivered. */
  #closing: PlayedSocket | undefined;
  #grammar: EventGrammar | undefined;
  #lastArrival = -Infinity;
  /** What the Close frame that comes has to be told as. */
  #ending: number | undefined;

  constructor(host: WireHost) {
    this.#host = host;
  }

  /** Whether no connection is going on. */
  get isIdle(): boolean {
    return this.#grammar?.isBetween ?? true;
  }

  sending(socket: PlayedSocket, frame: string): void {
    const { outgoing, complain } = this.#host;
    if (frame === 'ping') {
      outgoing.sent++;
      return;
    }
    outgoing.sending(Number(frame));
    if (socket !== this.live) complain(`${frame} was sent on a socket that had its end`);
  }

  dialing(): void {
    if (!this.#host.isWanted()) this.#host.complain('a connection was made for nobody');
  }

  /** The user begins to close. */
  expectClosing(): void {
    this.#closing = this.live;
  }

  opening(socket: PlayedSocket): void {
    this.#opening = socket;
  }

  arriving(socket: PlayedSocket, data: string): void {
    const { isWanted, isHeld, status } = this.#host;
    if (socket !== this.live || !isWanted()) return;
    // The state may have its turn later than the close.
    const isAbandoned = isHeld() && status() === 'open' && socket !== this.#closing;
    if (isAbandoned) return; // and so it arrives
    this.#lastArrival = this.#host.now();
    this.received++;
    if (data === GIBBERISH) this.rejected++;
    if (!Number.isNaN(Number(data))) this.delivered.push(Number(data));
  }

  leaving(socket: PlayedSocket, code: number): void {
    const { isHeard, status } = this.#host;
    if (socket === this.live && isHeard() && status() === 'closing') this.#ending = code;
  }

  ending(socket: PlayedSocket, code: number): void {
    const { isHeard, status } = this.#host;
    if (socket === this.live && isHeard() && status() !== 'closing') this.#ending = code;
  }

  /** Of a connection that is still set up the close is emitted a moment later: its set-up may fail right behind. */
  ended(): void {
    if (this.#host.status() === 'open') this.expectNoEnding();
  }

  /** Time has passed. */
  expectNoEnding(): void {
    if (this.#ending !== undefined) this.#host.complain(`the close ${this.#ending} was not emitted`);
    this.#ending = undefined;
  }

  /** Stands before all other supervision, and sees the raw lifecycle of one connection after another. */
  witness(source: Observable<LifecycleEvent>): Observable<LifecycleEvent> {
    return new Observable((subscriber) => {
      const grammar = new EventGrammar('start', (what) => this.#host.complain(`raw: ${what}`));
      this.#grammar = grammar;
      subscriber.add(() => {
        this.live = undefined;
        this.#ending = undefined;
        if (this.#grammar === grammar) this.#grammar = undefined;
      });
      let dying: PlayedSocket | undefined;
      source
        .pipe(
          tap({
            next: (event) => {
              if (event.type === 'close') dying = this.live;
              if (event.type === 'connecting' && event.attempt === 1) this.#host.runBegins();
              grammar.next(event);
              this.#note(event);
            },
            error: (error: unknown) => {
              grammar.end('an error');
              if (isHeartbeatTimeoutError(error)) this.#judgeDeath(dying);
            },
            complete: () => grammar.end('completion'),
          }),
        )
        .subscribe(subscriber); // itself: else who leaves while this subscribes is noticed late
    });
  }

  #note(event: LifecycleEvent): void {
    const isLate = (event.type === 'error' && event.error.message.includes(TOO_LATE)) || (event.type === 'close' && event.reason === TOO_LATE); // prettier-ignore
    if (isLate) this.#host.complain(`an ${event.type} of a socket that was let go was told`);
    if (event.type === 'open') {
      this.live = this.#opening;
      this.link = event.link;
    }
    if (event.type === 'close') {
      this.live = undefined;
      if (this.#ending !== undefined && event.code !== this.#ending) {
        this.#host.complain(`the close ${this.#ending} was told as ${event.code}`);
      }
      this.#ending = undefined;
    }
  }

  /** A connection was ended because its peer seemed dead. */
  #judgeDeath(socket: PlayedSocket | undefined): void {
    if (socket?.isPaused) this.#host.complain('a paused connection was taken for dead');
    if (this.#host.now() - this.#lastArrival < PATIENCE) this.#host.complain('a peer that spoke was taken for dead');
  }
}
