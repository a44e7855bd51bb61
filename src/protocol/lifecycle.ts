import type { CloseFields } from './errors.js';
import type { Link } from './link.js';

/** An attempt began; counted from 1 within a run. Comes before url, protocols and headers are asked for. */
export interface ConnectingEvent {
  readonly type: 'connecting';
  /** Counts from 1 within a run. */
  readonly attempt: number;
  /**
   * Milliseconds since the connection object ended a healthy connection, in whatever run: one whose `open` had left the
   * supervision 30 s or more before. Absent where there was none.
   */
  readonly sinceHealthy?: number;
}

/** The handshake succeeded. */
export interface OpenEvent<In = unknown, Out = unknown> {
  readonly type: 'open';
  /** The number of its `connecting` event. */
  readonly attempt: number;
  /** Without credentials and query. */
  readonly url: string;
  /** The subprotocol that the server chose; empty if none. */
  readonly protocol: string;
  /** The extensions that the server agreed to, permessage-deflate for example; empty if none. */
  readonly extensions: string;
  /** Steers this connection. */
  readonly link: Link<In, Out>;
  /** The headers of the server's answer, names in lower case (Node). Not enumerable: logs do not show them. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
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

/** The transport reported an error; a `close` follows. */
export interface ErrorEvent {
  readonly type: 'error';
  /** The error that the lifecycle ends with, or the `cause` of that. */
  readonly error: Error;
}

/** The connection ended: exactly one for each `connecting`, and its last event. */
export interface CloseEvent extends Readonly<CloseFields> {
  readonly type: 'close';
  /** Who ended it: `local` is us (closed, timed out, heartbeat), `remote` the peer or the network. */
  readonly initiator: 'local' | 'remote';
  /** As in `connecting`; 0 where this connection was healthy itself. Absent where none was. */
  readonly sinceHealthy?: number;
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

/**
 * Every event of a lifecycle. `JSON.stringify` works on each, and shows nothing of `link`.
 *
 * @typeParam In what `link.messages` of an `open` event emits
 * @typeParam Out what its `link.send` takes
 */
export type LifecycleEvent<In = unknown, Out = unknown> =
  | ConnectingEvent
  | OpenEvent<In, Out>
  | HeartbeatEvent
  | RejectedEvent
  | DroppedEvent
  | ErrorEvent
  | CloseEvent
  | ReconnectingEvent;
