import ReconnectingWebSocket from 'reconnecting-websocket';
import { WebSocket } from 'ws';
import { follow, lacking, lacks } from './like-a-socket.mjs';

export const name = 'reconnecting-websocket';

export const settings = `\`minReconnectionDelay: 500\`, \`maxReconnectionDelay: 1000\`, \`connectionTimeout: 1500\`, ${lacks}`;

export const expected = {
  ...lacking,
  stalled: { always: ['crashed', 'never back'] },
  'sent-offline': { perhaps: ['left what keeps the process'] },
  'closed-while-connecting': { perhaps: ['crashed'] },
  'closed-while-waiting': { perhaps: ['left a connection', 'left what keeps the process', 'crashed'] },
  herd: { perhaps: ['crashed', 'too much: percent of the herd within 100 ms'] },
};

export function connect(url, handlers) {
  const options = { WebSocket, minReconnectionDelay: 500, maxReconnectionDelay: 1000, connectionTimeout: 1500 };
  return follow(new ReconnectingWebSocket(url, [], options), handlers);
}
