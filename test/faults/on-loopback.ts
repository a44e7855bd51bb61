import type { ServerOptions } from '../helpers/server.js';
import type { Expectation, Fault, Scene } from './fault.js';
import { CountingServer } from './servers/counting-server.js';

/** A fault on the loopback, between a client and a server in this process. */
export function onLoopback(
  happen: (server: CountingServer) => Pick<Scene, 'inflict' | 'heal' | 'ca'>,
  options?: ServerOptions,
): Fault['start'] {
  return async () => {
    const server = await CountingServer.start(options);
    return { url: () => server.url(), got: server.got, stop: () => server.stop(), ...happen(server) };
  };
}

/** All connections end, and handshakes fail until the fault is over. */
export function inHandshake(
  name: string,
  expected: Pick<Expectation, 'isFatal'> & Required<Pick<Expectation, 'meanwhile'>>,
  goWrong: (server: CountingServer['server']) => void,
): Fault {
  return {
    name,
    expected: { first: /^ConnectionClosedError 1006$/, ...expected },
    start: onLoopback(({ server }) => ({
      inflict: () => {
        goWrong(server);
        server.drop();
      },
      heal: () => server.accept(),
    })),
  };
}
