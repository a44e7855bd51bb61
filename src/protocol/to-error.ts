import { describe } from './arguments.js';
import { isWait, WebSocketError } from './errors.js';
import type { WebSocketErrorOptions } from './errors.js';
import { isError } from './is-error.js';
import { sentenceOf } from './sentence-of.js';

/** What is read of an error that somebody else made: whatever it holds there. */
interface ForeignFields {
  readonly fatal?: unknown;
  readonly retryAfter?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
}

/** What an error takes from what led to it: whether a retry can cure it, and from when on. */
export function causedBy(cause: unknown): WebSocketErrorOptions & { readonly cause: unknown } {
  const { fatal, retryAfter } = fieldsOf(cause);
  return { cause, fatal: fatal === true, retryAfter: isWait(retryAfter) ? retryAfter : undefined };
}

/**
 * Whatever was thrown, as an Error. Errors of any realm are given back as they are; of anything else the message is kept
 * where it has one, and its numbers that verdicts go by.
 */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  const { message, status, code } = fieldsOf(thrown);
  const sentence =
    typeof message === 'string' ? sentenceOf({ message }) : `Not an Error was thrown: ${describe(thrown)}`;
  const numbers = Object.entries({ status, code }).filter(([, value]) => typeof value === 'number');
  return new WebSocketError(sentence, { ...causedBy(thrown), ...Object.fromEntries(numbers) });
}

/** Reads each field once, and guarded: a foreign error may have getters that throw. */
function fieldsOf(foreign: unknown): ForeignFields {
  try {
    if (typeof foreign !== 'object' || foreign === null) return {};
    const { fatal, retryAfter, status, code, message } = foreign as ForeignFields;
    return { fatal, retryAfter, status, code, message };
  } catch {
    return {};
  }
}
