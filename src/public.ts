/* Every public name but `observeWebSocket`, which comes from the entry of the platform. */

export type { Jitter } from './backoff.js';
export { CloseCode, fatalCloseCodes, fatalHandshakeStatuses, isSendable } from './close-codes.js';
export { binary, json, text } from './codec.js';
export type { Codec, JsonOptions, PathSegment, SchemaIssue, SchemaResult, StandardSchema } from './codec.js';
export type { WebSocketConfig } from './config.js';
export type { PerAttempt } from './request.js';
export {
  BufferOverflowError,
  ConnectionClosedError,
  ConnectTimeoutError,
  DecodeError,
  FatalCloseError,
  HandshakeError,
  HeartbeatTimeoutError,
  isBufferOverflowError,
  isConnectionClosedError,
  isConnectTimeoutError,
  isDecodeError,
  isFatalCloseError,
  isFatalError,
  isHandshakeError,
  isHeartbeatTimeoutError,
  isOutboxOverflowError,
  isSetupError,
  isWebSocketError,
  OutboxOverflowError,
  SetupError,
  WebSocketError,
} from './errors.js';
export type { CloseFields, HandshakeErrorOptions, WebSocketErrorOptions } from './errors.js';
export type * from './lifecycle.js';
export type { MessageSubject } from './message-subject.js';
export { online } from './online.js';
export type { PageScope } from './online.js';
export type { OutboxOptions } from './outbox.js';
export { redactSecrets } from './redact-secrets.js';
export type { Pausable } from './read-with-backpressure.js';
export { connectionPool } from './sessions/connection-pool.js';
export type {
  ConnectionPool,
  ConnectionPoolOptions,
  PoolEvent,
  PoolMessage,
  PoolStateObservable,
} from './sessions/connection-pool.js';
export { multiplex } from './sessions/multiplex.js';
export type { MultiplexOptions } from './sessions/multiplex.js';
export type { PoolState } from './sessions/pool-totals.js';
export { requestResponse } from './sessions/request-response.js';
export type { RequestResponseOptions } from './sessions/request-response.js';
export { isRequestTimeoutError, RequestTimeoutError } from './sessions/request-timeout-error.js';
export type { StateObservable } from './state-observable.js';
export type { ConnectionState } from './state.js';
export type { ConnectionStats } from './stats.js';
export { nativeTransport } from './transport/native.js';
export type { Transport, TransportRequest, TransportSink, TransportSocket } from './transport/transport.js';
export { webSocketStreamTransport } from './transport/web-socket-stream.js';
export { visible } from './visible.js';
export type { Supervision, WebSocketConnection } from './web-socket-connection.js';
export * from '../operators/index.js';
