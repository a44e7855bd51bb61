import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';

/**
 * Makes what holds somebody else's error safe to log: JSON would show that error without its message, or throw where it
 * holds a cycle, as Node's errors about certificates do. The error itself stays as it is.
 */
export function loggable<T extends object>(told: T): T {
  const { error } = told as { error?: unknown };
  try {
    if (error === undefined || (isWebSocketError(error) && JSON.stringify(error))) return told;
  } catch {
    // somebody's own class of ours holds a cycle too
  }
  return Object.defineProperty(told, 'toJSON', { value: () => ({ ...told, error: describe(error) }) });
}
