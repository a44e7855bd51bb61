import { BRAND } from './errors.js';
import type {
  BufferOverflowError,
  ConnectionClosedError,
  ConnectTimeoutError,
  DecodeError,
  FatalCloseError,
  HandshakeError,
  HeartbeatTimeoutError,
  OutboxOverflowError,
  SetupError,
  WebSocketError,
} from './errors.js';
import { fieldOf } from './field-of.js';

/** Whether an error is one of this library's. */
export function isWebSocketError(error: unknown): error is WebSocketError {
  return fieldOf(error, BRAND) === true;
}

function isNamed(error: unknown, name: string): boolean {
  return isWebSocketError(error) && error.name === name;
}

/** Whether no retry can cure an error. `retryWithBackoff` retries what this refuses. */
export function isFatalError(error: unknown): error is WebSocketError {
  return isWebSocketError(error) && error.fatal;
}

/** Whether an error is a {@link ConnectionClosedError}, of whatever copy of this package. */
export function isConnectionClosedError(error: unknown): error is ConnectionClosedError {
  return isNamed(error, 'ConnectionClosedError');
}

/** Whether an error is a {@link HandshakeError}, of whatever copy of this package. */
export function isHandshakeError(error: unknown): error is HandshakeError {
  return isNamed(error, 'HandshakeError');
}

/** Whether an error is a {@link ConnectTimeoutError}, of whatever copy of this package. */
export function isConnectTimeoutError(error: unknown): error is ConnectTimeoutError {
  return isNamed(error, 'ConnectTimeoutError');
}

/** Whether an error is a {@link HeartbeatTimeoutError}, of whatever copy of this package. */
export function isHeartbeatTimeoutError(error: unknown): error is HeartbeatTimeoutError {
  return isNamed(error, 'HeartbeatTimeoutError');
}

/** Whether an error is a {@link SetupError}, of whatever copy of this package. */
export function isSetupError(error: unknown): error is SetupError {
  return isNamed(error, 'SetupError');
}

/** Whether an error is a {@link DecodeError}, of whatever copy of this package. */
export function isDecodeError(error: unknown): error is DecodeError {
  return isNamed(error, 'DecodeError');
}

/** Whether an error is an {@link OutboxOverflowError}, of whatever copy of this package. */
export function isOutboxOverflowError(error: unknown): error is OutboxOverflowError {
  return isNamed(error, 'OutboxOverflowError');
}

/** Whether an error is a {@link BufferOverflowError}, of whatever copy of this package. */
export function isBufferOverflowError(error: unknown): error is BufferOverflowError {
  return isNamed(error, 'BufferOverflowError');
}

/** Whether an error is a {@link FatalCloseError}, of whatever copy of this package. */
export function isFatalCloseError(error: unknown): error is FatalCloseError {
  return isNamed(error, 'FatalCloseError');
}
