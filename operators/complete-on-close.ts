import { catchError, EMPTY, takeWhile } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expectNumbers } from '../src/protocol/arguments.js';
import { isConnectionClosedError } from '../src/protocol/error-guards.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';

/**
 * Completes when the server closes with one of the codes: for servers that mean the end by it. Without this operator a
 * server's 1000 is an error like any other close that we did not ask for, because proxies and servers send it when
 * they restart.
 *
 * ```
 * source:             c--o-----x#           (x: close 1000)
 * completeOnClose():  c--o-----x|
 * ```
 *
 * Works before and after `retryWithBackoff`. Other errors pass unchanged; an error that a predicate throws passes in
 * their place.
 *
 * @param codes the codes that mean the end, or a predicate that is given the code and the error, which has the reason.
 * Default `[1000]`
 * @throws TypeError where `codes` is neither an iterable of numbers nor a predicate
 *
 * @example
 * observeWebSocket(url, completeOnClose([1000, 4000]), retryWithBackoff())
 * @see [drawn from a run](../docs/operators.md#completeonclose)
 */
export function completeOnClose(
  codes: Iterable<number> | ((code: number, error: Error) => boolean) = [1000],
): MonoTypeOperatorFunction<LifecycleEvent> {
  const isEnd = expectNumbers('codes', codes);
  const ends = (error: unknown) => isConnectionClosedError(error) && isEnd(error.code, error);

  return (source) =>
    source.pipe(
      takeWhile((event) => !(event.type === 'reconnecting' && ends(event.error))),
      catchError((error: unknown) => {
        if (ends(error)) return EMPTY;
        throw error;
      }),
    );
}
