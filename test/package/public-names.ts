/* The public API. Adding a name here is a promise. Removing one is a breaking change. */

/** The exports of both `rxwire` and `rxwire/operators`. */
export const OPERATORS = [
  'bufferCountOrTime',
  'completeOnClose',
  'heartbeat',
  'inSequence',
  'leastWait',
  'lifecycleLogLevels',
  'logLifecycle',
  'mergeMapBounded',
  'ofType',
  'onOpen',
  'refreshOnUnauthorized',
  'retryWithBackoff',
  'stopOnFatalClose',
];

export const OPERATOR_TYPES = [
  'BufferCountOrTimeOptions',
  'HeartbeatOptions',
  'InSequenceOptions',
  'LifecycleLogger',
  'LogLifecycleOptions',
  'LoggedType',
  'MergeMapBoundedOptions',
  'RefreshOnUnauthorizedOptions',
  'RetryWithBackoffOptions',
  'StopOnFatalCloseOptions',
];

/** Functions, classes and constants of `rxwire`. */
export const VALUES = [
  ...OPERATORS,
  'BufferOverflowError',
  'CloseCode',
  'ConnectTimeoutError',
  'ConnectionClosedError',
  'DecodeError',
  'FatalCloseError',
  'HandshakeError',
  'HeartbeatTimeoutError',
  'MessageDroppedError',
  'OutboxOverflowError',
  'RequestTimeoutError',
  'SequenceGapError',
  'SetupError',
  'SubscriptionError',
  'WebSocketError',
  'atMost',
  'binary',
  'connectionPool',
  'doubtfulCloseCodes',
  'fatalCloseCodes',
  'fatalHandshakeStatuses',
  'isBufferOverflowError',
  'isConnectTimeoutError',
  'isConnectionClosedError',
  'isDecodeError',
  'isFatalCloseError',
  'isFatalError',
  'isHandshakeError',
  'isHeartbeatTimeoutError',
  'isMessageDroppedError',
  'isOutboxOverflowError',
  'isRequestTimeoutError',
  'isSendable',
  'isSequenceGapError',
  'isSetupError',
  'isSubscriptionError',
  'isWebSocketError',
  'json',
  'multiplex',
  'nativeTransport',
  'observeWebSocket',
  'online',
  'redactSecrets',
  'requestResponse',
  'several',
  'text',
  'visible',
  'webSocketStreamTransport',
].sort();

/** Types of `rxwire`. */
export const TYPES = [
  ...OPERATOR_TYPES,
  'Answer',
  'AttemptContext',
  'CloseEvent',
  'CloseFields',
  'Codec',
  'ConnectingEvent',
  'ConnectionPool',
  'ConnectionPoolOptions',
  'ConnectionState',
  'ConnectionStats',
  'DroppedEvent',
  'ErrorEvent',
  'HandshakeErrorOptions',
  'HeartbeatEvent',
  'Jitter',
  'JsonOptions',
  'Later',
  'LifecycleEvent',
  'Link',
  'MessageSubject',
  'MultiplexOptions',
  'NativeTransportOptions',
  'OpenEvent',
  'OutboxOptions',
  'Pace',
  'PageScope',
  'PathSegment',
  'Pausable',
  'PerAttempt',
  'PoolEvent',
  'PoolMessage',
  'PoolState',
  'PoolStateObservable',
  'ReconnectOptions',
  'ReconnectingEvent',
  'RejectedEvent',
  'RequestResponseOptions',
  'RequestTarget',
  'ResponseHeaders',
  'SchemaIssue',
  'SchemaResult',
  'SequenceGap',
  'Several',
  'StandardSchema',
  'StateObservable',
  'Supervision',
  'Topics',
  'Transport',
  'TransportRequest',
  'TransportSink',
  'TransportSocket',
  'WebSocketConfig',
  'WebSocketConnection',
  'WebSocketErrorOptions',
  'WebSocketLike',
].sort();

/** `rxwire/testing` */
export const TESTING = [
  'accept',
  'closeWith',
  'coldOn',
  'expectLifecycle',
  'ping',
  'pong',
  'raw',
  'recorded',
  'refuseWith',
  'scriptedServer',
  'silence',
];

export const TESTING_TYPES = [
  'Acceptance',
  'ClientAction',
  'ClientClose',
  'ClientFrame',
  'Cold',
  'LifecycleExpectation',
  'RecordedClientEvent',
  'RecordedConnection',
  'RecordedEvent',
  'RecordedScripts',
  'RecordedServerEvent',
  'Recording',
  'ScriptStep',
  'ScriptedRequest',
  'ScriptedServer',
  'ScriptedServerOptions',
  'ServerLogEntry',
];

/** `rxwire/node` */
export const NODE = ['wsTransport'];

export const NODE_TYPES = ['WsTransportOptions'];

/** `rxwire/metrics` */
export const METRICS = ['collectMetrics'];

export const METRICS_TYPES = ['CollectMetricsOptions'];

/** `rxwire/otel` */
export const OTEL = ['collectMetrics'];

export const OTEL_TYPES = ['TelemetryOptions'];

/** `rxwire/angular` */
export const ANGULAR = [
  'WEB_SOCKET_FRAME_SCHEDULER',
  'WEB_SOCKET_TRANSPORT',
  'injectWebSocket',
  'provideWebSocketDefaults',
  'resourceStream',
];

export const ANGULAR_TYPES = ['ConfigOrUrl', 'InjectedWebSocket', 'TopicSignal', 'WebSocketDefaults'];
