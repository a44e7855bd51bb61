import { ReconnectingWebSocket } from '@nktkas/rews';
import { WebSocket } from 'ws';
import { follow, lacking, lacks } from './like-a-socket.mjs';

export const name = '@nktkas/rews';

export const settings = `\`maxRetries: Infinity\` (its default is 3), \`reconnectionDelay: (n) => Math.min(500 * 2 ** n, 1000)\`, \`connectionTimeout: 1500\`, ${lacks}`;

export const expected = {
  ...lacking,
  herd: { always: ['too much: percent of the herd within 100 ms'] },
};

export function connect(url, handlers) {
  const socket = new ReconnectingWebSocket(url, [], {
    WebSocket,
    maxRetries: Infinity,
    connectionTimeout: 1500,
    reconnectionDelay: (n) => Math.min(500 * 2 ** n, 1000),
  });
  let isClosed = false;
  socket.addEventListener('terminate', ({ detail }) => isClosed || handlers.onGiveUp(detail.code));
  const session = follow(socket, handlers);
  return {
    ...session,
    close: () => {
      isClosed = true;
      session.close();
    },
  };
}
