import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import { WebSocketError } from '../protocol/errors.js';

/**
 * Makes an event or a state that has a foreign error safe for `JSON.stringify`, which would omit the error's message, or
 * throw on a cycle (Node's certificate errors have one). The error itself is not changed.
 */
export function loggable<T extends object>(value: T): T {
  const { error } = value as { error?: unknown };
  try {
    if (error === undefined || (isWebSocketError(error) && (isFlat(error) || JSON.stringify(error)))) return value;
  } catch {
    // a user's subclass of WebSocketError with a cycle
  }
  return Object.defineProperty(value, 'toJSON', { value: () => ({ ...value, error: describe(error) }) });
}

/** What JSON always takes. */
const PLAIN = ['string', 'number', 'boolean', 'undefined'];

/** Nothing else is in it, as in most errors of ours: that is seen sooner than it is written as JSON. */
function isFlat(error: WebSocketError): boolean {
  const isAsOurs = error.toJSON === WebSocketError.prototype.toJSON;
  return isAsOurs && Object.values(error).every((value) => PLAIN.includes(typeof value));
}
