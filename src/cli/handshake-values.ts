import { Buffer } from 'node:buffer';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { UsageError } from './usage-error.js';

/** A token (RFC 9110 section 5.6.2): the syntax of a subprotocol. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Headers from lines like `Name: value`. @throws UsageError, without the values, which are often secrets */
export function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers = new Map<string, [name: string, value: string]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    const value = line.slice(colon + 1).trim();
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      throw new UsageError(
        `Expected --header to be 'Name: value', got ${name ? `'${name}: …'` : 'a value without a name and a colon'}.`,
      );
    }
    if (headers.has(name.toLowerCase())) throw new UsageError(`The header ${name} was given twice.`);
    headers.set(name.toLowerCase(), [name, value]);
  }
  return Object.fromEntries(headers.values());
}

/** The header for a user name and a password (RFC 7617). @throws UsageError if there is a header already, or no colon */
export function readAuth(auth: string | undefined, headers: Readonly<Record<string, string>>): Record<string, string> {
  if (auth === undefined) return {};
  if (!auth.includes(':')) throw new UsageError('Expected --auth to be USER:PASSWORD.');
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) {
    throw new UsageError('--auth and a header Authorization exclude each other.');
  }
  return { Authorization: `Basic ${Buffer.from(auth).toString('base64')}` };
}

/** @throws UsageError without the value, because clients send tokens as subprotocols: browsers cannot set headers */
export function readProtocols(protocols: readonly string[]): string[] {
  const wrong = protocols.findIndex((protocol) => !TOKEN.test(protocol));
  if (wrong >= 0) throw new UsageError(`Expected --protocol to be a token, but number ${wrong + 1} is not.`);
  if (new Set(protocols).size < protocols.length) throw new UsageError('A --protocol was given twice.');
  return [...protocols];
}

/** @throws UsageError if it cannot be a header */
export function readOrigin(origin: string): string {
  try {
    validateHeaderValue('Origin', origin);
  } catch {
    throw new UsageError('Expected --origin to be an origin like https://feed.example.');
  }
  return origin;
}
