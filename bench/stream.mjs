/* The protocol between the server and the clients. */

export const PAYLOAD_BYTES = 100;

/** The ids of messages run from 0 to CHUNK - 1, repeatedly. Counts are multiples of CHUNK. */
export const CHUNK = 500;

/** A message of `bytes` bytes as JSON. */
export function trade(id, bytes = PAYLOAD_BYTES) {
  const side = id % 3 ? 'buy' : 'sell';
  const made = { id, symbol: 'BTCEUR', price: 64000 + id / 8, size: id / 100, side, venue: '' };
  made.venue = 'x'.repeat(bytes - JSON.stringify(made).length);
  return made;
}

/** The sum of the ids of `count` messages, if none is lost. */
export function sumOfIds(count) {
  return (count / CHUNK) * ((CHUNK * (CHUNK - 1)) / 2);
}
