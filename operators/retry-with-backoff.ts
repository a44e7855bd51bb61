import { asyncScheduler, from, Observable } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput, SchedulerLike } from 'rxjs';
import { pageWake } from '../src/page/page-wake.js';
import { hasPage } from '../src/page/visible.js';
import {
  expectFunction,
  expectNumber,
  expectObject,
  expectOneOf,
  expectScheduler,
  refuse,
} from '../src/protocol/arguments.js';
import type { Jitter } from '../src/protocol/backoff.js';
import { leastWait, retryAfterOf } from '../src/protocol/verdict.js';
import { RetryLoop } from './retry-loop.js';

export { leastWait };

/** One for all: each would hold 0.2 kB of heap. */
const pageIsBack = /* @__PURE__ */ pageWake();
const wakeOfPage = () => (hasPage() ? pageIsBack : undefined);
const always = () => true;

/** What {@link retryWithBackoff} can be given; durations in milliseconds. */
export interface RetryWithBackoffOptions {
  /** The ceiling of the first delay, 1 or more. @default 1000 */
  initialDelay?: number | undefined;
  /** The ceiling of every delay, 1 or more. @default 30_000 */
  maxDelay?: number | undefined;
  /** By what the ceiling grows with each retry in a row. @default 2 */
  factor?: number | undefined;
  /** How delays are spread below the ceiling. @default 'full' */
  jitter?: Jitter | undefined;
  /**
   * The first delay in a row, exactly; the second one then begins with `initialDelay`. With 0 the retry begins 1 s
   * after the attempt before it began, or at once if that is longer ago. @default as the other delays
   */
  firstDelay?: number | undefined;
  /**
   * An explicit schedule, without jitter and without the waits that close codes ask for; its end ends the retries. It
   * takes the place of `initialDelay`, `maxDelay`, `factor` and `firstDelay`.
   */
  delays?: readonly number[] | undefined;
  /** How many retries in a row. @default Infinity */
  maxRetries?: number | undefined;
  /**
   * No retry is made whose wait, that for `when` included, ends later than this after the first failure in a row.
   * @default Infinity
   */
  maxElapsed?: number | undefined;
  /** How long a connection must stay open to be a success, after which the next failure is the first. @default 5000 */
  resetAfter?: number | undefined;
  /**
   * Whether an error is worth a retry, the first of which is 1. Not asked about fatal ones, see `isFatalError`.
   * @default yes
   */
  shouldRetry?: ((error: unknown, retry: number) => boolean) | undefined;
  /** Waited for after the delay: its first value, or its end, lets the retry be made (the browser is online, say). */
  when?: ObservableInput<unknown> | undefined;
  /**
   * Each value ends a running delay: the user pressed a button, say. It does not end the wait for `when`, nor what
   * `waitAfter` says, and what it emits while it is being subscribed to is ignored. Subscribed to during delays only.
   * @default in a page events `online` and `visible()`, elsewhere never
   */
  wake?: Observable<unknown> | undefined;
  /** The least that is waited after an error; `undefined` for nothing in particular. @default leastWait */
  waitAfter?: ((error: unknown) => number | undefined) | undefined;
  /** The most that is believed of what `waitAfter` says. @default 3_600_000 */
  maxRetryAfter?: number | undefined;
  /** Measures the delays. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
  /** A number from 0 to 1, and anything else is taken for 1; asked once a retry. @default Math.random */
  random?: (() => number) | undefined;
}

/**
 * Resubscribes to a source that failed, after a delay that grows with every failure in a row.
 *
 * ```
 * source:              c#                         each c#: an attempt that fails
 *                           c#
 *                                     c--o---…
 * retryWithBackoff():  cr---cr--------c--o---…    r: reconnecting
 * ```
 *
 * Works on any Observable. On a lifecycle, which it knows by its first value being `connecting`, it emits
 * `reconnecting` before each wait, and the failures in a row end with a connection that was open for `resetAfter`; on
 * any other stream they end with any value. An error of which `isFatalError` is true is not retried.
 *
 * A delay is never below what `waitAfter` says, `leastWait` by default: the error's `retryAfter`, 5 s after close code
 * 1012 or 4429, 30 s after 1013. This floor is spread upwards by 3 s or a tenth of itself (after 1012 by 25 s), so
 * that clients that a server answered alike do not return together; without jitter it is exact. A `retryAfter` of 0
 * after a connection that was a success means at once. However `firstDelay`, a `retryAfter` of 0 or `wake` shorten a
 * delay, a retry begins at the earliest 1 s after the attempt before it began.
 *
 * Completes with the source. When it gives up, the last error passes unchanged; an error that `shouldRetry` or
 * `waitAfter` throws, or that `when` or `wake` emits, passes in its place. Unsubscribing ends the wait.
 *
 * @throws TypeError or RangeError for a bad option
 *
 * @example
 * observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff({ maxDelay: 10_000, maxRetries: 20 }))
 * @see [drawn from a run](../docs/operators.md#retrywithbackoff)
 */
export function retryWithBackoff(options?: RetryWithBackoffOptions): <T>(source: Observable<T>) => Observable<T>;
/** The same, of a stream whose type is given. */
export function retryWithBackoff<T>(options?: RetryWithBackoffOptions): MonoTypeOperatorFunction<T>;
export function retryWithBackoff<T>(options: RetryWithBackoffOptions = {}): MonoTypeOperatorFunction<T> {
  expectObject('options', options);
  const {
    initialDelay = 1000,
    maxDelay = 30_000,
    factor = 2,
    jitter = 'full',
    firstDelay,
    delays,
    maxRetries = Infinity,
    maxElapsed = Infinity,
    resetAfter = 5000,
    shouldRetry = always,
    when,
    wake,
    waitAfter = delays ? retryAfterOf : leastWait,
    maxRetryAfter = 3_600_000,
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  expectNumber('initialDelay', initialDelay, 1);
  expectNumber('maxDelay', maxDelay, 1);
  expectNumber('factor', factor, 1);
  expectOneOf('jitter', jitter, 'full', 'equal', 'decorrelated', 'none');
  if (firstDelay !== undefined) expectNumber('firstDelay', firstDelay);
  if (delays !== undefined && !Array.isArray(delays)) refuse('delays', 'an array of milliseconds', delays);
  delays?.forEach((delay, index) => expectNumber(`delays[${index}]`, delay));
  expectNumber('maxRetries', maxRetries, 0, true);
  expectNumber('maxElapsed', maxElapsed);
  expectNumber('resetAfter', resetAfter);
  expectFunction('shouldRetry', shouldRetry);
  expectFunction('waitAfter', waitAfter);
  expectNumber('maxRetryAfter', maxRetryAfter);
  expectScheduler(scheduler);
  expectFunction('random', random);
  const given = wake === undefined ? undefined : expectObservable('wake', wake);
  const policy = {
    initialDelay,
    maxDelay,
    factor,
    jitter,
    firstDelay,
    delays,
    maxRetries,
    maxElapsed,
    resetAfter,
    shouldRetry,
    when: when === undefined ? undefined : expectObservable('when', when),
    wake: given ? () => given : wakeOfPage,
    waitAfter,
    maxRetryAfter,
    scheduler,
    random,
  };
  return (source) => new Observable((subscriber) => new RetryLoop(source, subscriber, policy).begin());
}

function expectObservable(name: string, value: ObservableInput<unknown>): Observable<unknown> {
  try {
    return from(value);
  } catch {
    return refuse(name, 'an Observable, or what can be turned into one', value);
  }
}
