import { noop } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import type { Pausable } from '../protocol/pausable.js';
import { Queue } from '../rx/queue.js';

/** The source is paused when so many values wait. */
const HIGH_WATER_MARK = 1000;
/** The source is resumed when so many values wait. */
const LOW_WATER_MARK = 250;

/**
 * Turns an Observable into an async iterator that pauses the source while the reader is slower. Subscribes at the first
 * `next`. The iterator ends after the values that wait. `return` (a `break`) and `throw` unsubscribe at once, even while
 * a `next` is pending.
 */
export function readWithBackpressure<T>(source: Observable<T>, pausable: Pausable): AsyncIterableIterator<T> {
  let waiting = new Queue<T>();
  let subscription: Subscription | undefined;
  let release: (() => void) | undefined;
  let finishRead: (() => void) | undefined;
  let wake: (() => void) | undefined;

  const resume = () => {
    const lease = release;
    release = undefined; // first: releasing the lease may deliver values synchronously
    lease?.();
  };
  const finish = (how: () => void) => {
    finishRead = how;
    resume();
    wake?.();
  };
  const unsubscribe = () => {
    waiting = new Queue();
    subscription?.unsubscribe();
    finish(noop);
  };

  const values = (async function* () {
    subscription = source.subscribe({
      next: (value) => {
        waiting.push(value);
        if (waiting.size >= HIGH_WATER_MARK) release ??= pausable.pause();
        wake?.();
      },
      error: (error: unknown) =>
        finish(() => {
          throw error;
        }),
      complete: () => finish(noop),
    });
    if (finishRead) subscription.unsubscribe();
    for (;;) {
      while (waiting.size) {
        const value = waiting.shift()!;
        if (waiting.size <= LOW_WATER_MARK) resume();
        yield value;
      }
      if (finishRead) {
        finishRead();
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  })();

  return {
    next: () => values.next(),
    // A generator runs these two only after the pending `next`.
    return: () => {
      unsubscribe();
      return values.return();
    },
    throw: (error) => {
      unsubscribe();
      return values.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
