import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';

/**
 * Makes an event or a state that has a foreign error safe for `JSON.stringify`, which would omit the error's message, or
 * throw on a cycle (Node's certificate errors have one). The error itself is not changed.
 */
export function loggable<T extends object>(value: T): T {
  const { error } = value as { error?: unknown };
  try {
    if (error === undefined || (isWebSocketError(error) && JSON.stringify(error))) return value;
  } catch {
    // a user's subclass of WebSocketError with a cycle
  }
  return Object.defineProperty(value, 'toJSON', { value: () => ({ ...value, error: describe(error) }) });
}
