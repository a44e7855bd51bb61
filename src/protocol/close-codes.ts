import { refuse } from './arguments.js';

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

function range(from: number, to: number, except: readonly number[] = []): number[] {
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset).filter((code) => !except.includes(code));
}

function table(...codes: (number | readonly number[])[]): ReadonlySet<number> {
  return new Set(codes.flat());
}

/** Close codes after which a new connection with the same credentials and the same bytes ends the same way. */
export const standardFatalCodes: ReadonlySet<number> = /* @__PURE__ */ table(
  1002, // protocol error: we would break the protocol again
  1003, // unsupported data: we would send it again
  1007, // invalid payload: likewise
  1008, // policy violation: widely used for failed authentication
  1009, // message too big: we would send it again
  1010, // an extension that the server must have is missing
  1015, // TLS handshake failed
  3000, // unauthorized (IANA registry); see refreshOnUnauthorized
  3003, // forbidden (IANA registry)
  4400, // the 44xx that mirror HTTP: bad request
  4401, // unauthorized; see refreshOnUnauthorized
  4403, // forbidden
  4404, // not found
  4405, // method not allowed
  4406, // not acceptable
  4409, // conflict
  4410, // gone
  // Not 1000 and 1005: proxies and servers send them when they restart. completeOnClose is for those who mean it.
  // Not 1001, 1006, 1014: the network and the proxies in it.
  // Not 1011: Python servers send it when a keepalive times out.
  // Not 1012, 1013: their registration asks for a retry, later.
  // Not 3008, 4408: a timeout. Not 4429: too many requests, for now. Not 4500 to 4504: the server's own trouble.
);

/**
 * Tables for `stopOnFatalClose({ codes })`: the standard one, and those of protocols that define their own codes.
 * Spread one to extend it: `[...fatalCloseCodes.standard, 4100]`.
 */
export const fatalCloseCodes = {
  /** RFC 6455, the IANA registry, and the private codes that mirror HTTP statuses. */
  standard: standardFatalCodes,

  /** What the graphql-transport-ws protocol and its reference client do not retry. */
  graphqlWs: /* @__PURE__ */ table(
    /* @__PURE__ */ range(1000, 1999, [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014]),
    4004, // bad response to connection_init
    4005, // internal client error
    4400, // bad request
    4401, // unauthorized: a message before connection_ack
    4406, // subprotocol not acceptable
    4409, // subscriber already exists
    4429, // too many initialisation requests
    4500, // internal server error: the schema's, not the machine's
  ),

  /** Discord's gateway. */
  discord: /* @__PURE__ */ table(
    4004, // authentication failed
    4010, // invalid shard
    4011, // sharding required
    4012, // invalid API version
    4013, // invalid intents
    4014, // disallowed intents
  ),

  /** Centrifugo and its clients: the ranges that mean "do not reconnect". */
  centrifugo: /* @__PURE__ */ table(
    1009, // message too big
    /* @__PURE__ */ range(3500, 3999),
    /* @__PURE__ */ range(4500, 4999),
  ),

  /** Pusher Channels: the range that means "do not reconnect". */
  pusher: /* @__PURE__ */ table(/* @__PURE__ */ range(4000, 4099)),
} as const;

/**
 * HTTP statuses of a refused handshake that a retry does not cure: a plain 2xx (nothing there speaks WebSocket), a 3xx
 * that was not followed, and every 4xx but 408, 425 and 429.
 */
export const fatalHandshakeStatuses: ReadonlySet<number> = /* @__PURE__ */ table(
  /* @__PURE__ */ range(200, 499, [
    408, // request timeout
    425, // too early
    429, // too many requests
    // 5xx is the server's own trouble and passes
  ]),
);

/** Whether an application may send a close code: 1000 and 3000 to 4999 (RFC 6455 section 7.4, the browser's rule). */
export function isSendable(code: number): boolean {
  return code === 1000 || (Number.isInteger(code) && code >= 3000 && code <= 4999);
}

/** A Close frame holds 123 bytes of reason. @throws RangeError where `code` or `reason` may not be sent */
export function expectSendable(code: number, reason: string): void {
  if (!isSendable(code)) refuse('code', '1000 or an integer from 3000 to 4999', code, RangeError);
  if (typeof reason !== 'string' || new TextEncoder().encode(reason).length > 123) {
    refuse('reason', 'a string of at most 123 bytes of UTF-8', reason, RangeError);
  }
}
