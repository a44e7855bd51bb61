import { isFatalError } from '../../src/protocol/error-guards.js';
import { numbersOf } from '../../src/protocol/verdict.js';

/**
 * What is wrong with an end: what ends must say why.
 *
 * @param error undefined where it has completed
 * @param final the codes and statuses for which a server ends for good
 */
export function wrongEnd(error: unknown, isAsked: boolean, final: ReadonlySet<number>): string | undefined {
  if (error === undefined) return isAsked ? undefined : 'it has completed, and nobody asked for that';
  const { message, cause } = error as Error;
  const { code = 0, status = 0 } = numbersOf(cause);
  if (!isFatalError(error)) return `it has failed with ${message}`;
  return final.has(code) || final.has(status) ? undefined : `it has failed for no reason: ${message}`;
}
