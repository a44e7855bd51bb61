import type { Observable } from 'rxjs';
import type { CloseFields } from './errors.js';

/** What steers one connection: given to operators on its `open` event, and of no use once its `close` was seen. */
export interface Link<In = unknown, Out = unknown> {
  /** Frames received so far, pongs included: liveness without a clock read per message. */
  readonly received: number;
  /** Whether what is sent now can still reach the peer: not once either side has begun to close. */
  readonly writable?: boolean;
  /** Whether reading is paused now. */
  readonly paused: boolean;
  /** How often reading was paused so far: a verdict about silence needs the same count before and after. */
  readonly pauses?: number;
  /** The decoded messages of this connection alone; ends as the connection ends. */
  readonly messages: Observable<In>;
  /** The payloads of pong frames; never emits where the transport has no ping frames. */
  readonly pongs: Observable<unknown>;
  /**
   * Has a first look at everything that arrives, before it is decoded; `true` consumes it. A throw terminates the
   * connection.
   * @returns what ends the looking
   */
  intercept(look: (data: string | Uint8Array) => boolean): () => void;
  /** Sends ahead of the outbox. On a connection that is closing the message is reported as `dropped`. */
  send(value: Out): void;
  /** Sends ahead of the outbox, as it is: a string as a text frame, bytes as a binary frame. */
  sendRaw(data: string | Uint8Array): void;
  /** Sends a ping frame; absent where the transport has none. Does nothing while closing. */
  ping?(payload?: string): void;
  /**
   * Ends the connection as closed by us: the lifecycle completes.
   * @throws RangeError where the code or the reason may not be sent
   */
  close(code?: number, reason?: string): void;
  /**
   * Ends the connection with an error, at once; what is left of it is torn down in the background. Does nothing while
   * closing.
   * @param code told to the peer in a Close frame, and by the `close` event. Default none: the socket is dropped, 1006
   * @throws RangeError where the code may not be sent
   */
  terminate(error: Error, code?: number): void;
}

/** An attempt began; counted from 1 within a run. Comes before url, protocols and headers are asked for. */
export interface ConnectingEvent {
  readonly type: 'connecting';
  /** Counts from 1 within a run. */
  readonly attempt: number;
}

/** The handshake succeeded. */
export interface OpenEvent {
  readonly type: 'open';
  /** The number of its `connecting` event. */
  readonly attempt: number;
  /** Without credentials and query. */
  readonly url: string;
  /** The subprotocol that the server chose; empty if none. */
  readonly protocol: string;
  /** What the server agreed to, permessage-deflate say; empty if nothing. */
  readonly extensions: string;
  /** Steers this connection. */
  readonly link: Link;
}

/** A ping was answered; emitted by `heartbeat`. */
export interface HeartbeatEvent {
  readonly type: 'heartbeat';
  /** Milliseconds from ping to reply. */
  readonly latency: number;
}

/** An inbound message that would not decode or validate; it was skipped. */
export interface RejectedEvent {
  readonly type: 'rejected';
  /** The message as it came. */
  readonly data: string | Uint8Array;
  /** A `DecodeError`, whose `cause` says what was wrong. */
  readonly error: Error;
}

/** Outbound messages were given up. */
export interface DroppedEvent {
  readonly type: 'dropped';
  /** How many. */
  readonly count: number;
  /** The outbox was full; they waited longer than `maxAge`; the connection was closed; the codec refused them. */
  readonly reason: 'overflow' | 'expired' | 'closed' | 'unserializable';
  /** Why the codec refused it. */
  readonly error?: Error;
}

/** What the transport reported; a `close` follows. */
export interface ErrorEvent {
  readonly type: 'error';
  /** Becomes the `cause` of the error that the lifecycle ends with, or is that error itself. */
  readonly error: Error;
}

/** The connection ended: exactly one for each `connecting`, and its last event. */
export interface CloseEvent extends Readonly<CloseFields> {
  readonly type: 'close';
  /** Who ended it: `local` is us (closed, timed out, heartbeat), `remote` the peer or the network. */
  readonly initiator: 'local' | 'remote';
}

/** A retry waits; emitted by `retryWithBackoff`. */
export interface ReconnectingEvent {
  readonly type: 'reconnecting';
  /** Counts from 1, in a row. */
  readonly retry: number;
  /** Milliseconds until the attempt. */
  readonly delay: number;
  /** What the attempt before ended with. */
  readonly error: Error;
}

/** Everything that can be told about a connection. `JSON.stringify` works on each, and shows nothing of `link`. */
export type LifecycleEvent =
  | ConnectingEvent
  | OpenEvent
  | HeartbeatEvent
  | RejectedEvent
  | DroppedEvent
  | ErrorEvent
  | CloseEvent
  | ReconnectingEvent;
