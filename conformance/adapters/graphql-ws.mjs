import { setTimeout as pass } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export const name = 'graphql-ws';

export const settings =
  '`keepAlive: 500` with the timeout of 500 ms that its recipes show, `retryAttempts: Infinity`, `shouldRetry: () => true`, `retryWait` 250 to 1000 ms with jitter, `connectionAckWaitTimeout: 1500`, on `ws`; a message is sent as a mutation; it has no flow control';

export const expected = {
  401: { always: ['did not stop'], perhaps: ['connected after its close'] },
  429: { always: ['came too early'] },
  'herd-429': { always: ['too much: attempts while refused'], perhaps: ['connected after its close'] },
  certificate: { perhaps: ['connected after its close'] },
  outbox: { always: ['too much: messages that waited'], perhaps: ['connected after its close'] },
  flapping: { always: ['stopped'] },
  'close-1011': { always: ['stopped'] },
  'healthy-1008': { always: ['stopped'] },
  'close-1013': { always: ['came too early'] },
  'always-4403': { always: ['did not stop'], perhaps: ['connected after its close'] },
  'wrong-key': { always: ['did not stop'], perhaps: ['connected after its close'] },
  stalled: { always: ['never back', 'left a connection', 'left what keeps the process'] },
  'half-open': { always: ['two connections', 'left a connection', 'left what keeps the process'] },
  'slow-uplink': {
    always: ['ended a live connection'],
    perhaps: ['two connections', 'left a connection', 'lost messages', 'doubled messages', 'reordered messages'],
  },
  'long-message': { perhaps: ['ended a live connection', 'lost messages'] },
  blocked: { perhaps: ['ended a live connection'] },
  frozen: { perhaps: ['ended a live connection'] },
  flood: { always: ['too much: messages that wait'], perhaps: ['too much: gaps'] },
  'closed-while-connecting': { always: ['left a connection', 'left what keeps the process'] },
  'closed-while-waiting': { perhaps: ['connected after its close'] },
  'close-unanswered': { always: ['left a connection', 'left what keeps the process'] },
};

const retryWait = (retries) => pass(Math.min(500 * 2 ** retries, 1000) * (0.5 + Math.random() / 2));

export function connect(url, { onOpen, onMessage, onClose, onGiveUp }) {
  let timeout;
  let isClosed = false;
  const giveUp = (reason) => isClosed || onGiveUp(String(reason?.message ?? reason?.code ?? reason));
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    keepAlive: 500,
    connectionAckWaitTimeout: 1500,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait,
    on: {
      connected: () => onOpen(),
      ping: (isReceived) => {
        if (!isReceived) timeout = setTimeout(() => client.terminate(), 500);
      },
      pong: () => clearTimeout(timeout),
      closed: ({ code, reason }) => {
        clearTimeout(timeout);
        onClose(code, reason);
      },
    },
  });
  const next = ({ data }) => onMessage(data.text);
  const sink = { next, error: giveUp, complete: () => giveUp('completed') };
  client.subscribe({ query: 'subscription { messages }' }, sink);
  return {
    send: (text) =>
      client.subscribe({ query: 'mutation { send }', variables: { text } }, { ...sink, next() {}, complete() {} }),
    close: () => {
      isClosed = true;
      // It rejects if an attempt that is under way fails.
      Promise.resolve(client.dispose()).catch(() => undefined);
    },
  };
}
