/* Pusher: private channels, each signed by your own server for the socket id of this very connection. */

import { first, tap } from 'rxjs';
import { fatalCloseCodes, heartbeat, multiplex, observeWebSocket, onOpen, retryWithBackoff, stopOnFatalClose } from 'rxwire'; // prettier-ignore

interface Message {
  readonly event: string;
  readonly channel?: string;
  readonly data?: unknown; // JSON in JSON, mostly
}

type Sign = (socketId: string, channel: string) => Promise<string>;

export function pusher(url: string, sign: Sign) {
  let socketId = '';
  const established = onOpen<Message>((link) =>
    link.messages.pipe(
      first(({ event }) => event === 'pusher:connection_established'),
      tap(({ data }) => (socketId = (JSON.parse(data as string) as { socket_id: string }).socket_id)),
    ),
  );
  const alive = heartbeat({
    ping: () => '{"event":"pusher:ping","data":{}}',
    isReply: (data) => String(data).startsWith('{"event":"pusher:pong"'),
  });
  const fatal = stopOnFatalClose({ codes: fatalCloseCodes.pusher });
  const feed = observeWebSocket<Message, unknown>(url, established, alive, fatal, retryWithBackoff());
  const channels = multiplex(feed, {
    keyOf: ({ channel }) => channel,
    subscribe: async (channel: string) => ({
      event: 'pusher:subscribe',
      data: { channel, auth: await sign(socketId, channel) },
    }),
    unsubscribe: (channel) => ({ event: 'pusher:unsubscribe', data: { channel } }),
    answerOf({ event, channel: key, data }) {
      if (event === 'pusher_internal:subscription_succeeded') return { key };
      return event === 'pusher:subscription_error' ? { key, error: data } : undefined;
    },
  });
  return { feed, channel: channels };
}
