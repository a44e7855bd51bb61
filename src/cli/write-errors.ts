import type { Writable } from 'node:stream';
import { fromEvent, map } from 'rxjs';
import type { Observable } from 'rxjs';

/** Emits when nobody reads a stream any more; its other errors are errors. Behind an unsubscription nothing counts. */
export function writeErrors(stream: Writable): Observable<'unread'> {
  stream.on('error', () => undefined);
  return (fromEvent(stream, 'error') as Observable<NodeJS.ErrnoException>).pipe(
    map((error) => {
      if (error.code !== 'EPIPE') throw error;
      return 'unread';
    }),
  );
}
