/* Binance, spot: five messages a second at most, many streams in one message, and a connection is cut after 24 hours. */

import { EMPTY, filter, map, switchMap, timer } from 'rxjs';
import { atMost, heartbeat, inSequence, multiplex, observeWebSocket, retryWithBackoff } from 'rxwire';

interface Trade {
  readonly t: number; // counts up for each symbol
  readonly p: string;
}
type Message = { stream: string; data: Trade } | { id: number; error?: unknown };

export function binance(url = 'wss://stream.binance.com:9443/stream', lifetime = 23 * 3_600_000) {
  const feed = observeWebSocket<Message, unknown>({ url, pace: atMost(5, 1000) }, heartbeat(), retryWithBackoff());
  const streams = multiplex(feed, {
    keyOf: (message) => ('stream' in message ? message.stream : undefined),
    subscribeMany: (params: readonly string[], id) => ({ method: 'SUBSCRIBE', params, id }),
    unsubscribeMany: (params, id) => ({ method: 'UNSUBSCRIBE', params, id }),
    keysPerMessage: 200,
    answerOf: (message) => ('id' in message ? { id: message.id, error: message.error } : undefined),
  });
  const trades = (symbol: string) =>
    streams(`${symbol.toLowerCase()}@trade`).pipe(
      filter((message) => 'data' in message),
      map(({ data }) => data),
      inSequence(({ t }) => t, {
        onGap: ({ expected, got }) => console.warn(`${symbol}: ${expected} to ${got} missed`),
      }),
    );
  feed.state
    .pipe(switchMap(({ status }) => (status === 'open' ? timer(lifetime, 60_000) : EMPTY))) // before the server cuts it
    .subscribe(() => feed.reconnect({ overlap: 2000 })); // repeats are dropped by `inSequence`
  return { feed, trades };
}
