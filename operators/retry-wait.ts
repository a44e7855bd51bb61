import { take } from 'rxjs';
import type { Observable, SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';
import { unsubscribeSafely } from '../src/rx/for-each-safely.js';

/** How long a retry waits, in milliseconds. */
export interface Delay {
  readonly delay: number;
  /** The part of the delay that `wake` does not cut. */
  readonly fixed: number;
}

/** What waits for a retry. */
export interface RetryWaiter {
  /** How many milliseconds `when` may take. */
  readonly rest: number;
  /** The delay is over. @param error what the attempt ended with */
  onDelayed(error: unknown): void;
  /** The retry may be made. */
  begin(): void;
  /** No retry is made: `wake` or `when` has failed, or `when` took too long. */
  fail(error: unknown): void;
}

/**
 * Waits for a delay, which `wake` may cut short: then there are two timers in a row, of which it can cut the second one.
 * The first may be late: then the second is shorter.
 *
 * @param delaying ends the wait
 * @param error what the attempt ended with
 */
export function waitForDelay(
  { delay, fixed }: Delay,
  wake: Observable<unknown> | undefined,
  scheduler: SchedulerLike,
  delaying: Subscription,
  waiter: RetryWaiter,
  error: unknown,
): void {
  const due = monotonicNow(scheduler) + delay;
  let isSubscribing = true;
  let isFixed = true;
  let isWoken = false;

  const end = () => {
    unsubscribeSafely(delaying); // or the retries of a lifetime would keep every wait
    waiter.onDelayed(error);
  };
  const waitForTheRest = () => {
    isFixed = false;
    if (isWoken) end();
    else delaying.add(scheduler.schedule(end, Math.min(delay - fixed, Math.max(0, due - monotonicNow(scheduler)))));
  };

  if (!wake || fixed >= delay) delaying.add(scheduler.schedule(end, delay));
  else if (fixed > 0) delaying.add(scheduler.schedule(waitForTheRest, fixed));
  else waitForTheRest();

  // A scheduler may not wait; and what emits for every subscriber says nothing new.
  if (!wake || delaying.closed) return;
  const next = () => {
    if (isSubscribing) return;
    isWoken = true;
    if (!isFixed) end();
  };
  delaying.add(wake.subscribe({ next, error: (thrown: unknown) => waiter.fail(thrown) }));
  isSubscribing = false;
}

/**
 * The first value of `when`, or its end, lets the retry be made; it is unsubscribed before that.
 *
 * @param gated ends the wait
 * @param error what the attempt ended with
 */
export function waitForGate(
  when: Observable<unknown>,
  scheduler: SchedulerLike,
  gated: Subscription,
  waiter: RetryWaiter,
  error: unknown,
): void {
  let isSubscribing = true;
  let isOpen = false;

  const open = () => {
    isOpen = true;
    if (isSubscribing) return;
    unsubscribeSafely(gated);
    waiter.begin();
  };
  const onError = (thrown: unknown) => waiter.fail(thrown);
  gated.add(when.pipe(take(1)).subscribe({ next: open, complete: open, error: onError }));
  isSubscribing = false;
  if (isOpen) return open();
  if (waiter.rest === Infinity) return;

  const limit = function (this: SchedulerAction<unknown>) {
    const more = waiter.rest;
    if (more > 0)
      this.schedule(undefined, bounded(more)); // longer than a timer can wait
    else waiter.fail(error);
  };
  gated.add(scheduler.schedule(limit, bounded(waiter.rest)));
}
