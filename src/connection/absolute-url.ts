import { HandshakeError } from '../protocol/errors.js';
import { redactUrl } from '../protocol/handshake.js';

/** What a page or a worker knows of its own address. */
interface Place {
  readonly document?: { readonly baseURI: string };
  readonly location?: { readonly href: string };
}

/**
 * Resolves a relative URL as a page does it, whatever the transport: against the base of the document, or the address of
 * the worker, with `ws` for `http`. Any other URL is returned as it is.
 *
 * @throws HandshakeError, fatal, for a relative URL without an address that it can be resolved against
 */
export function absoluteUrl(url: string): string {
  if (/^\s*[a-z][\w+.-]*:/i.test(url)) return url;
  const { document, location } = globalThis as Place;
  try {
    return new URL(url, document?.baseURI ?? location?.href).href.replace(/^http/, 'ws');
  } catch {
    const message = `Cannot connect to ${redactUrl(url)}: it is relative, and there is no page`;
    throw new HandshakeError(message, { fatal: true });
  }
}
