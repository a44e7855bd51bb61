/**
 * Whether something is an error, of whatever realm: `instanceof` knows the errors of one alone, and Jest, a vm's context
 * and an iframe have their own.
 */
export function isError(value: unknown): value is Error {
  try {
    if (value instanceof Error) return true;
    const { name, message } = (Object(value) === value ? value : {}) as { name?: unknown; message?: unknown };
    return typeof name === 'string' && typeof message === 'string' && typeof value !== 'function';
  } catch {
    return false; // a getter throws
  }
}
