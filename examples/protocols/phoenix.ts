/* Phoenix channels: every message is an array of five, and each join has a number that all replies to it carry. */

import { filter, map } from 'rxjs';
import { heartbeat, multiplex, observeWebSocket, retryWithBackoff } from 'rxwire';

type Message = readonly [join: string | null, ref: string | null, topic: string, event: string, payload: unknown];
interface Reply {
  readonly status: 'ok' | 'error';
  readonly response: unknown;
}

export function phoenix(url: string) {
  const alive = heartbeat({
    ping: () => '[null,"beat","phoenix","heartbeat",{}]',
    isReply: (data) => String(data).startsWith('[null,"beat"'),
  });
  const feed = observeWebSocket<Message>(url, alive, retryWithBackoff());
  let last = 0;
  const topics = multiplex(feed, {
    keyOf: ([, , topic]) => topic,
    subscribe: (topic: string, id): Message => [id, id, topic, 'phx_join', {}],
    unsubscribe: (topic, id): Message => [id, id, topic, 'phx_leave', {}],
    answerOf([join, , , event, payload]) {
      const { status, response } = payload as Reply;
      if (event === 'phx_reply') return { id: join, error: status === 'error' ? response : undefined };
      return event === 'phx_close' ? { id: join, done: true } : undefined;
    },
    nextId: () => String(++last),
  });
  const events = (topic: string, name: string) =>
    topics(topic).pipe(
      filter(([, , , event]) => event === name),
      map(([, , , , payload]) => payload),
    );
  return { feed, events };
}
