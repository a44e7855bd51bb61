/* graphql-transport-ws: one subscription for any number of readers of a query; it ends when the server says so. */

import { filter, first, map, timeout } from 'rxjs';
import { fatalCloseCodes, heartbeat, multiplex, observeWebSocket, onOpen, retryWithBackoff, stopOnFatalClose } from 'rxwire'; // prettier-ignore

interface Message {
  readonly type: 'connection_init' | 'connection_ack' | 'ping' | 'pong' | 'subscribe' | 'next' | 'error' | 'complete';
  readonly id?: string;
  readonly payload?: unknown;
}

export function graphql(url: string, connectionParams: unknown = {}) {
  const initialize = onOpen<Message, Message>((link) => {
    link.messages.pipe(filter(({ type }) => type === 'ping')).subscribe(() => link.send({ type: 'pong' }));
    link.send({ type: 'connection_init', payload: connectionParams });
    return link.messages.pipe(first(({ type }) => type === 'connection_ack'), timeout(10_000)); // prettier-ignore
  });
  const fatal = stopOnFatalClose({ codes: fatalCloseCodes.graphqlWs });
  const config = { url, protocols: 'graphql-transport-ws' };
  const feed = observeWebSocket<Message>(config, initialize, heartbeat(), fatal, retryWithBackoff());
  let last = 0;
  const results = multiplex(feed, {
    idOf: ({ id }) => id,
    subscribe: (query: string, id): Message => ({ id, type: 'subscribe', payload: { query } }),
    unsubscribe: (_query, id): Message => ({ id, type: 'complete' }),
    answerOf({ type, id, payload }) {
      if (type === 'error') return { id, error: payload };
      return type === 'complete' ? { id, done: true } : undefined;
    },
    nextId: () => String(++last),
  });
  return { feed, query: (query: string) => results(query).pipe(map(({ payload }) => payload)) };
}
