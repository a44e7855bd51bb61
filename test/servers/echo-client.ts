import { observeWebSocket } from '../../src/index.node.js';
import type { Codec, Supervision } from '../../src/index.node.js';
import type { Client, Payload } from './server-kind.js';

/** Passes frames on unchanged. */
const asItIs: Codec<Payload, Payload> = { encode: (payload) => payload, decode: (data) => data };

/** A client of servers that echo every message, and close at the message `go away`. */
export function echoClient(url: string, ...supervision: Supervision[]): Client {
  const connection = observeWebSocket<Payload>({ url, codec: asItIs }, ...supervision);
  return {
    connection,
    received: connection.messages,
    send: (payload) => connection.messages.next(payload),
    provoke: () => connection.messages.next('go away'),
  };
}
