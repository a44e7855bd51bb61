/*
 * Which ends no retry can cure, with a reason a line. What is tempting and not in a table stands there as a comment,
 * with its reason. docs/reconnect.md is made from these lines and from what the operators do with them.
 */

function range(from: number, to: number, except: readonly number[] = []): number[] {
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset).filter((code) => !except.includes(code));
}

function table(...codes: (number | readonly number[])[]): ReadonlySet<number> {
  return new Set(codes.flat());
}

/** Close codes after which a new connection with the same credentials and the same bytes ends the same way. */
export const standardFatalCodes: ReadonlySet<number> = /* @__PURE__ */ table(
  1002, // protocol error: the same bytes break it again
  1003, // unsupported data: the same message is refused again
  1007, // invalid payload: the same message is refused again
  1008, // policy violation: used for failed authentication, and for rate limits and lost pongs too
  1009, // message too big: the same message is refused again
  1010, // an extension that we must have is missing
  1015, // the TLS handshake failed
  3000, // unauthorized (IANA registry); see refreshOnUnauthorized
  3003, // forbidden (IANA registry)
  4400, // bad request: this and the following mirror HTTP statuses
  4401, // unauthorized; see refreshOnUnauthorized
  4403, // forbidden
  4404, // not found
  4405, // method not allowed
  4406, // not acceptable
  4409, // conflict
  4410, // gone
  // not 1000: servers and proxies send it when they restart; completeOnClose is for servers that mean the end by it
  // not 1001: the server goes down, and another one comes
  // not 1005: a Close frame without a code, which says no more than 1000
  // not 1006: no Close frame: the network, or a server that crashed
  // not 1011: the server's own trouble; Python servers send it when a keepalive times out
  // not 1012: the server restarts; the registry asks for a random wait of 5 to 30 s
  // not 1013: the server is overloaded
  // not 1014: a proxy got no proper answer from the server behind it
  // not 3008: timeout
  // not 4408: timeout
  // not 4429: too many requests, for now
  // not 4500, 4501, 4502, 4503, 4504: the server's own trouble
);

/**
 * Close codes that are also sent in passing: by a proxy during a deployment, or by a server that is only busy. In
 * whatever table they stand, `stopOnFatalClose` stops on them only if the connection was not healthy within its
 * `grace`.
 */
export const doubtfulCloseCodes: ReadonlySet<number> = /* @__PURE__ */ table(
  1002, // a proxy that is restarted breaks frames off
  1003, // a server that is being deployed speaks another version for a moment
  1007, // likewise
  1008, // "Pong timeout", "Too many requests" (Binance)
  1009, // a proxy with a smaller limit than the server behind it
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
 * that was not followed, and every 4xx but 408, 425 and 429. All of them but 401 and 407 are doubtful, as
 * {@link doubtfulCloseCodes} are: a proxy answers with 404 while the server behind it is replaced.
 */
export const fatalHandshakeStatuses: ReadonlySet<number> = /* @__PURE__ */ table(
  /* @__PURE__ */ range(200, 499, [
    408, // request timeout
    425, // too early
    429, // too many requests, for now
    // 5xx is the server's own trouble
  ]),
);

/** Whether a code in a table is doubtful. */
export function isDoubtfulCode(code: number): boolean {
  return doubtfulCloseCodes.has(code);
}

/** Whether a status in a table is doubtful: all but those that speak of credentials. */
export function isDoubtfulStatus(status: number): boolean {
  return status !== 401 && status !== 407;
}
