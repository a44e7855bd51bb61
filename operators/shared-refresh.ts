import { AsyncSubject, defer, endWith, identity, ignoreElements, share, tap, throwError, timeout } from 'rxjs';
import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { WebSocketError } from '../src/protocol/errors.js';

/** The refreshes that one function makes, one at a time, for all connections that it was given to. */
export class SharedRefresh {
  /**
   * How many have completed. An attempt that began at a smaller number was made with older credentials. A count and
   * not a time, because connections may have different schedulers.
   */
  completed = 0;
  readonly #refresh: () => ObservableInput<unknown>;
  #running: Observable<unknown> | undefined;

  constructor(refresh: () => ObservableInput<unknown>) {
    this.#refresh = refresh;
  }

  /**
   * Emits once and completes when the refresh that runs now completes, or a new one. The first who waits for a refresh
   * says how long it may take; it is unsubscribed with the last.
   */
  join(limit: number, scheduler: SchedulerLike): Observable<unknown> {
    const forget = () => (this.#running = undefined);
    return (this.#running ??= defer(this.#refresh).pipe(
      ignoreElements(),
      endWith(true),
      limit === Infinity ? identity : timeout({ first: bounded(limit), scheduler, with: () => tooLong(limit) }),
      // Before anyone is notified, because who is may fail again at once.
      tap({
        complete: () => {
          this.completed++;
          forget();
        },
        error: forget,
        unsubscribe: forget,
      }),
      share({ connector: () => new AsyncSubject() }),
    ));
  }
}

function tooLong(limit: number): Observable<never> {
  return throwError(() => new WebSocketError(`It took longer than ${limit} ms.`));
}

const refreshes = new WeakMap<() => ObservableInput<unknown>, SharedRefresh>();

/** Kept as long as the function is. */
export function sharedRefresh(refresh: () => ObservableInput<unknown>): SharedRefresh {
  let shared = refreshes.get(refresh);
  if (!shared) refreshes.set(refresh, (shared = new SharedRefresh(refresh)));
  return shared;
}
