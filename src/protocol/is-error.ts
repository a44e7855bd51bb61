import { fieldOf } from './field-of.js';

/**
 * Whether something is an error, of whatever realm: `instanceof` knows the errors of one alone, and Jest, a vm's context
 * and an iframe have their own.
 */
export function isError(value: unknown): value is Error {
  try {
    if (value instanceof Error) return true;
  } catch {
    return false; // a Proxy throws
  }
  return typeof fieldOf(value, 'name') === 'string' && typeof fieldOf(value, 'message') === 'string';
}
