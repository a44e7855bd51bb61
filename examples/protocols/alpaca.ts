/* Alpaca: every frame is an array, and a login comes first. A wrong key is not tried again. */

import { concatWith, ignoreElements, take, tap } from 'rxjs';
import { heartbeat, json, multiplex, observeWebSocket, onOpen, retryWithBackoff, WebSocketError } from 'rxwire';

type Message =
  | { T: 'success'; msg: 'connected' | 'authenticated' }
  | { T: 'error'; code: number; msg: string }
  | { T: 'subscription'; trades: string[] }
  | { T: 't'; S: string; p: number };

export function alpaca(key: string, secret: string, url = 'wss://stream.data.alpaca.markets/v2/iex') {
  const logIn = onOpen<Message>((link) => {
    const next = link.messages.pipe(
      take(1),
      tap((message) => {
        if (message.T === 'error') throw new WebSocketError(message.msg, { fatal: message.code === 402 });
      }),
      ignoreElements(),
    );
    return next.pipe(
      tap({ complete: () => link.send({ action: 'auth', key, secret }) }), // it is connected now
      concatWith(next),
    );
  });
  const codec = json<Message>({ split: (frame: Message[]) => frame });
  const feed = observeWebSocket({ url, codec }, logIn, heartbeat(), retryWithBackoff());
  const trades = multiplex(feed, {
    keyOf: (message) => (message.T === 't' ? message.S : undefined),
    subscribeMany: (symbols: readonly string[]) => ({ action: 'subscribe', trades: symbols }),
    unsubscribeMany: (symbols) => ({ action: 'unsubscribe', trades: symbols }),
    answerOf(message) {
      if (message.T === 'subscription') return {};
      return message.T === 'error' ? { error: message.msg } : undefined;
    },
  });
  return { feed, trades };
}
