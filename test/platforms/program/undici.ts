import type { WebSocketLike } from 'rxwire';

/** What is used of undici. */
export interface Undici {
  readonly Agent: new (options: object) => object;
  readonly WebSocket: new (url: string, options: object) => WebSocketLike;
}
