/* Home Assistant: a login, ids that only rise, and several messages in one frame where that is asked for. */

import { first, map, tap } from 'rxjs';
import { heartbeat, json, multiplex, observeWebSocket, onOpen, requestResponse, retryWithBackoff, WebSocketError } from 'rxwire'; // prettier-ignore

interface Message {
  readonly type: 'auth_required' | 'auth_ok' | 'auth_invalid' | 'result' | 'event' | 'pong';
  readonly id?: number;
  readonly error?: { readonly code: string; readonly message: string };
  readonly event?: { readonly event_type: string; readonly data: unknown };
  readonly result?: unknown;
  readonly message?: string;
}

export function homeAssistant(access_token: string, url = 'ws://homeassistant.local:8123/api/websocket') {
  let last = 0;
  const nextId = () => ++last; // for everything: also for what takes a subscription back
  const logIn = onOpen<Message>((link) => {
    link.send({ type: 'auth', access_token });
    return link.messages.pipe(
      tap(({ type, message }) => {
        if (type === 'auth_invalid') throw new WebSocketError(message!, { fatal: true });
      }),
      first(({ type }) => type === 'auth_ok'),
      tap(() => link.send({ id: nextId(), type: 'supported_features', features: { coalesce_messages: 1 } })),
    );
  });
  const codec = json<Message>({ split: (frame: Message | Message[]) => [frame].flat() });
  const feed = observeWebSocket({ url, codec }, logIn, heartbeat(), retryWithBackoff());
  const events = multiplex(feed, {
    idOf: ({ type, id }) => (type === 'event' ? id : undefined),
    subscribe: (event_type: string, id) => ({ id, type: 'subscribe_events', event_type }),
    unsubscribe: (_type, subscription) => ({ id: nextId(), type: 'unsubscribe_events', subscription }),
    answerOf: ({ type, id, error }) => (type === 'result' ? { id, error } : undefined),
    nextId,
  });
  const call = requestResponse(feed, { idOf: ({ id }) => id, errorOf: ({ error }) => error, nextId });
  return {
    feed,
    events: (type: string) => events(type).pipe(map(({ event }) => event!.data)),
    states: () => call((id) => ({ id, type: 'get_states' })).pipe(map(({ result }) => result)),
  };
}
