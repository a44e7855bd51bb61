import { afterAll } from 'vitest';
import { nativeTransport, observeWebSocket } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { playCases } from './client.js';
import { conforms } from './conforms.js';
import { places } from './places.js';
import { ConformanceServer } from './server.js';

const server = await ConformanceServer.start();
afterAll(() => server[Symbol.asyncDispose]());

conforms(places.ws, (group) => playCases(observeWebSocket, server.origin, wsTransport(), group));
conforms(places.wsCompressed, (group) =>
  playCases(observeWebSocket, server.origin, wsTransport({ perMessageDeflate: true }), group),
);
// The socket of another release may do other things otherwise.
if (process.version.startsWith('v20.')) {
  conforms(places.node, (group) => playCases(observeWebSocket, server.origin, nativeTransport(), group));
}
