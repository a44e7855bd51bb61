/* Ethereum's JSON-RPC: the server gives each subscription an id of its own, and the notifications carry that one. */

import { map } from 'rxjs';
import { heartbeat, multiplex, observeWebSocket, requestResponse, retryWithBackoff } from 'rxwire';

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
  readonly params?: { readonly subscription: string; readonly result: unknown };
}

export function ethereum(url = 'ws://127.0.0.1:8546') {
  const feed = observeWebSocket<Message, unknown>(url, heartbeat(), retryWithBackoff());
  let last = 0;
  const nextId = () => ++last; // shared: an id answers one request
  const rpc = (id: number, method: string, params: unknown) => ({ jsonrpc: '2.0', id, method, params });
  const subscriptions = multiplex(feed, {
    idOf: ({ params }) => params?.subscription,
    subscribe: (name: string, id) => rpc(id, 'eth_subscribe', [name]),
    unsubscribe: (_name, id, subscription) => rpc(id, 'eth_unsubscribe', [subscription]),
    answerOf: ({ id, result, error }) => (id === undefined ? undefined : { id, as: result, error }),
    nextId,
  });
  const request = requestResponse(feed, {
    idOf: ({ id }) => id,
    errorOf: ({ error }) => error && new Error(error.message),
    nextId,
  });
  return {
    feed,
    subscribe: (name: 'newHeads' | 'newPendingTransactions') =>
      subscriptions(name).pipe(map(({ params }) => params!.result)),
    call: (method: string, ...params: unknown[]) =>
      request((id) => rpc(id, method, params)).pipe(map(({ result }) => result)),
  };
}
