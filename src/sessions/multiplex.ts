import { Observable } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionPool } from './pool-interfaces.js';
import { checkMultiplexOptions } from './multiplex-options.js';
import type { MultiplexOptions, Topics } from './multiplex-options.js';
import { onLease } from './on-lease.js';
import { isTarget, poolPortOf, portOf } from './ports.js';
import { TopicTable } from './topic-table.js';

/**
 * The topics of a server as one Observable a key, all on one connection. Subscribing to a key connects.
 *
 * ```
 * messages:    ----a-b-----a--#
 * topics('a'): ^---a-------a--#
 * topics('b'): --^---b---!
 * sent:        S-T-------U             S: subscribe('a')  T: subscribe('b')  U: unsubscribe('b')
 * ```
 *
 * However many subscribers a key has, the server is asked for it once a connection: when its first subscriber comes,
 * and after every reconnect, ahead of the outbox. When the last one has unsubscribed, the server is asked to stop; while
 * there is no connection it is not, for the next one knows of nothing. Who unsubscribes and subscribes at once, as
 * `switchMap` does, keeps the connection, and for the same key nothing is sent. What waits for a connection or a pace are
 * keys and not messages: each message is made when it may go.
 *
 * Each key completes and errors as the connection's messages do, so not between two connections of a supervised run;
 * then a new subscription begins a new run, and during a `close()` it waits for the end of that. A key ends by itself
 * where the server says so (`answerOf`), with a {@link SubscriptionError} where that has refused it; with what `subscribe`
 * throws or rejects with; and with a {@link MessageDroppedError} where the codec refuses its message. A new subscriber
 * asks again. Over a pool each key is served by the connection that it leases.
 *
 * @throws TypeError or RangeError for what is no connection and no pool, and for a bad option
 *
 * @example
 * const trades = multiplex(feed, {
 *   keyOf: (message) => message.symbol,
 *   subscribe: (symbol) => ({ op: 'subscribe', symbol }),
 *   unsubscribe: (symbol) => ({ op: 'unsubscribe', symbol }),
 * });
 * trades('BTCEUR').subscribe(({ price }) => console.log(price));
 */
export function multiplex<In, Out, K, Id = number>(
  connection: WebSocketConnection<In, Out> | ConnectionPool<In, Out>,
  options: MultiplexOptions<In, Out, K, Id>,
): Topics<K, In> {
  if (!isTarget(connection)) refuse('connection', 'a connection or a pool', connection);
  checkMultiplexOptions(options);
  const pool = poolPortOf(connection);
  const tables = new Map<unknown, TopicTable<In, Out, K, Id>>();

  function tableOf(single: WebSocketConnection<In, Out>): TopicTable<In, Out, K, Id> {
    let table = tables.get(single);
    if (!table || table.isEnding) {
      const hold = pool && ((key: K) => pool.hold(key));
      tables.set(single, (table = new TopicTable(single.messages, portOf(single), options, hold)));
    }
    return table;
  }

  const topics = (key: K): Observable<In> => {
    if (key === undefined) refuse('key', 'a key', key); // messages without one are nobody's
    return pool
      ? onLease(
          () => (connection as ConnectionPool<In, Out>).use(key),
          (single, reader) => tableOf(single).join(key, reader),
        )
      : new Observable((reader) => tableOf(connection as WebSocketConnection<In, Out>).join(key, reader));
  };

  return Object.assign(topics, {
    resync(key: K) {
      for (const table of tables.values()) table.resync(key);
    },
  });
}
