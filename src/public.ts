/* Every public name but `observeWebSocket`, which comes from the entry of the platform. */

export type { Jitter } from './protocol/backoff.js';
export { CloseCode, isSendable } from './protocol/close-codes.js';
export { binary, json, text } from './protocol/codec.js';
export type { Codec, JsonOptions, PathSegment, SchemaIssue, SchemaResult, StandardSchema } from './protocol/codec.js';
export type { WebSocketConfig } from './connection/config.js';
export type { AttemptContext, PerAttempt } from './connection/request.js';
export {
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
} from './protocol/error-guards.js';
export {
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
} from './protocol/errors.js';
export type { CloseFields, HandshakeErrorOptions, WebSocketErrorOptions } from './protocol/errors.js';
export { doubtfulCloseCodes, fatalCloseCodes, fatalHandshakeStatuses } from './protocol/fatal-codes.js';
export type * from './protocol/lifecycle.js';
export type * from './protocol/link.js';
export type { MessageSubject } from './connection/message-subject.js';
export { online } from './page/online.js';
export type { PageScope } from './page/online.js';
export type { OutboxOptions } from './connection/outbox.js';
export { atMost } from './connection/pace.js';
export type { Pace } from './connection/pace.js';
export { several } from './protocol/several.js';
export type { Several } from './protocol/several.js';
export { isMessageDroppedError, MessageDroppedError } from './protocol/message-dropped-error.js';
export { redactSecrets } from './logging/redact-secrets.js';
export type { Pausable } from './protocol/pausable.js';
export { isSequenceGapError, SequenceGapError } from './protocol/sequence-gap-error.js';
export type { SequenceGap } from './protocol/sequence-gap-error.js';
export { connectionPool } from './sessions/connection-pool.js';
export type {
  ConnectionPool,
  ConnectionPoolOptions,
  PoolEvent,
  PoolMessage,
  PoolStateObservable,
} from './sessions/pool-interfaces.js';
export { multiplex } from './sessions/multiplex.js';
export type { Later } from './sessions/later.js';
export type { Answer, MultiplexOptions, Topics } from './sessions/multiplex-options.js';
export type { PoolState } from './sessions/pool-totals.js';
export { requestResponse } from './sessions/request-response.js';
export type { RequestResponseOptions, RequestTarget } from './sessions/request-response.js';
export { isRequestTimeoutError, RequestTimeoutError } from './sessions/request-timeout-error.js';
export { isSubscriptionError, SubscriptionError } from './sessions/subscription-error.js';
export type { StateObservable } from './connection/state-observable.js';
export type { ConnectionState } from './connection/state.js';
export type { ConnectionStats } from './connection/stats.js';
export { nativeTransport } from './transport/native.js';
export type { NativeTransportOptions, WebSocketLike } from './transport/native.js';
export type {
  ResponseHeaders,
  Transport,
  TransportRequest,
  TransportSink,
  TransportSocket,
} from './transport/transport.js';
export { webSocketStreamTransport } from './transport/web-socket-stream.js';
export { visible } from './page/visible.js';
export type { ReconnectOptions, Supervision, WebSocketConnection } from './connection/web-socket-connection.js';
export * from '../operators/index.js';
