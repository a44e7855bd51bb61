/** Whether something is a promise, of whatever realm or library: it has a `then` that can be called. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown } | null)?.then === 'function'
  );
}
