import type { Observable, OperatorFunction } from 'rxjs';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { Link } from '../protocol/link.js';
import type { MessageSubject } from './message-subject.js';
import type { Pausable } from '../protocol/pausable.js';
import type { StateObservable } from './state-observable.js';
import type { ConnectionStats } from './stats.js';

/** A WebSocket as two streams. */
export interface WebSocketConnection<In = unknown, Out = In> extends Pausable, AsyncDisposable {
  /**
   * The supervised lifecycle. Subscribing connects; when the last subscriber of `lifecycle` and `messages` unsubscribes,
   * the socket is closed with 1000. Completes if we asked for the end, else errors with the error that the supervision
   * passed on.
   */
  readonly lifecycle: Observable<LifecycleEvent>;
  /** The messages, in both directions; ends together with `lifecycle`. */
  readonly messages: MessageSubject<In, Out>;
  /** The state of the connection; subscribing to it does not connect. */
  readonly state: StateObservable;
  /**
   * The events of `lifecycle`, passively, over all runs: subscribing neither connects nor keeps a connection open, and
   * it never ends.
   */
  readonly events: Observable<LifecycleEvent>;
  /** Counters of what was sent and received so far. */
  readonly stats: ConnectionStats;
  /** The `link` of the open connection; `undefined` while none is open. */
  readonly link: Link<In, Out> | undefined;
  /**
   * Ends the run: an open connection is flushed and closed with a handshake of at most `closeTimeout`; one that
   * connects or waits for a retry is given up at once, and what waits in the outbox is `dropped`. Both streams
   * complete. Resolves when the socket is gone.
   * @param code 1000 or 3000 to 4999. Default 1000
   * @param reason at most 123 bytes of UTF-8. Default empty
   * @throws RangeError (a rejection) for any other code or reason; then nothing is sent
   */
  close(code?: number, reason?: string): Promise<void>;
  /**
   * Begins the supervision anew within the run, with a new connection at once: cuts a wait short, gives up an attempt or
   * a set-up, and closes an open connection in the background. Outbox, leases, streams and the numbers of attempts go on.
   * For people and plans: it knows no backoff. Without a run, and during `close()`, it does nothing.
   * @throws RangeError for a code or a reason that may not be sent
   */
  reconnect(options?: ReconnectOptions): void;
  /**
   * Sends as `messages.next` does, and reports what became of it: resolves when the socket has taken the message, in this
   * run or a later one; rejects with a `MessageDroppedError` when it is given up. Never throws.
   */
  send(value: Out): Promise<void>;
  /**
   * Resolves when nothing is queued and the socket of the open connection holds no more than `below` bytes. Rejects when
   * the run ends, and at once where there is none.
   * @param below Default 0
   */
  drained(below?: number): Promise<void>;
}

/** What {@link WebSocketConnection.reconnect} can be given. */
export interface ReconnectOptions {
  /** What an open connection is closed with: 1000 or 3000 to 4999. @default 1000 */
  code?: number | undefined;
  /** At most 123 bytes of UTF-8. @default '' */
  reason?: string | undefined;
  /**
   * Milliseconds that the open connection goes on delivering when the new one, which is made beside it, has taken its
   * place: then no message is missed, and some come twice. If the new one fails, things go on as they were. @default the
   * open connection is closed first
   */
  overlap?: number | undefined;
}

/**
 * An operator on the lifecycle of a connection. One that was written for plain `LifecycleEvent`s is a supervision of any
 * connection.
 *
 * @typeParam In messages of the connection that arrive
 * @typeParam Out messages of the connection that are sent
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- of messages of any type
export type Supervision<In = any, Out = any> = OperatorFunction<LifecycleEvent<In, Out>, LifecycleEvent>;
