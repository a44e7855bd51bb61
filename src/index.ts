import type { WebSocketConfig } from './connection/config.js';
import { createConnection } from './connection/connection.js';
import { platformTransport } from './transport/native.js';
import type { Supervision, WebSocketConnection } from './connection/web-socket-connection.js';

export * from './public.js';

const PLATFORM = /* @__PURE__ */ platformTransport();

/**
 * A WebSocket without a codec and without type arguments: its messages are `unknown`, or of the type that it is assigned to.
 *
 * @typeParam _ is never given: calls with type arguments go by the other signature
 * @see the other signature, for what a connection is
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters, @typescript-eslint/no-unused-vars -- as said
export function observeWebSocket<In, Out, _>(
  config: string | URL | (WebSocketConfig<unknown, unknown> & { codec?: undefined }),
  ...supervision: Supervision<unknown, unknown>[]
): WebSocketConnection<In, Out>;
/**
 * A WebSocket as two RxJS streams, on the platform's own WebSocket: an Observable of lifecycle events and a Subject of messages.
 *
 * Nothing happens before a subscription to `lifecycle` or `messages`. The lifecycle of one connection is
 * `connecting → open → … → close`; then it errors if the connection ended in any way that was not asked for, a clean
 * close by the server included, and completes if it was. The operators given as `supervision` are applied to that in
 * order, and their result is shared by all subscribers.
 *
 * @typeParam In messages that arrive; inferred from the codec, else `unknown`
 * @typeParam Out messages that are sent; inferred from the codec, else as `In`
 * @param config a URL, or an object with a `url` and the options that differ from the defaults
 * @param supervision operators on the lifecycle: `heartbeat()`, `stopOnFatalClose()`, `retryWithBackoff()`, your own
 * @throws TypeError or RangeError for a bad argument; trouble at run time is a notification
 *
 * @example
 * const feed = observeWebSocket<Trade>('wss://feed.example/trades', heartbeat(), stopOnFatalClose(), retryWithBackoff());
 * feed.messages.pipe(bufferCountOrTime(100, 1000)).subscribe((trades) => save(trades));
 */
export function observeWebSocket<In = unknown, Out = In>(
  config: string | URL | WebSocketConfig<In, Out>,
  ...supervision: Supervision<In, Out>[]
): WebSocketConnection<In, Out>;
export function observeWebSocket<In, Out>(
  config: string | URL | WebSocketConfig<In, Out>,
  ...supervision: Supervision<In, Out>[]
): WebSocketConnection<In, Out> {
  return createConnection(config, supervision, PLATFORM);
}
