import type { Observable } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { ConnectionClosedError } from '../protocol/errors.js';
import type { CloseFields } from '../protocol/errors.js';
import type { Link } from '../protocol/link.js';
import type { ConnectionPort, Session, SessionPort } from '../protocol/session-port.js';

/** What requests are sent on: a connection, or one link. */
export interface RequestChannel<In, Out> {
  readonly messages: Observable<In>;
  readonly port: SessionPort<Out>;
  /** What is sent now goes out on it. */
  readonly link: Link<In, Out> | undefined;
  /** Calls back when a link has ended, with what it has ended with. @returns ends that */
  attach(onEnded: (link: Link<In, Out>, error: Error) => void): (() => void) | undefined;
  /** Does something when what was received before has been delivered. */
  inOrder(action: () => void): void;
  /** Does something after everything that happens synchronously now. */
  later(action: () => void): void;
  /** What is left to say where the messages have completed. */
  closed(): Error;
}

/** A connection: one link after another, with waits in between. */
export class ConnectionChannel<In, Out> implements RequestChannel<In, Out>, Session<In, Out> {
  readonly messages: Observable<In>;
  readonly port: ConnectionPort<In, Out>;
  readonly hasWaiting = false;
  readonly isIdle = true;
  link: Link<In, Out> | undefined;
  readonly #state: { readonly value: object };
  #onEnded: ((link: Link<In, Out>, error: Error) => void) | undefined;

  constructor({ messages, state }: WebSocketConnection<In, Out>, port: ConnectionPort<In, Out>) {
    this.messages = messages;
    this.port = port;
    this.#state = state;
  }

  attach(onEnded: (link: Link<In, Out>, error: Error) => void): () => void {
    this.#onEnded = onEnded;
    const detach = this.port.attach(this);
    return () => {
      this.link = undefined;
      detach();
    };
  }

  opened(link: Link<In, Out>): void {
    this.link = link;
  }

  ended(link: Link<In, Out>, fields: CloseFields): void {
    this.#onEnded?.(link, link.error ?? new ConnectionClosedError(fields));
  }

  next(): undefined {
    // what it sends are no messages of a session
  }

  inOrder(action: () => void): void {
    this.port.inOrder(action);
  }

  later(action: () => void): void {
    this.port.scheduler.schedule(action);
  }

  closed(): Error {
    const { code = 1000, reason = '' } = this.#state.value as Partial<CloseFields>;
    return new ConnectionClosedError({ code, reason, wasClean: code !== 1006 });
  }
}

/** One link: what is sent goes out on it or not at all. */
export class LinkChannel<In, Out> implements RequestChannel<In, Out> {
  readonly messages: Observable<In>;
  readonly port: SessionPort<Out>;
  readonly link: Link<In, Out>;

  constructor(link: Link<In, Out>, port: SessionPort<Out>) {
    this.link = link;
    this.messages = link.messages;
    this.port = port;
  }

  attach(): undefined {
    // its messages complete as it ends
  }

  inOrder(action: () => void): void {
    action();
  }

  later(action: () => void): void {
    action();
  }

  closed(): Error {
    const { port, link } = this;
    return link.error ?? new ConnectionClosedError(port.closed!);
  }
}
