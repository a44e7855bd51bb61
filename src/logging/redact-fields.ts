import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import { isSecretName } from './redact-secrets.js';

/** Whoever keeps a socket in a field shall not fill the log with all that hangs on it. */
const MOST_OBJECTS = 1_000;

const HIDDEN = '…';

/**
 * Fields as plain data that can be logged: what JSON shows of them, each text redacted, and hidden what is called a
 * secret, be it by its key or, as in a list of headers, by the word before it. Of bytes their number is shown; and
 * where JSON would throw, for a cycle, a BigInt or somebody's `toJSON`, that alone is not shown as it is.
 *
 * @param redact is given each text, and the key that it stands under; what it throws is thrown
 */
export function redactFields(fields: object, redact: (text: string, key: string) => string): object {
  const path = new Set<object>();
  let count = 0;

  const shown = (value: unknown, key: string): unknown => {
    if (value && value !== true && isSecretName(key)) return HIDDEN;
    if (typeof value === 'string') return redact(value, key);
    if (typeof value === 'bigint') return String(value);
    if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
    return isObject(value) ? shownObject(value, key) : value;
  };

  const shownObject = (value: object, key: string): unknown => {
    if (path.has(value) || ++count > MOST_OBJECTS) return HIDDEN;
    path.add(value);
    const result = shownData(dataOf(value), key);
    path.delete(value);
    return result;
  };

  const shownData = (data: unknown, key: string): unknown => {
    if (Array.isArray(data)) {
      return data.map((item, index) => (isNameInList(data[index - 1]) ? HIDDEN : shown(item, key)));
    }
    return isObject(data) ? shownMembers(data) : shown(data, key);
  };

  const shownMembers = (data: object): object =>
    Object.fromEntries(
      Object.entries(data)
        .map(([key, value]) => [key, shown(value, key)] as const)
        .filter(([, value]) => value !== undefined && !['function', 'symbol'].includes(typeof value)),
    );

  return shownMembers(fields);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isNameInList = (before: unknown): boolean =>
  typeof before === 'string' && /^[\w-]+$/.test(before) && isSecretName(before);

/** Of errors that are not ours no more than is known to be no payload: their own fields may hold a whole request. */
function dataOf(value: object): unknown {
  try {
    if (value instanceof Error && !isWebSocketError(value)) return summary(value);
    const { toJSON } = value as { toJSON?: unknown };
    const data: unknown = typeof toJSON === 'function' ? toJSON.call(value) : value;
    return isObject(data) && !Array.isArray(data) ? { ...data } : data;
  } catch {
    return value instanceof Error ? summary(value) : describe(value);
  }
}

const summary = ({ name, message }: Error): object => ({ name, message });
