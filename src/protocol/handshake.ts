import { HandshakeError } from './errors.js';
import { parseRetryAfter } from './retry-after.js';

/** A URL fit to be shown: without credentials, query and fragment, where secrets live. */
export function redactUrl(url: string): string {
  if (!url.includes('@')) return url.replace(/[?#].*/s, '');
  try {
    const { protocol, host, pathname } = new URL(url);
    if (host) return `${protocol}//${host}${pathname}`;
  } catch {
    // Neither is a URL without a host told: its secrets cannot be told from the rest.
  }
  return 'a URL that cannot be shown';
}

/**
 * A text about a connection, fit to be shown: where it quotes the URL, in whatever spelling, its secrets are taken out.
 */
export function redactUrlIn(text: string, url: string): string {
  const shown = redactUrl(url);
  let safe = text.replaceAll(url, shown);
  try {
    const { href, search, hash } = new URL(url);
    const bare = Object.assign(new URL(url), { username: '', password: '' });
    for (const spelling of [href, bare.href]) safe = safe.replaceAll(spelling, shown);
    for (const secret of [search, hash]) safe = safe.replaceAll(secret, '');
  } catch {
    // what no URL can be made of has no other spelling
  }
  return safe;
}

/**
 * The error for a handshake that was answered with anything but 101.
 *
 * @param now the wall clock, which a date in `Retry-After` is read against
 * @param body what was read of the answer
 */
export function refusedWith(
  status: number,
  headers: Readonly<Record<string, string>>,
  now: number,
  body?: string,
): HandshakeError {
  const value = headers['retry-after'];
  const retryAfter = value === undefined ? undefined : parseRetryAfter(value, now);
  const message = `The server refused the handshake with status ${status}.`;
  return new HandshakeError(message, { status, headers, body, retryAfter });
}
