import type { Fault, FaultGroup, Scene } from './fault.js';
import { CountingServer } from './servers/counting-server.js';
import { haproxy, nginx, Proxy } from './servers/proxy.js';
import type { ProxyKind } from './servers/proxy.js';

/** A fault of a proxy, or of the server behind it. */
function behind(
  kind: ProxyKind,
  happen: (proxy: Proxy, server: CountingServer) => Pick<Scene, 'inflict' | 'heal'>,
  idle = 3_600_000,
): Fault['start'] {
  return async () => {
    const server = await CountingServer.start();
    const proxy = await Proxy.start(kind, server.port, idle);
    return {
      url: () => proxy.url(),
      got: server.got,
      stop: () => Promise.all([proxy.stop(), server.stop()]),
      ...happen(proxy, server),
    };
  };
}

const faultsOf = (kind: ProxyKind, whenUpstreamIsDead: number): readonly Fault[] => [
  {
    name: `${kind.name} finds a connection idle`,
    isQuiet: true,
    expected: { first: /^ConnectionClosedError 1006$/ },
    start: behind(kind, (_, server) => ({ inflict: () => server.newest.fallSilent() }), 500),
  },
  {
    name: `the server behind ${kind.name} is dead`,
    expected: {
      first: /^ConnectionClosedError 1006$/,
      meanwhile: new RegExp(`^HandshakeError ${whenUpstreamIsDead}$`),
    },
    start: behind(kind, (_, server) => ({ inflict: () => server.stop(), heal: () => server.restart() })),
  },
  {
    name: `${kind.name} is reloaded`,
    expected: { first: /^ConnectionClosedError 1006$/ },
    start: behind(kind, (proxy) => ({ inflict: () => proxy.reload() })),
  },
];

export const proxies: FaultGroup = { title: 'Proxies', faults: [...faultsOf(nginx, 502), ...faultsOf(haproxy, 503)] };
