import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expectNumbers, expectObject } from '../src/protocol/arguments.js';
import { fatalHandshakeStatuses, standardFatalCodes } from '../src/protocol/close-codes.js';
import { isConnectionClosedError, isHandshakeError } from '../src/protocol/error-guards.js';
import { FatalCloseError } from '../src/protocol/errors.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { Stage } from '../src/rx/stage.js';
import type { Inspector } from '../src/rx/stage.js';

/** What {@link stopOnFatalClose} can be given. */
export interface StopOnFatalCloseOptions {
  /** Close codes that no retry can cure. @default fatalCloseCodes.standard */
  codes?: Iterable<number> | ((code: number) => boolean) | undefined;
  /** HTTP statuses of a refused handshake that no retry can cure. @default fatalHandshakeStatuses */
  statuses?: Iterable<number> | ((status: number) => boolean) | undefined;
}

/**
 * Turns an end that no retry can cure into a `FatalCloseError`, which `retryWithBackoff` does not retry. Its `cause` is
 * the `ConnectionClosedError` or `HandshakeError` that the connection ended with.
 *
 * ```
 * source:              c--o-----x#          (x: close 4401, #: ConnectionClosedError)
 * stopOnFatalClose():  c--o-----x#          (#: FatalCloseError)
 * ```
 *
 * Works before and after `retryWithBackoff`: after it, it stops at the `reconnecting` event that tells of such an end,
 * and the retry is not made. Other errors and completion pass unchanged.
 *
 * @throws TypeError where `codes` or `statuses` are neither numbers nor a predicate
 *
 * @example
 * stopOnFatalClose({ codes: [...fatalCloseCodes.standard, 4100] })
 * @see fatalCloseCodes, with the reason for every code
 * @see [drawn from a run](../docs/operators.md#stoponfatalclose)
 */
export function stopOnFatalClose(options: StopOnFatalCloseOptions = {}): MonoTypeOperatorFunction<LifecycleEvent> {
  expectObject('options', options);
  const { codes = standardFatalCodes, statuses = fatalHandshakeStatuses } = options;
  const isFatalCode = expectNumbers('codes', codes);
  const isFatalStatus = expectNumbers('statuses', statuses);

  const judge = (error: unknown): boolean => {
    if (
      (isConnectionClosedError(error) && isFatalCode(error.code)) ||
      (isHandshakeError(error) && error.status !== undefined && isFatalStatus(error.status))
    ) {
      throw new FatalCloseError(error);
    }
    return false;
  };

  const judgement: Inspector<LifecycleEvent> = {
    next: (event) => {
      if (event.type === 'reconnecting') judge(event.error);
    },
    error: judge,
  };

  return (source) => new Observable((subscriber) => source.subscribe(new Stage(subscriber, judgement)));
}
