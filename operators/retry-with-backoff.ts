import { asyncScheduler, concatMap, defaultIfEmpty, from, Observable, take, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, ObservableInput, SchedulerLike } from 'rxjs';
import {
  expectFunction,
  expectNumber,
  expectObject,
  expectOneOf,
  expectScheduler,
  refuse,
} from '../src/protocol/arguments.js';
import { backoffDelay, between, bounded } from '../src/protocol/backoff.js';
import type { Jitter } from '../src/protocol/backoff.js';
import { isConnectionClosedError, isFatalError, isWebSocketError } from '../src/protocol/error-guards.js';
import { toError } from '../src/protocol/to-error.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { loggable } from '../src/logging/loggable.js';
import { Stage } from '../src/rx/stage.js';

/** What {@link retryWithBackoff} can be given; durations in milliseconds. */
export interface RetryWithBackoffOptions {
  /** The ceiling of the first delay. @default 1000 */
  initialDelay?: number | undefined;
  /** The ceiling of every delay. @default 30_000 */
  maxDelay?: number | undefined;
  /** By what the ceiling grows with each retry in a row. @default 2 */
  factor?: number | undefined;
  /** How delays are spread below the ceiling. @default 'full' */
  jitter?: Jitter | undefined;
  /** An explicit schedule, without jitter and without the waits that close codes ask for; its end ends the retries. */
  delays?: readonly number[] | undefined;
  /** How many retries in a row. @default Infinity */
  maxRetries?: number | undefined;
  /** No retry is made whose wait would end later than this after the first failure in a row. @default Infinity */
  maxElapsed?: number | undefined;
  /** How long a connection must stay open to be healthy again, so that the next failure is the first. @default 5000 */
  resetAfter?: number | undefined;
  /** Whether an error is worth a retry, the first of which is 1. @default all but fatal ones, see `isFatalError` */
  shouldRetry?: ((error: unknown, retry: number) => boolean) | undefined;
  /** Waited for after the delay: its first value, or its end, lets the retry be made (the browser is online, say). */
  when?: ObservableInput<unknown> | undefined;
  /** Measures the delays. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
  /** A number from 0 up to 1, asked once a retry. @default Math.random */
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
 * Works on any Observable. On a lifecycle, which it knows by its first value being `connecting`, it emits `reconnecting`
 * before each wait, and the failures in a row end with a connection that was open for `resetAfter`; on any other stream
 * they end with any value.
 *
 * A delay is never below the error's `retryAfter`. After close code 1012 it is a random 5 to 30 s, as its registration
 * asks (IANA registry "WebSocket Close Code Number"); after 1013 at least 30 s, after 4429 at least 5 s.
 *
 * Completes with the source. When it gives up, the last error passes unchanged; an error thrown by `shouldRetry` or
 * emitted by `when` passes in its place. Unsubscribing ends the wait.
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
    delays,
    maxRetries = Infinity,
    maxElapsed = Infinity,
    resetAfter = 5000,
    shouldRetry = isWorthARetry,
    when,
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  expectNumber('initialDelay', initialDelay);
  expectNumber('maxDelay', maxDelay);
  expectNumber('factor', factor, 1);
  expectOneOf('jitter', jitter, 'full', 'equal', 'decorrelated', 'none');
  if (delays !== undefined && !Array.isArray(delays)) refuse('delays', 'an array of milliseconds', delays);
  delays?.forEach((delay, index) => expectNumber(`delays[${index}]`, delay));
  expectNumber('maxRetries', maxRetries, 0, true);
  expectNumber('maxElapsed', maxElapsed);
  expectNumber('resetAfter', resetAfter);
  expectFunction('shouldRetry', shouldRetry);
  const gate = when === undefined ? undefined : expectObservable('when', when);
  expectScheduler(scheduler);
  expectFunction('random', random);
  const backoff = { initialDelay, maxDelay, factor, jitter };

  // A stage and not `tap` and `retry`: those held 2.8 kB of heap a subscription, this holds 1.
  return (source) =>
    new Observable((subscriber) => {
      let trial: Stage<T> | undefined;
      let isBeginning = false;
      let isDue = false;
      let isLifecycle: boolean | undefined;
      let openSince = Infinity;
      let retries = 0;
      let previous = initialDelay;
      let firstFailure = 0;

      // A loop, for a source may fail while it is being subscribed, and a scheduler may not wait.
      const begin = () => {
        isDue = true;
        if (isBeginning) return;
        isBeginning = true;
        while (isDue && !subscriber.closed) {
          isDue = false;
          trial = new Stage(subscriber, { next: observe, error: retry });
          source.subscribe(trial);
        }
        isBeginning = false;
      };

      const settle = () => {
        if (scheduler.now() - openSince >= resetAfter) retries = 0;
        openSince = Infinity;
      };

      const observe = (value: T) => {
        const { type } = (value ?? {}) as Partial<LifecycleEvent>;
        isLifecycle ??= type === 'connecting';
        if (!isLifecycle) retries = 0;
        else if (type === 'open') openSince = scheduler.now();
        else if (type === 'close') settle(); // an operator below may connect again by itself, much later
      };

      const delayAfter = (error: unknown): number | undefined => {
        if (delays) return (delays as readonly number[])[retries];
        const code = isConnectionClosedError(error) ? error.code : undefined;
        if (code === 1012) return between(5_000, 30_000, random);
        previous = backoffDelay(backoff, retries, previous, random);
        return Math.max(previous, code === 1013 ? 30_000 : code === 4429 ? 5_000 : 0);
      };

      const retry = (error: unknown): boolean => {
        const now = scheduler.now();
        settle();
        if (retries === 0) {
          firstFailure = now;
          previous = initialDelay;
        }

        if (retries >= maxRetries || !shouldRetry(error, retries + 1)) throw error;
        const ownDelay = delayAfter(error);
        if (ownDelay === undefined) throw error;
        const delay = bounded(Math.max(ownDelay, isWebSocketError(error) ? (error.retryAfter ?? 0) : 0));
        if (now + delay - firstFailure > maxElapsed) throw error;

        retries++;
        trial!.unsubscribe(); // nothing of the source is left while it is waited for
        if (isLifecycle)
          subscriber.next(loggable({ type: 'reconnecting', retry: retries, delay, error: toError(error) }) as T);
        const delayed = timer(delay, scheduler);
        subscriber.add(
          (gate ? delayed.pipe(concatMap(() => gate.pipe(take(1), defaultIfEmpty(undefined)))) : delayed).subscribe({
            next: begin,
            error: (thrown: unknown) => subscriber.error(thrown),
          }),
        );
        return true;
      };

      begin();
    });
}

function isWorthARetry(error: unknown): boolean {
  return !isFatalError(error);
}

function expectObservable(name: string, value: ObservableInput<unknown>): Observable<unknown> {
  try {
    return from(value);
  } catch {
    return refuse(name, 'an Observable, or what can be turned into one', value);
  }
}
