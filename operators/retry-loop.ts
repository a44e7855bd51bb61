import { Subscription } from 'rxjs';
import type { Observable, SchedulerLike, Subscriber } from 'rxjs';
import { loggable } from '../src/logging/loggable.js';
import { atOnce, MAX_DELAY } from '../src/protocol/arguments.js';
import { backoffDelay, bounded, rolled } from '../src/protocol/backoff.js';
import type { Backoff } from '../src/protocol/backoff.js';
import { isFatalError } from '../src/protocol/error-guards.js';
import { isWait } from '../src/protocol/errors.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { toError } from '../src/protocol/to-error.js';
import { isRestart, retryAfterOf, spreadAbove } from '../src/protocol/verdict.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';
import { Stage } from '../src/rx/stage.js';
import type { Inspector } from '../src/rx/stage.js';
import { waitForDelay, waitForGate } from './retry-wait.js';
import type { Delay, RetryWaiter } from './retry-wait.js';

/** What `retryWithBackoff` was given, checked, with its defaults. */
export interface RetryPolicy extends Backoff {
  readonly firstDelay: number | undefined;
  readonly delays: readonly number[] | undefined;
  readonly maxRetries: number;
  readonly maxElapsed: number;
  readonly resetAfter: number;
  readonly shouldRetry: (error: unknown, retry: number) => boolean;
  /** Where it cuts delays. */
  readonly wake: () => Observable<unknown> | undefined;
  readonly when: Observable<unknown> | undefined;
  readonly waitAfter: (error: unknown) => number | undefined;
  readonly maxRetryAfter: number;
  readonly scheduler: SchedulerLike;
  readonly random: () => number;
}

/** However a delay is shortened, a retry begins so long after the attempt before it began, or later. */
const LEAST_BETWEEN_ATTEMPTS = 1000;

/**
 * One subscription of `retryWithBackoff`, the source's inspector in each attempt. One object, and a `Stage` for each
 * attempt: `tap` and `retry` held 2.8 kB of heap a subscription, this holds less than 1.
 */
export class RetryLoop<T> implements Inspector<T>, RetryWaiter {
  readonly #source: Observable<T>;
  readonly #subscriber: Subscriber<T>;
  readonly #policy: RetryPolicy;
  #attempt: Stage<T> | undefined;
  #isBeginning = false;
  #isDue = false;
  #isLifecycle: boolean | undefined;
  /** When the attempt began. */
  #began = 0;
  #openSince = Infinity;
  /** Whether the attempt was a success: open for `resetAfter`, or on another stream a value. */
  #isSuccess = false;
  /** How many in a row. */
  #retries = 0;
  /** What `decorrelated` grows from. */
  #previous = 0;
  #firstFailure = 0;

  constructor(source: Observable<T>, subscriber: Subscriber<T>, policy: RetryPolicy) {
    this.#source = source;
    this.#subscriber = subscriber;
    this.#policy = policy;
  }

  /** A loop, because a source may fail while it is being subscribed, and a scheduler may not wait. */
  begin(): void {
    this.#isDue = true;
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    while (this.#isDue && !this.#subscriber.closed) {
      this.#isDue = false;
      this.#onBegin();
      this.#attempt = new Stage(this.#subscriber, this);
      this.#attempt.subscribeTo(this.#source);
    }
    this.#isBeginning = false;
  }

  next(value: T): void {
    const { type } = (value ?? {}) as Partial<LifecycleEvent>;
    this.#isLifecycle ??= type === 'connecting';
    if (!this.#isLifecycle) this.#onSuccess();
    else if (type === 'connecting')
      this.#onBegin(this.#isBeginning ? this.#began : undefined); // also of an attempt that an operator below made by itself
    else if (type === 'open') this.#openSince = Math.min(this.#openSince, this.#now());
    else if (type === 'close') this.#onEnd();
  }

  error(error: unknown): boolean {
    const { initialDelay, maxRetries, maxElapsed, shouldRetry } = this.#policy;
    this.#onEnd();
    const now = this.#now();
    if (this.#retries === 0) {
      this.#firstFailure = now;
      this.#previous = initialDelay;
    }

    if (isFatalError(error) || this.#retries >= maxRetries) throw error;
    if (!atOnce('shouldRetry(…)', shouldRetry(error, this.#retries + 1))) throw error;
    const wait = this.#waitAfter(error, now);
    if (!wait || now + wait.delay - this.#firstFailure > maxElapsed) throw error;

    this.#retries++;
    this.#attempt!.unsubscribe(); // nothing of the source is left while it is waited for
    this.#emitReconnecting(wait.delay, error);
    if (!this.#subscriber.closed) this.#wait(wait, error);
    return true;
  }

  // For what waits

  get rest(): number {
    return this.#firstFailure + this.#policy.maxElapsed - this.#now();
  }

  onDelayed(error: unknown): void {
    const { when, scheduler } = this.#policy;
    if (!when || this.#subscriber.closed) return this.begin();
    const gated = new Subscription();
    this.#subscriber.add(gated);
    waitForGate(when, scheduler, gated, this, error);
  }

  fail(thrown: unknown): void {
    this.#subscriber.error(thrown);
  }

  #now(): number {
    return monotonicNow(this.#policy.scheduler);
  }

  #onBegin(began = this.#now()): void {
    this.#began = began;
    this.#openSince = Infinity;
    this.#isSuccess = false;
  }

  #onEnd(): void {
    if (this.#openSince === Infinity) return;
    if (this.#now() - this.#openSince >= this.#policy.resetAfter) this.#onSuccess();
    this.#openSince = Infinity;
  }

  #onSuccess(): void {
    this.#isSuccess = true;
    this.#retries = 0;
  }

  /** The delay, and how much of it is fixed; `undefined` where `delays` are used up. */
  #waitAfter(error: unknown, now: number): Delay | undefined {
    const { delays, firstDelay, jitter } = this.#policy;
    let once: number | undefined;
    const roll = () => (once ??= rolled(this.#policy.random)); // once a retry
    const untilAllowed = Math.min(bounded(this.#began + LEAST_BETWEEN_ATTEMPTS - now), LEAST_BETWEEN_ATTEMPTS);
    const isInvited = this.#isSuccess && retryAfterOf(error) === 0;

    let own: number | undefined;
    if (delays) {
      own = delays[this.#retries];
      if (own === undefined) return undefined;
      if (isInvited) own = Math.min(own, untilAllowed);
    } else if (isInvited) own = untilAllowed;
    else if (firstDelay !== undefined && this.#retries === 0) own = Math.max(firstDelay, untilAllowed);
    else own = this.#backoff(error, roll);

    const least = this.#leastAfter(error);
    const isExact = jitter === 'none' || delays;
    const floor = least && (isExact ? least : least + roll() * spreadAbove(least, error));
    return { delay: bounded(Math.max(own, floor)), fixed: bounded(Math.max(untilAllowed, floor)) };
  }

  #backoff(error: unknown, roll: () => number): number {
    const n = this.#policy.firstDelay === undefined ? this.#retries : this.#retries - 1;
    const delay = backoffDelay(this.#policy, n, this.#previous, roll);
    if (!isRestart(error)) this.#previous = delay; // a restart is no trouble to grow by
    return delay;
  }

  #leastAfter(error: unknown): number {
    const { waitAfter, maxRetryAfter } = this.#policy;
    const least = atOnce('waitAfter(error)', waitAfter(error));
    return isWait(least) ? Math.min(least, maxRetryAfter, MAX_DELAY) : 0;
  }

  #emitReconnecting(delay: number, error: unknown): void {
    if (!this.#isLifecycle) return;
    const event = { type: 'reconnecting', retry: this.#retries, delay, error: toError(error) } as const;
    this.#subscriber.next(loggable(event) as T);
  }

  #wait(wait: Delay, error: unknown): void {
    const { wake, scheduler } = this.#policy;
    const delaying = new Subscription();
    this.#subscriber.add(delaying);
    waitForDelay(wait, wake(), scheduler, delaying, this, error);
  }
}
