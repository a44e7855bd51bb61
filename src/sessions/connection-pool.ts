import {
  BehaviorSubject,
  combineLatest,
  concatMap,
  defaultIfEmpty,
  defer,
  EMPTY,
  map,
  materialize,
  mergeMap,
  Observable,
  startWith,
  Subject,
  switchMap,
  takeUntil,
} from 'rxjs';
import { expectFunction, expectNumber, expectObject, refuse } from '../protocol/arguments.js';
import { expectSendable } from '../protocol/close-codes.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { WebSocketError } from '../protocol/errors.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { Pausable } from '../protocol/pausable.js';
import type { ConnectionStats } from '../connection/stats.js';
import { pauseAll } from './pause-all.js';
import { PoolRun } from './pool-run.js';
import { countStates, sumStats } from './pool-totals.js';
import type { PoolState } from './pool-totals.js';
import { Seats } from './seats.js';
import { queueTask } from './queue-task.js';

/** How many connections {@link connectionPool} makes, and of what. */
export interface ConnectionPoolOptions<In, Out> {
  /** Makes a connection; called when it is first needed, with 0, 1, 2 and so on. What it throws is the lease's error. */
  create: (index: number) => WebSocketConnection<In, Out>;
  /** How many connections there are at most. */
  max: number;
  /** How many keys a connection serves at most. */
  keysPerConnection: number;
}

/** A lifecycle event, and whose it is. */
export interface PoolEvent<In = unknown, Out = In> {
  /** Which connection tells it. */
  readonly connection: WebSocketConnection<In, Out>;
  /** What it tells. */
  readonly event: LifecycleEvent;
}

/** A message, and where it came from. */
export interface PoolMessage<In = unknown, Out = In> {
  /** Which connection it came on. */
  readonly connection: WebSocketConnection<In, Out>;
  /** What came. */
  readonly message: In;
}

/** How many connections stand where; replays, never errors, and subscribing to it connects nothing. */
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
   * unsubscribed. Errors where that connection fails for good, or where all are full; completes where it is closed.
   */
  use(key: unknown): Observable<WebSocketConnection<In, Out>>;
  /** The events of all connections in use. Connects nothing, never errors; completes with `close()`. */
  readonly lifecycle: Observable<PoolEvent<In, Out>>;
  /** The messages of all connections in use. Connects nothing, never errors; completes with `close()`. */
  readonly messages: Observable<PoolMessage<In, Out>>;
  /** How many connections stand where. */
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
}

/**
 * Spreads keys over as many connections as they need.
 *
 * ```
 * use('a'):          A------!               keysPerConnection: 1
 * use('b'):          ---B--------!
 * connection A:      c--o---x               c: connecting, o: open, x: closed, for nobody needs it
 * connection B:      ---c--o-----x          not before A has opened, or failed to
 * ```
 *
 * A key is served by one connection for as long as somebody leases it. A new key goes to the connection in use that
 * has the fewest; where all of these are full another one is opened, up to `max`, and over that the lease errors.
 * Connections are opened one after another: the next one when the one before it has opened or its first attempt has
 * failed. One that nobody leases any more is let go, and closes after its own `linger`; a key that comes back at once
 * finds it as it was.
 *
 * Where a connection fails for good, its leases error with its error, and all others go on; a new lease tries again.
 * `multiplex` and `requestResponse` take a pool as well as a connection.
 *
 * @throws TypeError or RangeError for a bad option
 *
 * @example
 * const pool = connectionPool({
 *   create: (index) => observeWebSocket<Trade, Command>(`wss://feed${index}.example/trades`, retryWithBackoff()),
 *   max: 4,
 *   keysPerConnection: 50,
 * });
 * const trades = multiplex(pool, { keyOf: ({ symbol }) => symbol, subscribe: (symbol) => ({ op: 'subscribe', symbol }) });
 */
export function connectionPool<In = unknown, Out = In>(
  options: ConnectionPoolOptions<In, Out>,
): ConnectionPool<In, Out> {
  expectObject('options', options);
  const { create, max, keysPerConnection } = options;
  expectFunction('create', create);
  expectNumber('max', max, 1, true);
  expectNumber('keysPerConnection', keysPerConnection, 1, true);

  const connections = new BehaviorSubject<readonly WebSocketConnection<In, Out>[]>([]);
  const seats = new Seats<PoolRun<In, Out>>(keysPerConnection);
  const turns = new Subject<PoolRun<In, Out>>();
  const events = new Subject<PoolEvent<In, Out>>();
  const ended = new Subject<void>();

  turns.pipe(concatMap((run) => run.begin())).subscribe();

  /** A connection that is not in use, to be begun. */
  function another(): PoolRun<In, Out> {
    const inUse = new Set(seats.carriers.map(({ connection }) => connection));
    let connection = connections.value.find((candidate) => !inUse.has(candidate));
    if (!connection) {
      const index = connections.value.length;
      if (index >= max)
        throw new WebSocketError(`All ${max} connections are full, with ${keysPerConnection} keys each.`);
      connection = create(index);
      if (!('lifecycle' in Object(connection))) refuse('create', 'a function that returns a connection', connection);
      connections.next([...connections.value, connection]);
    }
    const run = new PoolRun<In, Out>(connection, {
      told: (event) => events.next({ connection, event }),
      ended: () => seats.remove(run),
    });
    return run;
  }

  const state = connections.pipe(
    switchMap((all) => combineLatest(all.map(({ state }) => state)).pipe(defaultIfEmpty([]))),
    map(countStates),
  );
  Object.defineProperty(state, 'value', { get: () => countStates(connections.value.map(({ state }) => state.value)) });

  return {
    use: (key) =>
      new Observable((subscriber) => {
        let fresh: PoolRun<In, Out> | undefined;
        const seat = seats.take(key, () => (fresh = another()));
        if (fresh) turns.next(fresh);
        subscriber.add(() => {
          seats.release(seat);
          queueTask(() => seats.sweep().forEach((run) => run.end()));
        });
        return seat.carrier.turn.subscribe({
          next: (connection) => subscriber.next(connection),
          error: (error: unknown) => forEachSafely([subscriber], (lease) => lease.error(error)),
          complete: () => forEachSafely([subscriber], (lease) => lease.complete()),
        });
      }),
    lifecycle: events.pipe(takeUntil(ended)),
    messages: defer(() => turns.pipe(startWith(...seats.carriers))).pipe(
      mergeMap(({ connection, turn }) =>
        turn.pipe(
          materialize(),
          switchMap(({ kind }) => (kind === 'N' ? connection.messages : EMPTY)),
          map((message) => ({ connection, message })),
        ),
      ),
      takeUntil(ended),
    ),
    state: state as PoolStateObservable,
    get stats() {
      return sumStats(connections.value.map(({ stats }) => stats));
    },
    pause: () => pauseAll(connections),
    get canPause() {
      return connections.value.every(({ canPause }) => canPause);
    },
    async close(code = 1000, reason = '') {
      expectSendable(code, reason);
      for (const run of seats.carriers) if (!run.hasBegun) run.end();
      await Promise.all(connections.value.map((connection) => connection.close(code, reason)));
      ended.next();
    },
  };
}
