import { isThenable } from '../../protocol/is-thenable.js';
import { toError } from '../../protocol/to-error.js';

/**
 * A function of the user's that is called while a socket is being made, and must not throw: half a socket would stay.
 * Where it takes its time, it may fail later.
 */
export function guarded<A extends unknown[], R>(
  hook: (...args: A) => R,
  fail: (error: Error, ...args: A) => R,
): (...args: A) => R {
  return (...args) => {
    try {
      const result = hook(...args);
      if (isThenable(result)) void Promise.resolve(result).catch((thrown: unknown) => fail(toError(thrown), ...args));
      return result;
    } catch (thrown) {
      return fail(toError(thrown), ...args);
    }
  };
}
