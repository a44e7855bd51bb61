import { catchError, defer, EMPTY, switchMap, throwError } from 'rxjs';
import type { Observable } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionPool } from './connection-pool.js';

/**
 * What is built on a connection, built on each connection of a pool as well: there a key's leased connection serves
 * it. The first argument is the key.
 */
export function onConnections<In, Out, Args extends readonly [key: unknown, ...rest: unknown[]]>(
  target: WebSocketConnection<In, Out> | ConnectionPool<In, Out>,
  build: (connection: WebSocketConnection<In, Out>) => (...args: Args) => Observable<In>,
): (...args: Args) => Observable<In> {
  if (Object(target) !== target || !('lifecycle' in target)) refuse('connection', 'a connection or a pool', target);
  if (!('use' in target)) return build(target);

  const built = new WeakMap<WebSocketConnection<In, Out>, (...args: Args) => Observable<In>>();
  return (...args) =>
    defer(() => {
      let isServed = false;
      return target.use(args[0]).pipe(
        // What serves it ends with the same error, and is rid of the old run only then.
        catchError((error: unknown) => (isServed ? EMPTY : throwError(() => error))),
        switchMap((connection) => {
          isServed = true;
          const serve = built.get(connection) ?? build(connection);
          built.set(connection, serve);
          return serve(...args);
        }),
      );
    });
}
