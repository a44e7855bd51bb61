import { Observable } from 'rxjs';
import { expectFunction, expectObject } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionPool } from './connection-pool.js';
import { Dispatcher } from './dispatcher.js';
import { onConnections } from './on-connections.js';
import { queueTask } from './queue-task.js';

/** How {@link multiplex} tells keys apart, and what it says to the server. */
export interface MultiplexOptions<In, Out, K> {
  /** The key of a message, compared as in a `Map`; `undefined` where it belongs to none. Called once a message. */
  keyOf: (message: In) => K | undefined;
  /** The message that asks the server for a key. */
  subscribe: (key: K) => Out;
  /** The message that asks it to stop. @default none is sent */
  unsubscribe?: ((key: K) => Out) | undefined;
}

/**
 * The topics of a server as one Observable a key, all on one connection. Subscribing to a key connects.
 *
 * ```
 * messages:    ----a-b-----a--#
 * topic('a'):  ^---a-------a--#
 * topic('b'):  --^---b---!
 * sent:        S-T-------U             S: subscribe('a')  T: subscribe('b')  U: unsubscribe('b')
 * ```
 *
 * However many subscribers a key has, the server is asked for it once a connection: when its first subscriber comes,
 * and after every reconnect, ahead of the outbox. When its last one has left, the server is told so; while there is no
 * connection nothing is, for the next one knows of nothing. Whoever leaves and comes back at once, as `switchMap` does,
 * has not left: the connection stays, and for the same key nothing is sent.
 *
 * Each key completes and errors as the connection's messages do, so not between two connections of a supervised run;
 * then a new subscription begins a new run. What `keyOf` throws is an error of all keys; what `subscribe` throws, or
 * the codec refuses, is one of that key. Over a pool each key is served by the connection that it leases.
 *
 * @throws TypeError for what is no connection and no pool, and where an option is not a function
 *
 * @example
 * const trades = multiplex(feed, {
 *   keyOf: (message) => message.symbol,
 *   subscribe: (symbol) => ({ op: 'subscribe', symbol }),
 *   unsubscribe: (symbol) => ({ op: 'unsubscribe', symbol }),
 * });
 * trades('BTCEUR').subscribe(({ price }) => console.log(price));
 */
export function multiplex<In, Out, K>(
  connection: WebSocketConnection<In, Out> | ConnectionPool<In, Out>,
  options: MultiplexOptions<In, Out, K>,
): (key: K) => Observable<In> {
  expectObject('options', options);
  const { keyOf, subscribe, unsubscribe } = options;
  expectFunction('keyOf', keyOf);
  expectFunction('subscribe', subscribe);
  if (unsubscribe !== undefined) expectFunction('unsubscribe', unsubscribe);

  return onConnections(connection, (single) => {
    const dispatcher = new Dispatcher<In, Out, K>(single, keyOf, {
      opened() {
        // A copy: `subscribe` may bring about new lines, which ask for themselves.
        for (const [key, line] of [...dispatcher.lines]) {
          if (line.observed) ask(key);
          else dispatcher.remove(key, line); // whoever has just left: it was not asked for here
        }
      },
    });

    function ask(key: K): void {
      const line = dispatcher.lines.get(key);
      if (line && dispatcher.isOpen) dispatcher.sendFor(key, line, () => subscribe(key));
    }

    return (key) =>
      new Observable((subscriber) => {
        const known = dispatcher.lines.get(key);
        const line = known ?? dispatcher.add(key);
        line.subscribe(subscriber);
        if (!known) {
          ask(key);
          dispatcher.join();
        }
        return () =>
          queueTask(() => {
            if (line.observed || !dispatcher.remove(key, line)) return;
            if (unsubscribe && dispatcher.isOpen) dispatcher.send(unsubscribe(key));
          });
      });
  });
}
