/* Coinbase Exchange: every answer lists all subscriptions, and an error says nothing of the request that it answers. */

import { bufferCountOrTime, heartbeat, inSequence, multiplex, observeWebSocket, retryWithBackoff } from 'rxwire';

type Message =
  | { type: 'match' | 'last_match'; product_id: string; trade_id: number; price: string }
  | { type: 'subscriptions'; channels: unknown[] }
  | { type: 'error'; message: string; reason?: string };

export function coinbase(url = 'wss://ws-feed.exchange.coinbase.com') {
  const feed = observeWebSocket<Message, unknown>(url, heartbeat(), retryWithBackoff());
  const matches = multiplex(feed, {
    keyOf: (message) => ('product_id' in message ? message.product_id : undefined),
    subscribeMany: (product_ids: readonly string[]) => ({ type: 'subscribe', channels: ['matches'], product_ids }),
    unsubscribeMany: (product_ids) => ({ type: 'unsubscribe', channels: ['matches'], product_ids }),
    answerOf(message) {
      if (message.type === 'subscriptions') return {}; // without id and key: for what has waited longest
      return message.type === 'error' ? { error: message.reason ?? message.message } : undefined;
    },
  });
  const trades = (product: string) =>
    matches(product).pipe(
      inSequence((message) => ('trade_id' in message ? message.trade_id : undefined), { onGap: console.warn }),
      bufferCountOrTime(100, 1000),
    );
  return { feed, trades };
}
