import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { Supervision, Transport, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';

/** What servers of these tests send: about a key, about an id, or both. */
export interface Tick {
  key?: string;
  id?: unknown;
  n?: number;
  [other: string]: unknown;
}

export type Feed = WebSocketConnection<Tick, unknown>;

/** A connection on a transport, retried after 2 ms. */
export function retriedFeed(transport: Transport, config: Partial<WebSocketConfig<Tick, unknown>> = {}): Feed {
  return feedOf(transport, config, retryWithBackoff({ delays: Array<number>(99).fill(2) }));
}

export function feedOf(
  transport: Transport,
  config: Partial<WebSocketConfig<Tick, unknown>> = {},
  ...supervision: Supervision[]
): Feed {
  return observeWebSocket<Tick, unknown>({ url: 'ws://test', transport, ...config }, ...supervision);
}
