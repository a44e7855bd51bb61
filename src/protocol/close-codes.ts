import { refuse } from './arguments.js';
import { utf8Length } from './utf8-length.js';

/**
 * The close codes that have a name: RFC 6455 section 7.4.1 and the IANA registry "WebSocket Close Code Number".
 */
export const CloseCode = {
  /** The purpose was fulfilled; what `close()` sends. */
  NORMAL: 1000,
  /** The server goes down, or the page is left. */
  GOING_AWAY: 1001,
  /** A frame broke the protocol. */
  PROTOCOL_ERROR: 1002,
  /** Text where bytes were wanted, or the reverse. */
  UNSUPPORTED_DATA: 1003,
  /** Never on the wire: the Close frame held no code. */
  NO_STATUS: 1005,
  /** Never on the wire: there was no Close frame. */
  ABNORMAL: 1006,
  /** Text that is not UTF-8, most of the time. */
  INVALID_PAYLOAD: 1007,
  /** Refused for no reason that has a code of its own; widely used for failed authentication. */
  POLICY_VIOLATION: 1008,
  /** A message was longer than the peer takes. */
  MESSAGE_TOO_BIG: 1009,
  /** The server did not offer an extension that the client must have. */
  MANDATORY_EXTENSION: 1010,
  /** The server ran into trouble of its own. */
  INTERNAL_ERROR: 1011,
  /** The server restarts: come back after a random 5 to 30 s. */
  SERVICE_RESTART: 1012,
  /** The server is overloaded: come back later. */
  TRY_AGAIN_LATER: 1013,
  /** A proxy got no proper answer from the server behind it. */
  BAD_GATEWAY: 1014,
  /** Never on the wire: the TLS handshake failed. */
  TLS_HANDSHAKE: 1015,
  /** Authentication is missing or no longer valid. */
  UNAUTHORIZED: 3000,
  /** Authenticated, and still not allowed. */
  FORBIDDEN: 3003,
  /** Something took too long; what a dead peer is given where one must be given. */
  TIMEOUT: 3008,
  /** Private use (RFC 6455 section 7.4.2): what `onOpen` closes with when the set-up failed. */
  SETUP_FAILED: 4000,
  /** Private use, in wide use after HTTP 401. */
  UNAUTHORIZED_4401: 4401,
  /** Private use, in wide use after HTTP 429. */
  TOO_MANY_REQUESTS_4429: 4429,
} as const;

/** Whether an application may send a close code: 1000 and 3000 to 4999 (RFC 6455 section 7.4, the browser's rule). */
export function isSendable(code: number): boolean {
  return code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
}

/** A Close frame holds 123 bytes of reason. @throws RangeError where `code` or `reason` may not be sent */
export function expectSendable(code: number, reason: string): void {
  if (!isSendable(code)) refuse('code', '1000 or an integer from 3000 to 4999', code, RangeError);
  if (typeof reason !== 'string' || utf8Length(reason) > 123) {
    refuse('reason', 'a string of at most 123 bytes of UTF-8', reason, RangeError);
  }
}
