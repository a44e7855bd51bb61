import { Observable } from 'rxjs';
import type { MonoTypeOperatorFunction } from 'rxjs';
import { expectNumber, expectNumbers, expectObject } from '../src/protocol/arguments.js';
import { FatalCloseError } from '../src/protocol/errors.js';
import {
  fatalHandshakeStatuses,
  isDoubtfulCode,
  isDoubtfulStatus,
  standardFatalCodes,
} from '../src/protocol/fatal-codes.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { verdictOn } from '../src/protocol/verdict.js';
import type { Chooser, Verdict } from '../src/protocol/verdict.js';
import { Stage } from '../src/rx/stage.js';
import type { Inspector } from '../src/rx/stage.js';

/** What {@link stopOnFatalClose} can be given. */
export interface StopOnFatalCloseOptions {
  /**
   * Close codes that no retry can cure; a predicate is given the error too, which has the reason.
   * @default fatalCloseCodes.standard
   */
  codes?: Iterable<number> | ((code: number, error: Error) => boolean) | undefined;
  /** HTTP statuses of a refused handshake that no retry can cure. @default fatalHandshakeStatuses */
  statuses?: Iterable<number> | ((status: number, error: Error) => boolean) | undefined;
  /**
   * For how many milliseconds after a healthy connection, one that was open for 30 s, a doubtful end is not fatal;
   * with 0 every end in the tables is. @default 300_000
   */
  grace?: number | undefined;
}

/**
 * Turns an end that no retry can cure into a `FatalCloseError`, which `retryWithBackoff` does not retry. Its `cause`
 * is the `ConnectionClosedError`, the `HandshakeError` or the `SetupError` that the connection ended with; a
 * `SetupError` is judged by the code or status of its cause.
 *
 * ```
 * source:              c--o-----x#          (x: close 4401, #: ConnectionClosedError)
 * stopOnFatalClose():  c--o-----x#          (#: FatalCloseError)
 * ```
 *
 * An end that is doubtful (`doubtfulCloseCodes`, and every refused status but 401 and 407) is also met in passing,
 * while a server is deployed or busy. It is fatal only if the connection was not healthy within `grace`, by
 * `sinceHealthy` of the last `close` event; else it passes unchanged. What a predicate chooses is final. An end that
 * carries `retryAfter` is fatal only if a predicate says so.
 *
 * Works before and after `retryWithBackoff`: after it, it stops at the `reconnecting` event that reports such an end,
 * and the retry is not made. Other errors and completion pass unchanged; an error that a predicate throws passes in
 * their place.
 *
 * @throws TypeError or RangeError where `codes` or `statuses` are neither numbers nor a predicate, or `grace` is no
 * duration
 *
 * @example
 * stopOnFatalClose({ codes: [...fatalCloseCodes.standard, 4100] })
 * @see {@link fatalCloseCodes}
 * @see [drawn from a run](../docs/operators.md#stoponfatalclose)
 */
export function stopOnFatalClose(options: StopOnFatalCloseOptions = {}): MonoTypeOperatorFunction<LifecycleEvent> {
  expectObject('options', options);
  const { codes = standardFatalCodes, statuses = fatalHandshakeStatuses, grace = 300_000 } = options;
  const isStandard = codes === standardFatalCodes && statuses === fatalHandshakeStatuses;
  const verdictOf = isStandard ? (standardVerdict ??= judgedBy(codes, statuses)) : judgedBy(codes, statuses);
  expectNumber('grace', grace);

  return (source) =>
    new Observable((subscriber) => new Stage(subscriber, new Judge(verdictOf, grace)).subscribeTo(source));
}

/** By the tables that are the default: made once, because all connections judge by them. */
let standardVerdict: ((error: unknown) => Verdict) | undefined;

function judgedBy(
  codes: NonNullable<StopOnFatalCloseOptions['codes']>,
  statuses: NonNullable<StopOnFatalCloseOptions['statuses']>,
): (error: unknown) => Verdict {
  const fatalCodes = expectChooser('codes', codes, isDoubtfulCode);
  const fatalStatuses = expectChooser('statuses', statuses, isDoubtfulStatus);
  return (error) => verdictOn(error, fatalCodes, fatalStatuses);
}

function expectChooser(
  name: string,
  value: Iterable<number> | Chooser['has'],
  isDoubtful: (value: number) => boolean,
): Chooser {
  return { has: expectNumbers(name, value), isDoubtful: typeof value === 'function' ? undefined : isDoubtful };
}

/** One subscription's judge: remembers how long ago the connection was healthy when it last closed. */
class Judge implements Inspector<LifecycleEvent> {
  readonly #verdictOf: (error: unknown) => Verdict;
  readonly #grace: number;
  #sinceHealthy: number | undefined;

  constructor(verdictOf: (error: unknown) => Verdict, grace: number) {
    this.#verdictOf = verdictOf;
    this.#grace = grace;
  }

  next(event: LifecycleEvent): void {
    if (event.type === 'connecting') this.#sinceHealthy = undefined;
    else if (event.type === 'close') this.#sinceHealthy = event.sinceHealthy;
    else if (event.type === 'reconnecting') this.error(event.error);
  }

  error(error: unknown): boolean {
    const verdict = this.#verdictOf(error);
    if (verdict === 'final' || (verdict === 'doubtful' && !this.#wasHealthy())) {
      throw new FatalCloseError(error as Error);
    }
    return false;
  }

  #wasHealthy(): boolean {
    const since = this.#sinceHealthy;
    return since !== undefined && this.#grace > 0 && since <= this.#grace;
  }
}
