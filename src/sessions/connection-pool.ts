import {
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
import type { Pace } from '../connection/pace.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { expectFunction, expectNumber, expectObject } from '../protocol/arguments.js';
import { expectSendable } from '../protocol/close-codes.js';
import { forEachSafely } from '../rx/for-each-safely.js';
import { pauseAll } from './pause-all.js';
import type { ConnectionPool, ConnectionPoolOptions, PoolEvent, PoolStateObservable } from './pool-interfaces.js';
import { PoolMembers } from './pool-members.js';
import type { PoolRun } from './pool-run.js';
import { countStates, sumStats } from './pool-totals.js';
import { POOL_PORT } from './ports.js';
import type { PoolPort } from './ports.js';

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
 * has the fewest, those that cannot connect come last; where all of these are full another one is opened, up to `max`.
 * Over that a key waits for one that was left, until its `unsubscribe` has gone out: by the server's count too, no
 * connection serves more keys than it may. Where there is none to wait for, the lease errors. Connections are opened one
 * after another: the next one when the handshake of the one before it has succeeded, or its first attempt has failed. One
 * that nobody leases any more is released, and closes after its own `linger`; a key that comes back at once finds it as it
 * was.
 *
 * A key that comes while a connection is being closed goes to another one, or waits for the end of the `close()`.
 *
 * Where a connection fails for good, its leases error with its error, and all others go on; a new lease tries again.
 * `multiplex` and `requestResponse` take a pool as well as a connection; a request takes no key's place.
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
  const { create, max, keysPerConnection, dials } = options;
  expectFunction('create', create);
  expectNumber('max', max, 1, true);
  expectNumber('keysPerConnection', keysPerConnection, 1, true);
  if (dials !== undefined) expectFunction('dials.meter', (dials as Pace | null)?.meter);

  const turns = new Subject<() => Observable<never>>();
  const started = new Subject<PoolRun<In, Out>>();
  const events = new Subject<PoolEvent<In, Out>>();
  const closing = new Subject<void>();
  const ended = new Subject<void>();
  const members = new PoolMembers<In, Out>({
    ...{ create, max, keysPerConnection, dials },
    emitted: (connection, event) => events.next({ connection, event }),
    started(run) {
      started.next(run);
      turns.next(() => run.begin());
    },
  });
  const { connections } = members;
  turns.pipe(concatMap((turn) => turn())).subscribe();

  /** Emits the connection of a lease once its turn has come. */
  const leased = (lease: (onRun: (run: PoolRun<In, Out>) => void) => () => void) =>
    new Observable<WebSocketConnection<In, Out>>((subscriber) => {
      const waiting = closing.subscribe(() => subscriber.complete());
      subscriber.add(waiting);
      const release = lease((run) => {
        waiting.unsubscribe();
        subscriber.add(
          run.turn.subscribe({
            next: (connection) => subscriber.next(connection),
            error: (error: unknown) => forEachSafely([subscriber], (lessee) => lessee.error(error)),
            complete: () => forEachSafely([subscriber], (lessee) => lessee.complete()),
          }),
        );
      });
      subscriber.add(release);
    });

  const state = connections.pipe(
    switchMap((all) => combineLatest(all.map(({ state }) => state)).pipe(defaultIfEmpty([]))),
    map(countStates),
  );
  Object.defineProperty(state, 'value', { get: () => countStates(connections.value.map(({ state }) => state.value)) });

  const port: PoolPort<In, Out> = {
    lease: () => leased((onRun) => members.leaseForRequest(onRun)),
    hold: (key) => members.hold(key),
  };

  return {
    use: (key) => leased((onRun) => members.leaseForKey(key, onRun)),
    lifecycle: events.pipe(takeUntil(ended)),
    messages: defer(() => started.pipe(startWith(...members.runs))).pipe(
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
      closing.next();
      for (const run of members.runs) if (!run.hasBegun) run.end();
      await Promise.all(connections.value.map((connection) => connection.close(code, reason)));
      ended.next();
    },
    reconnect(how = {}) {
      const { code = 1000, reason = '', overlap } = how;
      expectSendable(code, reason);
      if (overlap !== undefined) expectNumber('overlap', overlap);
      for (const run of members.runs) if (run.hasBegun) turns.next(() => run.reconnect(how));
    },
    [POOL_PORT]: port,
  } as ConnectionPool<In, Out>;
}
