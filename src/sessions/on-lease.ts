import { Observable } from 'rxjs';
import type { Subscriber } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';

/**
 * Serves each subscriber on a connection that a pool leases, for as long as it is subscribed. Once it is served, it ends
 * as what serves it ends, which comes with the same error and is rid of the old run by then.
 *
 * @param unserved what it ends with where the pool is closed before it is served. Default: it completes
 */
export function onLease<In, Out>(
  lease: () => Observable<WebSocketConnection<In, Out>>,
  serve: (connection: WebSocketConnection<In, Out>, reader: Subscriber<In>) => void,
  unserved?: () => Error,
): Observable<In> {
  return new Observable((reader) => {
    let isServed = false;
    reader.add(
      lease().subscribe({
        next(connection) {
          isServed = true;
          serve(connection, reader);
        },
        error: (error: unknown) => {
          if (!isServed) reader.error(error);
        },
        complete: () => {
          if (!isServed && unserved) reader.error(unserved());
          else if (!isServed) reader.complete();
        },
      }),
    );
  });
}
