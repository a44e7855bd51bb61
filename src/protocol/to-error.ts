import { describe } from './arguments.js';
import { isWebSocketError } from './error-guards.js';
import { WebSocketError } from './errors.js';
import type { WebSocketErrorOptions } from './errors.js';

/** What an error takes from what led to it: whether a retry can cure it, and from when on. */
export function causedBy(cause: Error): WebSocketErrorOptions {
  const { fatal, retryAfter } = isWebSocketError(cause) ? cause : {};
  return { cause, fatal, retryAfter };
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error
    ? thrown
    : new WebSocketError(`Not an Error was thrown: ${describe(thrown)}`, { cause: thrown });
}
