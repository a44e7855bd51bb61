import { fieldOf } from './field-of.js';

/** Whether something is a promise, of whatever realm or library: it has a `then` that can be called. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown } | null)?.then === 'function'
  );
}

/** Nobody waits for what was refused: where it is a promise, its rejection must not end the process. */
export function disown(refused: unknown): void {
  const isPromise = fieldOf(refused, Symbol.toStringTag) === 'Promise'; // anything else with a `then` may begin to work by it
  if (isPromise) void Promise.resolve(refused).catch(() => undefined);
}
