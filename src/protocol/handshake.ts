import { HandshakeError } from './errors.js';

/** However long a server asks us to wait, this is the most that is believed: 5 minutes. */
const LONGEST_RETRY_AFTER = 300_000;

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

/** `Retry-After` in milliseconds: seconds, or an HTTP date (RFC 9110 section 10.2.3). */
function parseRetryAfter(value: string, now: number): number | undefined {
  // Dates begin with the day of the week; without one `Date.parse` would make something of anything.
  const date = /^\s*[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  const delay = /^\s*\d+\s*$/.test(value) ? Number(value) * 1000 : date - now;
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(0, delay), LONGEST_RETRY_AFTER);
}

/** The error for a handshake that was answered with anything but 101. `Retry-After` counts on 429 and 503. */
export function refusedWith(status: number, headers: Readonly<Record<string, string>>, now: number): HandshakeError {
  const value = status === 429 || status === 503 ? headers['retry-after'] : undefined;
  const retryAfter = value === undefined ? undefined : parseRetryAfter(value, now);
  return new HandshakeError(`The server refused the handshake with status ${status}.`, { status, headers, retryAfter });
}
