/* What server and client of the streamed rows agree on. */

export const PAYLOAD_BYTES = 100;

/** The ids of the messages go from 0 to CHUNK - 1, over and over; counts are multiples of it. */
export const CHUNK = 500;

/** The sum of the ids of `count` messages: what a client that lost none has counted. */
export function sumOfIds(count) {
  return (count / CHUNK) * ((CHUNK * (CHUNK - 1)) / 2);
}
