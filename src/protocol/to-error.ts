import { describe } from './arguments.js';
import { isWait, WebSocketError } from './errors.js';
import type { WebSocketErrorOptions } from './errors.js';
import { fieldOf } from './field-of.js';
import { isError } from './is-error.js';
import { sentenceOf } from './sentence-of.js';

/** What an error takes from what led to it: whether a retry can cure it, and from when on. */
export function causedBy(cause: unknown): WebSocketErrorOptions & { readonly cause: unknown } {
  const retryAfter = fieldOf(cause, 'retryAfter');
  return { cause, fatal: fieldOf(cause, 'fatal') === true, retryAfter: isWait(retryAfter) ? retryAfter : undefined };
}

/**
 * Whatever was thrown, as an Error. Errors of any realm are given back as they are; of anything else the message is kept
 * where it has one, and its numbers that verdicts go by.
 */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  const message = fieldOf(thrown, 'message');
  const sentence =
    typeof message === 'string' ? sentenceOf({ message }) : `Not an Error was thrown: ${describe(thrown)}`;
  const numbers = ['status', 'code']
    .map((name) => [name, fieldOf(thrown, name)] as const)
    .filter(([, value]) => typeof value === 'number');
  return new WebSocketError(sentence, { ...causedBy(thrown), ...Object.fromEntries(numbers) });
}
