import { pictureOf } from './arguments.js';
import { isWebSocketError } from './errors.js';

/**
 * Makes what holds somebody else's error safe to log: JSON would show that error without its message, or throw where it
 * holds a cycle, as Node's errors about certificates do. The error itself stays as it is.
 */
export function loggable<T extends object>(told: T): T {
  const { error } = told as { error?: unknown };
  return error === undefined || isShown(error)
    ? told
    : Object.defineProperty(told, 'toJSON', { value: () => ({ ...told, error: pictureOf(error) }) });
}

/** Ours, and where somebody derived a class of it, without a field that JSON throws at. */
function isShown(error: unknown): boolean {
  try {
    JSON.stringify(error);
    return isWebSocketError(error);
  } catch {
    return false;
  }
}
