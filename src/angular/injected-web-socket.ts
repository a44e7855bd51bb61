import type { Signal } from '@angular/core';
import type { Observable } from 'rxjs';
import type { ConnectionState, MessageSubject, ReconnectOptions, WebSocketConnection } from '../index.js';

/** The latest value of a stream; it never throws. */
export type TopicSignal<T> = Signal<T | undefined> & {
  /** What the stream failed with; `undefined` while it has not, and from its next value or another config on. */
  readonly error: Signal<unknown>;
};

/** A connection that is closed when its component, service or route is destroyed. */
export interface InjectedWebSocket<In = unknown, Out = In> {
  /** The connection itself: `lifecycle`, `stats`, `close()`, `pause()`. Its streams emit outside Angular's zone. */
  readonly connection: WebSocketConnection<In, Out>;
  /**
   * The state of the connection. An error of the supervised lifecycle appears as `failed`. `idle` on the server, and while
   * there is no config.
   */
  readonly state: Signal<ConnectionState>;
  /**
   * The latest message, written at most once per animation frame, and by a timer where the page has no frames. Messages
   * that arrive faster are skipped here, but not in `messages`. `undefined` before the first message of a config.
   */
  readonly latest: Signal<In | undefined>;
  /** `connection.messages`: emits every message, and sends. */
  readonly messages: MessageSubject<In, Out>;
  /** Milliseconds to the next attempt while a retry waits, counted down by the second; else `undefined`. */
  readonly countdown: Signal<number | undefined>;
  /**
   * Makes a new connection now, for a button: as `connection.reconnect`, and where the run has ended or failed it begins a
   * new one. Does nothing on the server, and before the first render.
   */
  reconnect(options?: ReconnectOptions): void;
  /**
   * The latest message of each key, as a Map that is replaced at most once per animation frame. It is empty before the
   * first message of a config. Messages for which `keyOf` returns `undefined` are left out.
   *
   * It begins with the call. Called while a component or a service is created, it ends with that; else with the connection.
   */
  latestBy<K>(keyOf: (message: In) => K | undefined): Signal<ReadonlyMap<K, In>>;
  /**
   * The latest value of a stream that stands on this connection, written at most once per animation frame. It is
   * subscribed to again when a new run begins after it has completed or failed, and with another config, so that nothing
   * of the one before is left in its operators: then it is `undefined` until its next value.
   *
   * It begins with the call. Called while a component or a service is created, it ends with that; else with the connection.
   */
  topic<T>(source: Observable<T>): TopicSignal<T>;
}
