import { WebSocket as PartySocket } from 'partysocket';
import { WebSocket } from 'ws';
import { follow, lacking, lacks } from './like-a-socket.mjs';

export const name = 'partysocket';

export const settings = `\`minReconnectionDelay: 500\`, \`maxReconnectionDelay: 1000\`, \`connectionTimeout: 1500\`, ${lacks}`;

export const expected = {
  ...lacking,
  'closed-while-waiting': { perhaps: ['left a connection', 'left what keeps the process'] },
  herd: { always: ['too much: percent of the herd within 100 ms'] },
};

export function connect(url, handlers) {
  const options = { WebSocket, minReconnectionDelay: 500, maxReconnectionDelay: 1000, connectionTimeout: 1500 };
  return follow(new PartySocket(url, [], options), handlers);
}
