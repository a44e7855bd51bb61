/* What the server and the clients of the rows with messages agree on. */

export const PAYLOAD_BYTES = 100;

/** The ids of the messages go from 0 to CHUNK - 1, over and over; counts are multiples of it. */
export const CHUNK = 500;

/** A message that takes `bytes` as JSON. */
export function trade(id, bytes = PAYLOAD_BYTES) {
  const side = id % 3 ? 'buy' : 'sell';
  const made = { id, symbol: 'BTCEUR', price: 64000 + id / 8, size: id / 100, side, venue: '' };
  made.venue = 'x'.repeat(bytes - JSON.stringify(made).length);
  return made;
}

/** The sum of the ids of `count` messages: what one that lost none has counted. */
export function sumOfIds(count) {
  return (count / CHUNK) * ((CHUNK * (CHUNK - 1)) / 2);
}
