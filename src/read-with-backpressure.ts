import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';

/** Something that can be asked to stop. */
export interface Pausable {
  /**
   * Takes a lease: nothing is read until every lease is released.
   * @returns what releases this lease; harmless when called twice
   */
  pause(): () => void;
  /** Whether pausing really stops the peer. */
  readonly canPause: boolean;
}

/** Waiting values at which the source is paused. */
const HIGH_WATER_MARK = 1000;
/** Waiting values at which it may go on. */
const LOW_WATER_MARK = 250;

interface Reader<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

const DONE = { value: undefined, done: true } as const;

/**
 * An Observable as an async iterator that stops the source while its reader is behind. Subscribes at the first `next`.
 * The end comes after what waits; `return` (a `break`) and `throw` unsubscribe at once, whoever is waiting.
 */
export function readWithBackpressure<T>(source: Observable<T>, pausable: Pausable): AsyncIterableIterator<T> {
  let waiting: T[] = [];
  const readers: Reader<T>[] = [];
  let release: (() => void) | undefined;
  let subscription: Subscription | undefined;
  let end: ((reader: Reader<T>) => void) | undefined;

  const goOn = () => {
    release?.();
    release = undefined;
  };
  const finish = (how: (reader: Reader<T>) => void) => {
    end = how;
    goOn();
    for (const reader of readers.splice(0)) how(reader);
  };
  const start = () => {
    subscription = new Subscription(goOn);
    subscription.add(
      source.subscribe({
        next: (value) => {
          const reader = readers.shift();
          if (reader) reader.resolve({ value, done: false });
          else if (waiting.push(value) >= HIGH_WATER_MARK) release ??= pausable.pause();
        },
        error: (error: unknown) => finish((reader) => reader.reject(error)),
        complete: () => finish((reader) => reader.resolve(DONE)),
      }),
    );
  };
  const leave = () => {
    waiting = [];
    finish((reader) => reader.resolve(DONE));
    subscription?.unsubscribe();
  };

  return {
    next: () =>
      new Promise((resolve, reject) => {
        const reader = { resolve, reject };
        if (waiting.length > 0) {
          resolve({ value: waiting.shift()!, done: false });
          if (waiting.length <= LOW_WATER_MARK) goOn();
        } else if (end) {
          end(reader);
          end = (late) => late.resolve(DONE); // an error is told once
        } else {
          readers.push(reader);
          if (!subscription) start();
        }
      }),
    return: () => {
      leave();
      return Promise.resolve(DONE);
    },
    throw: (error: unknown) => {
      leave();
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the loop threw
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
