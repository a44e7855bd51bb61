import { CloseCode } from '../protocol/close-codes.js';
import { isWebSocketError } from '../protocol/error-guards.js';
import type { DroppedEvent } from '../protocol/lifecycle.js';

/** What is in no list: a peer may close with three thousand codes, and each would be a series for ever. */
const OTHER = 'other';

/** Named nowhere else, or never received by a client. */
const RARE: readonly number[] = [CloseCode.MANDATORY_EXTENSION, CloseCode.TIMEOUT];

const CODES = new Set<number>(Object.values(CloseCode).filter((code) => !RARE.includes(code)));

/** Errors that connections fail with. */
export const ERROR_SERIES = [
  'WebSocketError',
  'ConnectionClosedError',
  'HandshakeError',
  'ConnectTimeoutError',
  'HeartbeatTimeoutError',
  'SetupError',
  'FatalCloseError',
  'BufferOverflowError',
  'OutboxOverflowError',
  OTHER,
] as const;

/** Why messages are dropped. */
export const DROP_SERIES: readonly DroppedEvent['reason'][] = ['overflow', 'expired', 'closed', 'unserializable'];

/** The series of a close code: one of at most 20. */
export function codeSeries(code: number): string {
  return CODES.has(code) ? `${code}` : OTHER;
}

/** The series of an error: the name of one of ours, or `other`. */
export function errorSeries(error: unknown): string {
  const name = isWebSocketError(error) ? error.name : OTHER;
  return ERROR_SERIES.find((known) => known === name) ?? OTHER;
}
