import type { WebSocketConfig } from './connection/config.js';
import { createConnection } from './connection/connection.js';
import { wsTransport } from './transport/node.js';
import type { Supervision, WebSocketConnection } from './connection/web-socket-connection.js';

export * from './public.js';

const PLATFORM = /* @__PURE__ */ wsTransport();

/**
 * A WebSocket as two RxJS streams, on `ws`: an Observable of lifecycle events and a Subject of messages.
 *
 * Nothing happens until somebody subscribes to `lifecycle` or `messages`. The lifecycle of one connection is
 * `connecting → open → … → close`; then it errors if the connection ended in any way that was not asked for, a clean
 * close by the server included, and completes if it was. The operators given as `supervision` are applied to that in
 * order, and what comes out is shared by all subscribers.
 *
 * @param config a URL, or an object with a `url` and whatever else is to differ from the defaults
 * @param supervision operators on the lifecycle: `heartbeat()`, `stopOnFatalClose()`, `retryWithBackoff()`, your own
 * @throws TypeError or RangeError for a bad argument; trouble at run time is a notification
 *
 * @example
 * const feed = observeWebSocket<Trade>('wss://feed.example/trades', heartbeat(), stopOnFatalClose(), retryWithBackoff());
 * feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades) => save(trades));
 */
export function observeWebSocket<In = unknown, Out = In>(
  config: string | URL | WebSocketConfig<In, Out>,
  ...supervision: Supervision[]
): WebSocketConnection<In, Out> {
  return createConnection(config, supervision, PLATFORM);
}
