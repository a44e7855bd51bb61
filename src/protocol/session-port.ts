import type { Observable, SchedulerLike, Subject, Subscriber } from 'rxjs';
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
  /** A link has ended: nothing more is delivered from it. Of a handover it may be told twice. */
  ended(link: Link<In, Out>, fields: CloseFields): void;
  /** Whether it has a message that may go now. */
  readonly hasWaiting: boolean;
  /** Whether it has nothing to send, neither now nor later. */
  readonly isIdle: boolean;
  /** @returns the message that is to be sent now, if there is one */
  next(): { readonly value: Out; readonly receipt: Receipt } | undefined;
}

/** Counts messages under a pace. */
export interface Pacer {
  /** Milliseconds until the next message may go, after `more` others. */
  wait(more?: number): number;
  /** One was sent. */
  count(): void;
}

/**
 * Decides when an attempt begins, by calling `begin` with what the attempt calls as its socket is made.
 * @returns is called when the attempt is over, or is not to be made
 */
export type Gate = (begin: (dialing: () => void) => void) => () => void;

/** An encoded message. */
export interface EncodedMessage {
  readonly frame: string | Uint8Array;
  /** Bytes, where it is to wait. */
  readonly size: number;
  readonly receipt: Receipt | undefined;
}

/** Turns messages into frames. */
export interface Encoder<Out> {
  /** @returns nothing where the codec refuses the value: then that was reported */
  encode(value: Out, receipt?: Receipt, codec?: unknown): string | Uint8Array | undefined;
}

/** All sessions of a connection. A connection has none of their code, and gets this from the first one. */
export interface Sessions<In, Out> extends Pick<Session<In, Out>, 'opened' | 'ended' | 'hasWaiting' | 'isIdle'> {
  /** @param link the one that messages go out on, where one is open @returns detaches the session */
  attach(session: Session<In, Out>, link: Link<In, Out> | undefined): () => void;
  /**
   * The next message to send: a session's, or what else waits.
   * @param inTurns whether sessions and the rest alternate; else sessions come first
   */
  pull<M>(inTurns: boolean, takeWaiting: () => M | undefined): M | EncodedMessage | undefined;
}

/** Where a connection has its {@link ConnectionInside}, and a link its {@link LinkInside}. */
export const SESSION_PORT: unique symbol = Symbol.for('rxwire.sessionPort') as never;

/** What the outbound half of a connection has for sessions. */
interface OutgoingInside<In, Out> {
  /** `use(undefined)`: what was made for a connection that is to come is made again. */
  readonly encoding: Encoder<Out> & { use(codec: undefined): void };
  readonly dropped: {
    refuse(cause: unknown): void;
    report(count: number, reason: 'closed', error: undefined, receipts: readonly Receipt[] | undefined): void;
  };
  /** Sends what `messages.next`, `send` and requests send. Another function may take its place, and call it. */
  send(value: Out, receipt?: Receipt): EncodedMessage | undefined;
  sessions: Sessions<In, Out> | undefined;
  /** The open connection that sessions know of. */
  readonly opened: Link<In, Out> | undefined;
  sendWithReceipt(value: Out, receipt: Receipt): EncodedMessage | undefined;
  takeBack(message: EncodedMessage): void;
  pump(): void;
  /** Without a link: gives up what waits in the outbox. */
  finish(link: undefined, limit: number, done: () => void): void;
}

/** The part of a link that {@link SessionPort} is made of. */
export interface LinkInside<Out> {
  readonly link: {
    readonly frame: string | Uint8Array | undefined;
    readonly codec: unknown;
    readonly sender: {
      readonly lines: { takeBack(message: EncodedMessage): boolean } | undefined;
      send(line: 'own', frame: string | Uint8Array, receipt: Receipt): EncodedMessage | undefined;
    };
    reject(data: string | Uint8Array, cause: unknown): void;
  };
  readonly outgoing: Pick<OutgoingInside<never, Out>, 'encoding' | 'dropped'>;
  readonly closed: CloseFields | undefined;
}

/** The part of a connection that {@link ConnectionPort} is made of. */
export interface ConnectionInside<In, Out> {
  readonly config: {
    readonly scheduler: SchedulerLike;
    readonly pace: readonly { meter(clock: SchedulerLike): Pacer }[];
  };
  readonly outgoing: OutgoingInside<In, Out>;
  readonly attempts: {
    readonly members: readonly { readonly phase: string; readonly link: LinkInside<Out>['link'] | undefined }[];
    readonly begun: number;
    gate: Gate | undefined;
    settlements: Subject<number> | undefined;
  };
  readonly run:
    | {
        inOrder(action: () => void): void;
        readonly readers: {
          readonly passive: { add(reader: Subscriber<In>): void; remove(reader: Subscriber<In>): void };
        };
      }
    | undefined;
  /** The run that a new subscriber joins, if there is one. During a `close()` it is the next one. */
  readonly joinable: object | undefined;
  /** `error`: what the last attempt ended with. */
  readonly health: { error: Error | undefined };
  /** One action after another: what an action causes comes behind it. */
  readonly turns: { run(action: () => void): void };
  change(change: { readonly type: 'idle' }): void;
  nextId(): number;
}

/** @returns nothing where the connection is not one of this library's, but looks like one */
export function insideOf<In, Out>(connection: unknown): ConnectionInside<In, Out> | undefined {
  return (connection as { readonly [SESSION_PORT]?: ConnectionInside<In, Out> })[SESSION_PORT];
}

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
  /** Of a connection: the run that a new subscriber joins, if there is one. During a `close()` it is the next one. */
  readonly joinable?: object | undefined;
}

/** The same of a connection. */
export interface ConnectionPort<In, Out> extends SessionPort<Out> {
  /** 1, 2, … for all that is made on the connection. */
  nextId(): number;
  /** Asks a session for messages whenever one may go. Where a link is open, the session is notified of it now. @returns ends that */
  attach(session: Session<In, Out>): () => void;
  /** A session has something to send. */
  pump(): void;
  /** The messages of the run that is under way, in their order; subscribing does not keep the run alive. */
  readonly deliveries: Observable<In>;
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
  /**
   * Emits which attempt has succeeded with its handshake, or has ended, whatever the supervision makes of that. Of a
   * stand-in only its events are known.
   */
  readonly settled: Observable<number> | undefined;
  /** Lets a function decide when each attempt begins. */
  gate(gate: Gate): void;
}
