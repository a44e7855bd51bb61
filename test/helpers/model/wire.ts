import { Observable } from 'rxjs';
import type { ConnectionState, LifecycleEvent, Link } from '../../../src/index.node.js';
import { EventGrammar } from './grammar.js';
import type { Outgoing } from './outgoing.js';
import type { PlayedSocket, Wiretap } from './played-server.js';

/** What is asked of whoever plays. */
export interface WireHost {
  readonly outgoing: Outgoing;
  complain(what: string): void;
  status(): ConnectionState['status'];
  /** Whether anybody listens: else what the server says now is nobody's business. */
  isHeard(): boolean;
}

/** What went over the wire, and the innermost supervision, which must have been told of it. */
export class Wire implements Wiretap {
  /** The socket of the connection that is open, as the innermost supervision knows it. */
  live: PlayedSocket | undefined;
  /** The newest one that anybody was given. */
  link: Link | undefined;
  /** What readers must have got. */
  readonly delivered: number[] = [];
  readonly #host: WireHost;
  #opening: PlayedSocket | undefined;
  /** What a Close frame of the server has to be told as. */
  #ending: number | undefined;

  constructor(host: WireHost) {
    this.#host = host;
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

  opening(socket: PlayedSocket): void {
    this.#opening = socket;
  }

  arriving(socket: PlayedSocket, data: string): void {
    if (socket === this.live && !Number.isNaN(Number(data))) this.delivered.push(Number(data));
  }

  ending(socket: PlayedSocket, code: number): void {
    const { isHeard, status } = this.#host;
    if (socket === this.live && isHeard() && status() !== 'closing') this.#ending = code;
  }

  ended(): void {
    if (this.#ending !== undefined) this.#host.complain(`the close ${this.#ending} of the server was not told`);
    this.#ending = undefined;
  }

  /** Stands before all other supervision, and sees the raw lifecycle of one connection after another. */
  witness(source: Observable<LifecycleEvent>): Observable<LifecycleEvent> {
    return new Observable((subscriber) => {
      const grammar = new EventGrammar('start', (what) => this.#host.complain(`raw: ${what}`));
      subscriber.add(() => (this.live = undefined));
      subscriber.add(
        source.subscribe({
          next: (event) => {
            grammar.next(event);
            this.#note(event);
            subscriber.next(event);
          },
          error: (error: unknown) => {
            grammar.end('an error');
            subscriber.error(error);
          },
          complete: () => {
            grammar.end('completion');
            subscriber.complete();
          },
        }),
      );
    });
  }

  #note(event: LifecycleEvent): void {
    if (event.type === 'open') {
      this.live = this.#opening;
      this.link = event.link;
    }
    if (event.type === 'close') {
      this.live = undefined;
      if (this.#ending !== undefined && event.code !== this.#ending) {
        this.#host.complain(`the close ${this.#ending} of the server was told as ${event.code}`);
      }
      this.#ending = undefined;
    }
  }
}
