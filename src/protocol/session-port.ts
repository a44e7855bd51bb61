import type { Observable, SchedulerLike } from 'rxjs';
import type { CloseFields } from './errors.js';
import type { Link } from './link.js';

/** Is notified of what becomes of one message. */
export interface Receipt {
  /** The socket is about to take it: an answer may come from now on. */
  sending?(): void;
  /** The socket has taken it. */
  sent(): void;
  /** It was given up. */
  dropped(error: Error): void;
}

/** What stands on a connection and sends by itself. */
export interface Session<In, Out> {
  /** A link is open, and the session's messages go out on it, ahead of the outbox. */
  opened(link: Link<In, Out>): void;
  /** A link has ended: nothing more is delivered from it. */
  ended(link: Link<In, Out>, fields: CloseFields): void;
  /** Whether it has a message that may go now. */
  readonly hasWaiting: boolean;
  /** Whether it has nothing to send, neither now nor later. */
  readonly isIdle: boolean;
  /** @returns the message that is to be sent now, if there is one */
  next(): { readonly value: Out; readonly receipt?: Receipt | undefined } | undefined;
}

/** Counts messages under a pace. */
export interface Pacer {
  /** Milliseconds until the next message may go, after `more` others. */
  wait(more?: number): number;
  /** One was sent. */
  count(): void;
}

/** Where {@link SessionPort} is on a connection and on a link. */
export const SESSION_PORT: unique symbol = Symbol.for('rxwire.sessionPort') as never;

/** What sessions need of a link beyond its public members; nobody else uses it. */
export interface SessionPort<Out> {
  /**
   * Sends as `messages.next` does (on a link: as `link.send` does), and reports what becomes of the message.
   * @returns takes the message back where it still waits
   */
  send(value: Out, receipt: Receipt): () => void;
  /** Reports the message that is being delivered as `rejected`. */
  reject(cause: unknown): void;
  /** Reports a message that could not be made as `dropped`. */
  drop(cause: unknown): void;
  /** How the link has ended, once it has. */
  readonly closed?: CloseFields | undefined;
}

/** The same of a connection. */
export interface ConnectionPort<In, Out> extends SessionPort<Out> {
  /** 1, 2, … for all that is made on the connection. */
  nextId(): number;
  /** Asks a session for messages whenever one may go. Where a link is open, the session is notified of it now. @returns ends that */
  attach(session: Session<In, Out>): () => void;
  /** A session has something to send. */
  pump(): void;
  /** Does something in the order of the messages: during a handover, when what was received before has been delivered. */
  inOrder(action: () => void): void;
  /** What the connection measures its times by. */
  readonly scheduler: SchedulerLike;
  /** Counters by the connection's own paces, of which each counts from now on. */
  pacers(): readonly Pacer[];
  /** How many attempts were begun, over all runs. */
  readonly begun: number;
  /** Whether a handshake is under way. */
  readonly isConnecting: boolean;
  /** Emits which attempt has succeeded with its handshake, or has ended, whatever the supervision makes of that. */
  readonly settled: Observable<number>;
  /** Lets a function decide when each attempt begins. */
  gate(gate: (begin: () => void) => () => void): void;
}
