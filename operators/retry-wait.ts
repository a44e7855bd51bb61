import { Subscription, take } from 'rxjs';
import type { Observable, SchedulerAction, SchedulerLike } from 'rxjs';
import { bounded } from '../src/protocol/backoff.js';
import { monotonicNow } from '../src/rx/monotonic-now.js';
import { unsubscribeSafely } from '../src/rx/for-each-safely.js';

/** What a retry waits for, and what follows; durations in milliseconds. */
export interface RetryWait {
  readonly delay: number;
  /** The part of the delay that `wake` does not cut. */
  readonly fixed: number;
  readonly wake: Observable<unknown>;
  /** Waited for after the delay. */
  readonly when: Observable<unknown> | undefined;
  /** How much longer `when` may take. */
  readonly rest: () => number;
  readonly scheduler: SchedulerLike;
  /** The wait is over. */
  readonly onEnd: () => void;
  /** `when` took too long. */
  readonly onTimeout: () => void;
  /** `wake` or `when` failed. */
  readonly onError: (thrown: unknown) => void;
}

/** Waits for a delay, which `wake` may cut short, and then for `when`. @returns what ends the wait */
export function waitForRetry(wait: RetryWait): Subscription {
  const waiting = new Subscription();
  const onEnd = () => {
    unsubscribeSafely(waiting); // or the retries of a lifetime would keep every wait
    wait.onEnd();
  };
  const goOn = () => (wait.when && !waiting.closed ? waitForGate(wait.when, { ...wait, onEnd }, waiting) : onEnd());
  waitForDelay(wait, waiting, goOn);
  return waiting;
}

/** Two timers in a row where a wake can cut the second one. The first may be late: then the second is shorter. */
function waitForDelay(
  { delay, fixed, wake, scheduler, onError }: RetryWait,
  waiting: Subscription,
  goOn: () => void,
): void {
  const delaying = new Subscription();
  waiting.add(delaying);
  const due = monotonicNow(scheduler) + delay;
  let isSubscribing = true;
  let isFixed = true;
  let isWoken = false;

  const end = () => {
    unsubscribeSafely(delaying);
    goOn();
  };
  const waitForTheRest = () => {
    isFixed = false;
    if (isWoken) end();
    else delaying.add(scheduler.schedule(end, Math.min(delay - fixed, Math.max(0, due - monotonicNow(scheduler)))));
  };

  if (fixed >= delay) delaying.add(scheduler.schedule(end, delay));
  else if (fixed > 0) delaying.add(scheduler.schedule(waitForTheRest, fixed));
  else waitForTheRest();

  // A scheduler may not wait; and what emits for every subscriber says nothing new.
  if (delaying.closed) return;
  delaying.add(
    wake.subscribe({
      next: () => {
        if (isSubscribing) return;
        isWoken = true;
        if (!isFixed) end();
      },
      error: onError,
    }),
  );
  isSubscribing = false;
}

/** The first value of `when`, or its end, lets the retry be made; it is unsubscribed before that. */
function waitForGate(
  when: Observable<unknown>,
  { rest, scheduler, onEnd, onTimeout, onError }: RetryWait,
  waiting: Subscription,
): void {
  const gated = new Subscription();
  waiting.add(gated);
  let isSubscribing = true;
  let isOpen = false;

  const open = () => {
    isOpen = true;
    if (isSubscribing) return;
    unsubscribeSafely(gated);
    onEnd();
  };
  gated.add(when.pipe(take(1)).subscribe({ next: open, complete: open, error: onError }));
  isSubscribing = false;
  if (isOpen) return open();
  if (rest() === Infinity) return;

  const limit = function (this: SchedulerAction<unknown>) {
    const more = rest();
    if (more > 0)
      this.schedule(undefined, bounded(more)); // longer than a timer can wait
    else onTimeout();
  };
  gated.add(scheduler.schedule(limit, bounded(rest())));
}
