export { injectWebSocket } from './inject-web-socket.js';
export type { ConfigOrUrl } from './current-config.js';
export type { InjectedWebSocket, TopicSignal } from './injected-web-socket.js';
export { provideWebSocketDefaults, WEB_SOCKET_FRAME_SCHEDULER, WEB_SOCKET_TRANSPORT } from './providers.js';
export type { WebSocketDefaults } from './providers.js';
export { resourceStream } from './resource-stream.js';
