import { UsageError } from './usage-error.js';

/** What begins with `scheme://`, or with the scheme of a Unix socket, which has no slashes. */
const HAS_SCHEME = /^([a-z][a-z\d+.-]*:\/\/|ws\+unix:)/i;

/** A scheme without its colon, or with one slash: it would be taken for the name of a host. */
const MISTYPED = /^(ws|http)s?:?\//i;

/**
 * The URL to connect to: `ws:`, `wss:`, `ws+unix:/path/of.sock:/path`, or without a scheme, which means `ws:`.
 *
 * @throws UsageError that does not quote the URL, which may hold a password or a token
 */
export function feedUrl(value: string): string {
  const url = HAS_SCHEME.test(value) || MISTYPED.test(value) ? value : `ws://${value}`;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // WebSocket constructors accept `http:` and `https:` as `ws:` and `wss:`.
  if (!parsed || !/^((ws|http)s?|ws\+unix):$/.test(parsed.protocol)) {
    throw new UsageError('Expected the URL to begin with ws:// or wss://, and to be valid.');
  }
  if (isUnix(url) && !/^\/?[^:]+(:\/|$)/.test(parsed.pathname)) {
    throw new UsageError('Expected the URL of a Unix socket to be like ws+unix:/path/of.sock:/path.');
  }
  if (value.includes('#')) throw new UsageError('Expected the URL to have no fragment (#).');
  return url;
}

/** Whether a URL leads to a Unix socket. */
export const isUnix = (url: string): boolean => /^ws\+unix:/i.test(url);
