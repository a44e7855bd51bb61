import type { Observable } from 'rxjs';
import type { Pace } from '../connection/pace.js';
import type { ConnectionStats } from '../connection/stats.js';
import type { ReconnectOptions, WebSocketConnection } from '../connection/web-socket-connection.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Pausable } from '../protocol/pausable.js';
import type { PoolState } from './pool-totals.js';

/** How many connections {@link connectionPool} makes, and of what. */
export interface ConnectionPoolOptions<In, Out> {
  /** Makes a connection; called when it is first needed, with 0, 1, 2 and so on. What it throws is the lease's error. */
  create: (index: number) => WebSocketConnection<In, Out>;
  /** How many connections there are at most. */
  max: number;
  /** How many keys a connection serves at most. */
  keysPerConnection: number;
  /**
   * How many times the connections dial in what time, retries included; made by `atMost`. A dial counts when its socket
   * is made, however long the URL or the headers took. What is over waits, the oldest first. @default as often as they
   * like
   */
  dials?: Pace | undefined;
}

/** A lifecycle event, and the connection that emitted it. */
export interface PoolEvent<In = unknown, Out = In> {
  /** Whose event it is. */
  readonly connection: WebSocketConnection<In, Out>;
  /** The event. */
  readonly event: LifecycleEvent;
}

/** A message, and the connection that it came on. */
export interface PoolMessage<In = unknown, Out = In> {
  /** Whose message it is. */
  readonly connection: WebSocketConnection<In, Out>;
  /** The message. */
  readonly message: In;
}

/** How many connections are in which state; replays, never errors, and subscribing to it connects nothing. */
export interface PoolStateObservable extends Observable<PoolState> {
  /** The counts now. */
  readonly value: PoolState;
}

/**
 * Several connections that share the keys between them. A lease of `pause` stops them all, those that are made while it
 * is held too; `canPause` is true where every one of them can be stopped.
 */
export interface ConnectionPool<In = unknown, Out = In> extends Pausable {
  /**
   * Leases the connection that serves a key: emits it once its turn to connect has come, and holds it until
   * unsubscribed. Where all are full, a key waits for one that was left, until the server was asked to stop it. Errors where
   * the connection fails for good, or where there is nothing to wait for; completes where it is closed.
   */
  use(key: unknown): Observable<WebSocketConnection<In, Out>>;
  /** The events of all connections in use. Connects nothing, never errors; completes with `close()`. */
  readonly lifecycle: Observable<PoolEvent<In, Out>>;
  /** The messages of all connections in use. Connects nothing, never errors; completes with `close()`. */
  readonly messages: Observable<PoolMessage<In, Out>>;
  /** How many connections are in which state. */
  readonly state: PoolStateObservable;
  /** The counters of all connections together, summed when asked; `latency` is that of the slowest. */
  readonly stats: ConnectionStats;
  /**
   * Closes every connection; leases and both streams complete. Resolves when nothing is left of any socket. A later
   * lease begins anew.
   * @param code 1000 or 3000 to 4999. Default 1000
   * @param reason at most 123 bytes of UTF-8. Default empty
   * @throws RangeError (a rejection) for any other code or reason; then nothing is closed
   */
  close(code?: number, reason?: string): Promise<void>;
  /**
   * Connects anew, as `reconnect` of a connection does, one connection in use after another.
   * @throws RangeError for a code or a reason that may not be sent
   */
  reconnect(options?: ReconnectOptions): void;
}
