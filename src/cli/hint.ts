import { isConnectTimeoutError, isDecodeError, isHandshakeError } from '../index.node.js';

/** OpenSSL's words for a certificate whose authority is unknown, as Node names them. */
const UNTRUSTED = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_)/;

/** What else is wrong with a certificate. */
const BAD_CERTIFICATE = /^(CERT_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

const CLIENT_CERTIFICATE = /alert (certificate required|bad certificate)|CERTIFICATE_REQUIRED|handshake failure/i;

/** What the server answers when it wants something that an option gives. */
const STATUSES: Readonly<Record<number, string>> = {
  401: '--auth or --header may give what it asks for',
  403: '--origin, --auth or --header may give what it asks for',
  407: '--proxy http://USER:PASSWORD@HOST may give what the proxy asks for',
};

/** The option that may help against an error, in a few words. */
export function hintFor(error: unknown): string | undefined {
  if (isConnectTimeoutError(error)) return '--connect-timeout sets how long to wait';
  if (isDecodeError(error)) return 'it is printed without --strict';
  if (isHandshakeError(error) && error.status !== undefined) return STATUSES[error.status];
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const hint = hintForCode(String(code), String(message));
  return hint ?? (cause instanceof Error && cause !== error ? hintFor(cause) : undefined);
}

function hintForCode(code: string, message: string): string | undefined {
  if (UNTRUSTED.test(code)) return '--ca FILE trusts its authority, --insecure accepts any certificate';
  if (BAD_CERTIFICATE.test(code)) return '--insecure accepts any certificate';
  if (code.includes('WRONG_VERSION_NUMBER') || message.includes('wrong version number')) {
    return 'the server may not speak TLS: try ws://';
  }
  if (CLIENT_CERTIFICATE.test(code) || CLIENT_CERTIFICATE.test(message)) {
    return '--cert and --key send a certificate of the client';
  }
  if (/no subprotocol/i.test(message)) return '--protocol offers another subprotocol';
  if (code === '1009' && message.includes('maxPayload')) return '--max-payload sets the limit';
  return undefined;
}

/** An error's message, with the option that may help. */
export function withHint(error: Error): string {
  const hint = hintFor(error);
  return hint === undefined ? error.message : `${error.message} (${hint})`;
}
