import { retry } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';

export const name = 'rxjs/webSocket';

export const settings = '`retry({ delay: 500 })`, on `ws`; it has no heartbeat, no connect timeout and no flow control';

export const expected = {
  401: { always: ['did not stop'] },
  429: { always: ['came too early'] },
  'herd-429': { always: ['too much: attempts while refused'] },
  deploy: { always: ['stopped'] },
  flapping: { always: ['stopped'] },
  'close-1000': { always: ['stopped'] },
  'close-1001': { always: ['stopped'] },
  'close-1011': { always: ['stopped'] },
  'close-4000': { always: ['stopped'] },
  'close-1013': { always: ['stopped'] },
  'last-words': { always: ['stopped'] },
  'healthy-1008': { always: ['stopped'] },
  'wrong-key': { always: ['did not stop'] },
  stalled: { always: ['never back'] },
  'half-open': { always: ['never noticed', 'never back', 'left a connection', 'left what keeps the process'] },
  'sent-offline': { always: ['lost messages'] },
  flood: { always: ['too much: messages that wait'] },
  'closed-while-waiting': { perhaps: ['left a connection', 'left what keeps the process'] },
  'close-unanswered': { always: ['left a connection', 'left what keeps the process'] },
  herd: { always: ['too much: percent of the herd within 100 ms'] },
};

export function connect(url, { onOpen, onMessage, onClose, onGiveUp }) {
  const socket = webSocket({
    url,
    WebSocketCtor: WebSocket,
    serializer: (message) => message,
    deserializer: ({ data }) => data,
    openObserver: { next: onOpen },
    closeObserver: { next: ({ code, reason }) => onClose(code, reason) },
  });
  const subscription = socket.pipe(retry({ delay: 500 })).subscribe({
    next: onMessage,
    error: (error) => onGiveUp(error.message),
    complete: () => onGiveUp('completed'),
  });
  return { send: (message) => socket.next(message), close: () => subscription.unsubscribe() };
}
