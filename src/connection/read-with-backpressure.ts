import { noop } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import type { Pausable } from '../protocol/pausable.js';
import { Queue } from '../rx/queue.js';

/** Waiting values at which the source is paused. */
const HIGH_WATER_MARK = 1000;
/** Waiting values at which it may go on. */
const LOW_WATER_MARK = 250;

/**
 * An Observable as an async iterator that stops the source while its reader is behind. Subscribes at the first `next`.
 * The end comes after what waits; `return` (a `break`) and `throw` unsubscribe at once, whoever is waiting.
 */
export function readWithBackpressure<T>(source: Observable<T>, pausable: Pausable): AsyncIterableIterator<T> {
  let waiting = new Queue<T>();
  let subscription: Subscription | undefined;
  let release: (() => void) | undefined;
  let end: (() => void) | undefined;
  let wake: (() => void) | undefined;

  const goOn = () => {
    const lease = release;
    release = undefined; // first: what was held back may arrive while it is released
    lease?.();
  };
  const finish = (how: () => void) => {
    end = how;
    goOn();
    wake?.();
  };
  const leave = () => {
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
    if (end) subscription.unsubscribe();
    for (;;) {
      while (waiting.size) {
        const value = waiting.shift()!;
        if (waiting.size <= LOW_WATER_MARK) goOn();
        yield value;
      }
      if (end) {
        end();
        return;
      }
      await new Promise<void>((resolve) => (wake = resolve));
    }
  })();

  return {
    next: () => values.next(),
    // A generator alone would answer these two only after the `next` that waits.
    return: () => {
      leave();
      return values.return();
    },
    throw: (error) => {
      leave();
      return values.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
