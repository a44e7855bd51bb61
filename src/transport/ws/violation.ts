/** How `ws` closed a connection because a frame of the peer's broke the protocol. */
export interface Violation {
  /** What its Close frame holds. */
  readonly code: number;
  /** What was wrong, in words. */
  readonly reason: string;
}

/**
 * What of the peer's broke the protocol, by the error that `ws` emits on an open connection; undefined for errors of
 * another kind.
 *
 * @param maxPayload the most bytes that a message may have
 */
export function violationOf({ code, message }: Error & { code?: string }, maxPayload: number): Violation | undefined {
  switch (code) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH': // more than 2 ** 53 - 1, which is more than any limit
      return {
        code: 1009,
        reason: `a message was longer than maxPayload, ${maxPayload || Number.MAX_SAFE_INTEGER} bytes`,
      };
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return { code: 1008, reason: `a message came in too many parts: ${message}` };
    case 'WS_ERR_INVALID_UTF8':
      return { code: 1007, reason: 'bytes that should be text were not UTF-8' };
    default:
      if (code?.startsWith('Z_')) return { code: 1007, reason: `a message would not decompress: ${message}` };
      if (code?.startsWith('WS_ERR_')) return { code: 1002, reason: `a frame was broken: ${message}` };
      return undefined;
  }
}
