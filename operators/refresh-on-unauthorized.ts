import { asyncScheduler, AsyncSubject, catchError, defer, endWith, retry, share, tap } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable, ObservableInput, SchedulerLike } from 'rxjs';
import {
  expectFunction,
  expectNumber,
  expectNumbers,
  expectObject,
  expectScheduler,
} from '../src/protocol/arguments.js';
import { isFatalError, isSetupError } from '../src/protocol/error-guards.js';
import { FatalCloseError, WebSocketError } from '../src/protocol/errors.js';
import { causedBy, toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';

/** What {@link refreshOnUnauthorized} can be given; durations in milliseconds. */
export interface RefreshOnUnauthorizedOptions {
  /** Close codes that mean unauthorized. @default [3000, 4401] */
  codes?: Iterable<number> | ((code: number) => boolean) | undefined;
  /** HTTP statuses that mean unauthorized. @default [401, 407] */
  statuses?: Iterable<number> | ((status: number) => boolean) | undefined;
  /** How long a connection must stay open to prove what was refreshed, so that the next refusal is the first. @default 5000 */
  resetAfter?: number | undefined;
  /** Measures how long a connection was open. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** One refresh for all connections that fail while it runs; kept as long as the function that makes it. */
const refreshes = new WeakMap<() => ObservableInput<unknown>, Observable<unknown>>();

function shared(refresh: () => ObservableInput<unknown>): Observable<unknown> {
  let refreshing = refreshes.get(refresh);
  if (!refreshing) {
    refreshing = defer(refresh).pipe(endWith(true), share({ connector: () => new AsyncSubject() }));
    refreshes.set(refresh, refreshing);
  }
  return refreshing;
}

/**
 * Refreshes the credentials when the server refuses them, and connects again at once.
 *
 * ```
 * source:                           c#            #: refused with 401
 * refresh:                           --|
 * source, again:                        c--o---…
 * refreshOnUnauthorized(refresh):   c---c--o---…
 * ```
 *
 * Unauthorized is a close code 3000 or 4401, a handshake status 401 or 407, or a `SetupError` whose cause has such a
 * code or status. Connections that are given the same function share one refresh at a time. Give url, protocols or
 * headers as functions, so that the next attempt is made with what was refreshed.
 *
 * Unauthorized again, before a connection was open for `resetAfter`, is a `FatalCloseError` with the refusal as its
 * `cause`. A refresh that fails is a `WebSocketError` with the failure as its `cause` and the `retryAfter` of that,
 * fatal if that is or if it has such a code or status itself; else `retryWithBackoff` tries again. Other errors and
 * completion pass unchanged, and after an error the next refusal is a first one again; unsubscribing ends the refresh.
 *
 * Stands before `stopOnFatalClose`, to which these codes are fatal, and before `retryWithBackoff`.
 *
 * @param refresh is called at most once for each refusal; its completion lets the next attempt be made, what it emits is
 * ignored
 * @throws TypeError or RangeError for a bad argument
 *
 * @example
 * observeWebSocket(
 *   { url, headers: () => ({ authorization: `Bearer ${token}` }) },
 *   refreshOnUnauthorized(async () => (token = await freshToken())),
 *   stopOnFatalClose(),
 *   retryWithBackoff(),
 * )
 * @see [drawn from a run](../docs/operators.md#refreshonunauthorized)
 */
export function refreshOnUnauthorized(
  refresh: () => ObservableInput<unknown>,
  options: RefreshOnUnauthorizedOptions = {},
): MonoTypeOperatorFunction<LifecycleEvent> {
  expectFunction('refresh', refresh);
  expectObject('options', options);
  const { codes = [3000, 4401], statuses = [401, 407], resetAfter = 5000, scheduler = asyncScheduler } = options;
  const isCode = expectNumbers('codes', codes);
  const isStatus = expectNumbers('statuses', statuses);
  expectNumber('resetAfter', resetAfter);
  expectScheduler(scheduler);

  const isUnauthorized = (error: unknown): boolean => {
    const { code, status } = (error ?? {}) as { code?: unknown; status?: unknown };
    return (typeof code === 'number' && isCode(code)) || (typeof status === 'number' && isStatus(status));
  };

  return (source) =>
    defer(() => {
      let openSince = Infinity;
      let isRefreshed = false;

      const settle = () => {
        isRefreshed &&= scheduler.now() - openSince < resetAfter;
        openSince = Infinity;
      };

      const observe = ({ type }: LifecycleEvent) => {
        if (type === 'open') openSince = scheduler.now();
        if (type === 'close') settle();
      };

      const recover = (error: unknown) => {
        if (isFatalError(error) || !isUnauthorized(isSetupError(error) ? error.cause : error)) throw error;
        settle();
        if (isRefreshed) throw new FatalCloseError(toError(error));

        isRefreshed = true;
        return shared(refresh).pipe(
          catchError((thrown: unknown) => {
            const cause = toError(thrown);
            throw new WebSocketError(`The credentials could not be refreshed: ${cause.message}`, {
              ...causedBy(cause),
              fatal: isFatalError(cause) || isUnauthorized(cause),
            });
          }),
        );
      };

      return source.pipe(tap(observe), retry({ delay: recover }));
    });
}
