import { isConnectTimeoutError, isDecodeError, isHandshakeError, isHeartbeatTimeoutError } from '../index.node.js';

/** OpenSSL's words for a certificate whose authority is unknown, as Node names them. */
const UNTRUSTED = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_)/;

/** What else is wrong with a certificate. */
const BAD_CERTIFICATE = /^(CERT_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

const CLIENT_CERTIFICATE = /alert (certificate required|bad certificate)|CERTIFICATE_REQUIRED|handshake failure/i;

const MOVED = 'the URL has moved, and redirects are not followed';

/** What the server answers when it wants something else, which often an option gives. */
const STATUSES: Readonly<Record<number, string>> = {
  301: MOVED,
  302: MOVED,
  307: MOVED,
  308: MOVED,
  401: '--auth or --header may give what it asks for',
  403: '--origin, --auth or --header may give what it asks for',
  407: '--proxy http://USER:PASSWORD@HOST may give what the proxy asks for',
};

/** An error of a system call, like ECONNREFUSED. */
const SYSTEM_ERROR = /^E[A-Z]+(_[A-Z]+)?$/;

/** The option that may help against an error, in a few words. */
export function hintFor(error: unknown): string | undefined {
  if (isConnectTimeoutError(error)) return '--connect-timeout sets how long to wait';
  if (isHeartbeatTimeoutError(error))
    return '--heartbeat-timeout waits longer, --ping TEXT sends a message as the ping';
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
  if (message === 'socket hang up') return 'it closed without an answer; if it speaks TLS, it wants wss://';
  if (CLIENT_CERTIFICATE.test(code) || CLIENT_CERTIFICATE.test(message)) {
    return '--cert and --key send a certificate of the client';
  }
  if (/no subprotocol/i.test(message)) return '--protocol offers another subprotocol';
  if (code === '1009' && message.includes('maxPayload')) return '--max-payload sets the limit';
  return undefined;
}

/** Whether a proxy may have caused an error: there is no connection, and it may have said so, or be why. */
function isOfProxy(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    isHandshakeError(error) || isConnectTimeoutError(error) || (typeof code === 'string' && SYSTEM_ERROR.test(code))
  );
}

/**
 * An error's message, with the option that may help.
 *
 * @param proxy the host of the proxy, if there is one: nothing else shows that the environment names one
 */
export function withHint(error: Error, proxy?: string): string {
  const message = error.message.trim(); // those of OpenSSL end with a line break
  const byProxy =
    proxy !== undefined && isOfProxy(error) ? `the proxy is ${proxy}; --proxy '' connects without it` : undefined;
  const hints = [hintFor(error), byProxy].filter((hint) => hint !== undefined);
  return hints.length === 0 ? message : `${message} (${hints.join('; ')})`;
}
