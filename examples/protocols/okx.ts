/* OKX: order books whose changes name the one before them, a text ping, and 480 subscriptions an hour. */

import { atMost, heartbeat, inSequence, multiplex, observeWebSocket, retryWithBackoff } from 'rxwire';

interface Message {
  readonly event?: 'subscribe' | 'unsubscribe' | 'error';
  readonly msg?: string;
  readonly arg?: { readonly channel: string; readonly instId: string };
  readonly action?: 'snapshot' | 'update';
  readonly data?: readonly { readonly prevSeqId: number; readonly seqId: number; readonly bids: string[][] }[];
}

export function okx(url = 'wss://ws.okx.com:8443/ws/v5/public') {
  const alive = heartbeat({ ping: () => 'ping', isReply: (data) => data === 'pong', interval: 15_000 });
  const feed = observeWebSocket<Message, unknown>({ url, pace: atMost(3, 1000) }, alive, retryWithBackoff());
  const toArgs = (keys: readonly string[]) => keys.map((instId) => ({ channel: 'books', instId }));
  const books = multiplex(feed, {
    keyOf: ({ arg }) => arg?.instId,
    subscribeMany: (keys: readonly string[]) => ({ op: 'subscribe', args: toArgs(keys) }),
    unsubscribeMany: (keys) => ({ op: 'unsubscribe', args: toArgs(keys) }),
    keysPerMessage: 100,
    answerOf: ({ event, arg, msg }) => event && { key: arg?.instId, error: event === 'error' ? msg : undefined },
    pace: atMost(480, 3_600_000),
  });
  const book = (instId: string) =>
    books(instId).pipe(
      inSequence(({ data }) => data && [data[0]!.prevSeqId + 1, data[0]!.seqId], {
        isStart: ({ action }) => action === 'snapshot',
        onGap: () => books.resync(instId),
      }),
    );
  return { feed, book };
}
