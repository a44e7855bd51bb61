/**
 * What adapters of clients with the interface of a WebSocket have in common.
 *
 * @param {WebSocket} socket
 * @param {import('../runner/adapter.mjs').Handlers} handlers
 */
export function follow(socket, { onOpen, onMessage, onClose }) {
  socket.onopen = () => onOpen();
  socket.onmessage = ({ data }) => onMessage(data);
  socket.onclose = ({ code, reason }) => onClose(code, reason);
  socket.onerror = () => undefined;
  return { send: (message) => socket.send(message), close: () => socket.close() };
}

/** What such a client lacks by design, for its settings. */
export const lacks = 'on `ws`; it has no heartbeat, no flow control and no codes that stop it';

/** What is found in each of them, because it lacks that. */
export const lacking = {
  401: { always: ['did not stop'] },
  429: { always: ['came too early'] },
  'herd-429': { always: ['too much: attempts while refused'] },
  'close-1013': { always: ['came too early'] },
  'wrong-key': { always: ['did not stop'] },
  'always-1008': { always: ['did not stop'] },
  'always-4401': { always: ['did not stop'] },
  'always-4403': { always: ['did not stop'] },
  'half-open': { always: ['never noticed', 'never back', 'left a connection', 'left what keeps the process'] },
  flood: { always: ['too much: messages that wait'] },
  outbox: { always: ['too much: messages that waited'] },
  'close-unanswered': { always: ['left a connection', 'left what keeps the process'] },
};
