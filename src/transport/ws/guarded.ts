import { toError } from '../../protocol/to-error.js';

/** A function of the user's that is called while a socket is being made, and must not throw: half a socket would stay. */
export function guarded<A extends unknown[], R>(
  hook: (...args: A) => R,
  fail: (error: Error, ...args: A) => R,
): (...args: A) => R {
  return (...args) => {
    try {
      return hook(...args);
    } catch (thrown) {
      return fail(toError(thrown), ...args);
    }
  };
}
