import { catchError, EMPTY, repeat } from 'rxjs';
import type { Observable } from 'rxjs';

/** The values of a stream over all runs: where it has completed or failed, it is subscribed to again. */
export function ofEveryRun<T>(source: Observable<T>, next: () => Observable<unknown>): Observable<T> {
  return source.pipe(
    catchError(() => EMPTY),
    repeat({ delay: next }),
  );
}
