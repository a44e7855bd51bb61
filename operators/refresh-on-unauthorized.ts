import { asyncScheduler, catchError, defer, of, retry, tap } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput, SchedulerLike } from 'rxjs';
import {
  expectFunction,
  expectNumber,
  expectNumbers,
  expectObject,
  expectScheduler,
} from '../src/protocol/arguments.js';
import { isFatalError } from '../src/protocol/error-guards.js';
import { FatalCloseError, WebSocketError } from '../src/protocol/errors.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { causedBy, toError } from '../src/protocol/to-error.js';
import { numbersOf, retryAfterOf } from '../src/protocol/verdict.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';
import { sharedRefresh } from './shared-refresh.js';

/** What {@link refreshOnUnauthorized} can be given; durations in milliseconds. */
export interface RefreshOnUnauthorizedOptions {
  /** Close codes that mean unauthorized; a predicate is given the error too. @default [3000, 4401] */
  codes?: Iterable<number> | ((code: number, error: Error) => boolean) | undefined;
  /** HTTP statuses that mean unauthorized; a predicate is given the error too. @default [401, 407] */
  statuses?: Iterable<number> | ((status: number, error: Error) => boolean) | undefined;
  /**
   * How long a connection must stay open to prove what was refreshed, so that the next refusal is the first.
   * @default 5000
   */
  resetAfter?: number | undefined;
  /** How long a refresh may take; of a shared one the first connection says it. @default 30_000 */
  timeout?: number | undefined;
  /** Measures how long a connection was open, and a refresh takes. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
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
 * code or status. Give url, protocols or headers as functions, so that the next attempt is made with what was
 * refreshed.
 *
 * Connections that are given the same function share a refresh: one that is refused while it runs waits for it, and
 * one whose attempt began (`connecting`) before it completed and is refused after it connects again at once, without
 * another refresh.
 *
 * Unauthorized again, before a connection was open for `resetAfter`, is a `FatalCloseError` with the refusal as its
 * `cause`; one that says when to come back (`retryAfter`) passes unchanged. A refresh that fails, or takes longer than
 * `timeout`, is a `WebSocketError` with the failure as its `cause` and the `retryAfter` of that, fatal if that is or if
 * it has such a code or status itself; else `retryWithBackoff` tries again. Other errors and completion pass unchanged,
 * and after an error the next refusal is a first one again. Unsubscribing ends the refresh, unless another connection
 * waits for it.
 *
 * Stands before `stopOnFatalClose`, to which these codes are fatal, and before `retryWithBackoff`.
 *
 * @param refresh is called at most once for each refusal; its completion lets the next attempt be made, what it emits
 * is ignored
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
  const {
    codes = [3000, 4401],
    statuses = [401, 407],
    resetAfter = 5000,
    timeout = 30_000,
    scheduler = asyncScheduler,
  } = options;
  const isCode = expectNumbers('codes', codes);
  const isStatus = expectNumbers('statuses', statuses);
  expectNumber('resetAfter', resetAfter);
  expectNumber('timeout', timeout);
  expectScheduler(scheduler);
  const shared = sharedRefresh(refresh);

  const isUnauthorized = (error: unknown): boolean => {
    const { code, status } = numbersOf(error);
    return (
      (code !== undefined && isCode(code, error as Error)) || (status !== undefined && isStatus(status, error as Error))
    );
  };

  return (source) =>
    defer(() => {
      /** How many refreshes had completed when the attempt began. */
      let seen = Infinity;
      let openSince = Infinity;
      /** Whether the attempt was open for `resetAfter`. */
      let isProven = false;
      /** Whether there was a refresh since a connection was proven. */
      let isRefreshed = false;

      const onBegin = () => {
        seen = shared.completed;
        openSince = Infinity;
        isProven = false;
      };
      const onEnd = () => {
        if (monotonicNow(scheduler) - openSince >= resetAfter) {
          isProven = true;
          isRefreshed = false;
        }
        openSince = Infinity;
      };
      const observe = ({ type }: LifecycleEvent) => {
        if (type === 'connecting') onBegin();
        if (type === 'open') openSince = Math.min(openSince, monotonicNow(scheduler));
        if (type === 'close') onEnd();
      };

      const recover = (error: unknown) => {
        if (isFatalError(error) || !isUnauthorized(error)) throw error;
        onEnd();
        const isOutdated = seen < shared.completed;
        seen = Infinity;
        if (isOutdated) {
          // An attempt that had worked may be much older than that refresh: what it made may have expired too.
          isRefreshed = !isProven;
          return of(true);
        }
        if (isRefreshed) throw retryAfterOf(error) === undefined ? new FatalCloseError(toError(error)) : error;

        isRefreshed = true;
        return shared.join(timeout, scheduler).pipe(
          catchError((thrown: unknown) => {
            const cause = toError(thrown);
            const fields = causedBy(cause);
            throw new WebSocketError(`The credentials could not be refreshed: ${cause.message}`, {
              ...fields,
              fatal: fields.fatal === true || isUnauthorized(cause),
            });
          }),
        );
      };

      return source.pipe(tap(observe), retry({ delay: recover }));
    });
}
