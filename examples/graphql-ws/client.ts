/* Subscriptions over the graphql-transport-ws protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */

import { filter, first, map, Observable, takeWhile, tap, timeout } from 'rxjs';
import {
  fatalCloseCodes,
  heartbeat,
  observeWebSocket,
  onOpen,
  retryWithBackoff,
  stopOnFatalClose,
  WebSocketError,
} from 'rxwire';
import type { WebSocketConnection } from 'rxwire';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

export interface GraphqlClient {
  readonly connection: WebSocketConnection<Message>;
  /** Emits what the server answers, on however many connections that takes; completes and errors as the server says. */
  subscribe<T>(query: string, variables?: Record<string, unknown>): Observable<T>;
}

export function graphqlClient(url: string, connectionParams: () => unknown = () => ({})): GraphqlClient {
  const greet = onOpen<Message, Message>((link) => {
    link.intercept((data) => {
      const isPing = String(data).startsWith('{"type":"ping"');
      if (isPing) link.send({ type: 'pong' });
      return isPing;
    });
    link.send({ type: 'connection_init', payload: connectionParams() });
    return link.messages.pipe(
      first(({ type }) => type === 'connection_ack'),
      timeout(10_000),
    );
  });

  const connection = observeWebSocket<Message>(
    { url, protocols: 'graphql-transport-ws' },
    greet,
    heartbeat({ ping: () => '{"type":"ping"}', isReply: (data) => String(data).startsWith('{"type":"pong"') }),
    stopOnFatalClose({ codes: fatalCloseCodes.graphqlWs }),
    retryWithBackoff({ initialDelay: 100 }),
  );
  const isOpen = () => connection.state.value.status === 'open';
  let operations = 0;

  const subscribe = <T>(query: string, variables?: Record<string, unknown>) =>
    new Observable<T>((subscriber) => {
      const id = String(++operations);
      const ask = () => connection.messages.next({ id, type: 'subscribe', payload: { query, variables } });
      let isOver = false;

      // `state` replays: this asks at once where the connection is open, and again after every reconnect.
      subscriber.add(connection.state.pipe(filter(isOpen)).subscribe(ask));
      subscriber.add(() => {
        if (!isOver && isOpen()) connection.messages.next({ id, type: 'complete' });
      });
      connection.messages
        .pipe(
          filter((message) => message.id === id),
          tap(({ type }) => (isOver = type !== 'next')),
          takeWhile(({ type }) => type !== 'complete'),
          map(({ type, payload }) => {
            if (type === 'error') throw new WebSocketError('The operation failed.', { cause: payload });
            return (payload as { data: T }).data;
          }),
        )
        .subscribe(subscriber);
    });

  return { connection, subscribe };
}
