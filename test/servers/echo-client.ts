import { observeWebSocket } from '../../src/index.node.js';
import type { Codec, Supervision } from '../../src/index.node.js';
import type { Client, Payload } from './server-kind.js';

/** Frames are what is said and heard. */
const asItIs: Codec<Payload, Payload> = { encode: (payload) => payload, decode: (data) => data };

/** A client of servers that send every message back, and close on a word. */
export function echoClient(url: string, ...supervision: Supervision[]): Client {
  const connection = observeWebSocket<Payload>({ url, codec: asItIs }, ...supervision);
  return {
    connection,
    heard: connection.messages,
    say: (payload) => connection.messages.next(payload),
    provoke: () => connection.messages.next('go away'),
  };
}
