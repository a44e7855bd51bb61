/* Subscriptions over the graphql-transport-ws protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */

import { defer, filter, finalize, first, map, takeWhile, timeout } from 'rxjs';
import type { Observable } from 'rxjs';
import {
  fatalCloseCodes,
  heartbeat,
  multiplex,
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
  /** Emits the results of an operation, over reconnects. Completes and errors when the server says so. */
  subscribe<T>(query: string, variables?: Record<string, unknown>): Observable<T>;
}

export function graphqlClient(url: string, connectionParams: () => unknown = () => ({})): GraphqlClient {
  const initialize = onOpen<Message, Message>((link) => {
    link.messages.pipe(filter(({ type }) => type === 'ping')).subscribe(() => link.send({ type: 'pong' })); // completes with the connection
    link.send({ type: 'connection_init', payload: connectionParams() });
    return link.messages.pipe(
      first(({ type }) => type === 'connection_ack'),
      timeout(10_000),
    );
  });

  const connection = observeWebSocket<Message>(
    { url, protocols: 'graphql-transport-ws' },
    initialize,
    heartbeat({ ping: () => '{"type":"ping"}', isReply: (data) => String(data).startsWith('{"type":"pong"') }),
    stopOnFatalClose({ codes: fatalCloseCodes.graphqlWs }),
    retryWithBackoff({ initialDelay: 100 }),
  );
  const operations = new Map<string, unknown>();
  let ids = 0;

  const answers = multiplex(connection, {
    keyOf: ({ id }) => id,
    subscribe: (id: string): Message => ({ id, type: 'subscribe', payload: operations.get(id) }),
    unsubscribe: (id): Message => ({ id, type: 'complete' }),
  });

  const subscribe = <T>(query: string, variables?: Record<string, unknown>) =>
    defer(() => {
      const id = String(++ids);
      operations.set(id, { query, variables });
      return answers(id).pipe(
        takeWhile(({ type }) => type !== 'complete'),
        map(({ type, payload }) => {
          if (type === 'error') throw new WebSocketError('The operation failed.', { cause: payload });
          return (payload as { data: T }).data;
        }),
        finalize(() => operations.delete(id)),
      );
    });

  return { connection, subscribe };
}
