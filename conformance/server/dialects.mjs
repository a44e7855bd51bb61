/**
 * How messages look on the wire. Most clients send and receive plain text; a client of a protocol of its own has to
 * agree on it first.
 *
 * @typedef {object} Dialect
 * @property {(text: string) => void} receive a text frame of the client
 * @property {(text: string) => string} encode a message for the client
 */

/**
 * Every text frame is a message.
 *
 * @param {import('./peer.mjs').Peer} peer
 * @returns {Dialect}
 */
export function plain(peer) {
  peer.isReady = true;
  return { receive: (text) => peer.take(text), encode: (text) => text };
}

/**
 * The protocol graphql-transport-ws: one subscription brings the messages to the client, each of its messages is a
 * mutation.
 *
 * @param {import('./peer.mjs').Peer} peer
 * @returns {Dialect}
 */
export function graphql(peer) {
  let subscription;
  const reply = (message) => peer.write(JSON.stringify(message));
  const next = (id, text) => ({ id, type: 'next', payload: { data: { text } } });

  return {
    receive(text) {
      const { type, id, payload } = JSON.parse(text);
      if (type === 'connection_init') reply({ type: 'connection_ack' });
      if (type === 'ping') reply({ type: 'pong' });
      if (type !== 'subscribe') return;
      if (payload.query.startsWith('mutation')) {
        peer.take(payload.variables.text);
        reply(next(id, 'taken'));
        reply({ id, type: 'complete' });
      } else {
        subscription = id;
        peer.isReady = true;
        peer.onReady();
      }
    },
    encode: (text) => JSON.stringify(next(subscription, text)),
  };
}

/** The subprotocols that need more than plain text. */
export const dialects = new Map([['graphql-transport-ws', graphql]]);
