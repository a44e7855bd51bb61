import { describe } from '../protocol/arguments.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import { fieldOf } from '../protocol/field-of.js';
import { isSecretName } from './redact-secrets.js';

/** The most objects that are logged: a field may refer to a socket, and a socket to many objects. */
const MOST_OBJECTS = 1_000;

const HIDDEN = '…';

/**
 * Converts fields to plain data for a log: the data that JSON would show, with every text redacted. A value is hidden if
 * the name of its field is that of a secret, or the item before it in a list (headers as a flat array). Of bytes only the
 * number is shown. Where JSON would throw (a cycle, a BigInt, a `toJSON` that throws), only that value is replaced.
 *
 * @param redact called with each text and the name of its field; what it throws is rethrown
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

/** Of a foreign error only name and message are logged: its other fields may hold a whole request. */
function dataOf(value: object): unknown {
  try {
    if (isOfPlatform(value) && !isWebSocketError(value)) return summary(value);
    const { toJSON } = value as { toJSON?: unknown };
    const data: unknown = typeof toJSON === 'function' ? toJSON.call(value) : value;
    return isObject(data) && !Array.isArray(data) ? { ...data } : data;
  } catch {
    return isOfPlatform(value) ? summary(value) : describe(value);
  }
}

/** Whether something is an Error of whatever realm, and not only looks like one, as a message may. */
function isOfPlatform(value: object): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false; // a Proxy throws
  }
}

const summary = (error: Error): object => ({ name: fieldOf(error, 'name'), message: fieldOf(error, 'message') });
