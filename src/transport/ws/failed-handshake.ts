import { isFatalError } from '../../protocol/error-guards.js';
import { HandshakeError } from '../../protocol/errors.js';
import { sentenceOf } from '../../protocol/sentence-of.js';
import { causedBy } from '../../protocol/to-error.js';

/**
 * OpenSSL's verdicts on certificates, as Node names them: asking again brings the same certificate. Not those on time:
 * certificates get renewed, and clocks set.
 */
const CERTIFICATE_ERROR =
  /^(?!(CERT|CRL)_(NOT_YET_VALID|HAS_EXPIRED)$)(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_INVALID|ERROR_IN_CERT_|ERROR_IN_CRL_)/;

/** What `ws` says when the answer to the handshake breaks RFC 6455 section 4.1: the same server will say it again. */
const HANDSHAKE_VIOLATION = /^(Invalid (Upgrade|Sec-WebSocket-\w+) header|Server (sent|indicated) )/;

/** What `ws` says of the URL that it is redirected to: one that is none is quoted, with its secrets. */
const INVALID_URL = /^(Invalid URL: |The URL)/;

/** The error for a handshake that broke, by the one that `ws` has emitted before it was open. */
export function failedHandshake(error: Error & { code?: string }): HandshakeError {
  const { code, message } = error;
  if (code === undefined && INVALID_URL.test(message)) {
    return new HandshakeError('The server redirected to an invalid URL.', { fatal: true });
  }
  const isFatal = code === undefined ? HANDSHAKE_VIOLATION.test(message) : CERTIFICATE_ERROR.test(code);
  return new HandshakeError(sentenceOf(error), { ...causedBy(error), fatal: isFatal || isFatalError(error) });
}
