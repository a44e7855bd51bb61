import type { Fault, FaultGroup, Scene } from './fault.js';
import { command } from './servers/command.js';
import { CountingProcess } from './servers/counting-process.js';
import { OwnNetwork } from './servers/own-network.js';

/** A fault of a server in a process of its own. */
function inProcess(happen: (server: CountingProcess) => Pick<Scene, 'inflict' | 'heal'> & Partial<Scene>) {
  return async (): Promise<Scene> => {
    const server = await CountingProcess.start();
    return { url: () => server.url(), got: server.got, stop: () => server.kill(), ...happen(server) };
  };
}

/** A fault of the network between the client and a server. */
function behindCable(happen: (network: OwnNetwork) => Pick<Scene, 'inflict' | 'heal'>) {
  return async (): Promise<Scene> => {
    const network = await OwnNetwork.start();
    const { got } = network.server;
    return { url: () => network.url, got, stop: () => network.stop(), ...happen(network) };
  };
}

const silent = { first: /^HeartbeatTimeoutError$/, meanwhile: /^(ConnectTimeoutError|HandshakeError EHOSTUNREACH)$/ };

const faults: readonly Fault[] = [
  {
    name: 'the server is killed (SIGKILL)',
    expected: { first: /^ConnectionClosedError 1006$/, meanwhile: /^HandshakeError ECONNREFUSED$/ },
    start: inProcess((server) => ({ inflict: () => server.kill(), heal: () => server.run() })),
  },
  {
    name: 'the server is stopped (SIGSTOP) and continued',
    expected: silent,
    start: inProcess((server) => ({ inflict: () => server.freeze(), heal: () => server.thaw() })),
  },
  {
    name: 'the connection is reset (ss -K)',
    expected: { first: /^ConnectionClosedError 1006$/ },
    start: inProcess(({ port }) => ({ inflict: () => command(`ss -K dst 127.0.0.1 dport = :${port}`) })),
  },
  {
    name: 'packets are dropped in both directions',
    expected: silent,
    start: behindCable((network) => ({
      inflict: () => network.drop('input').then(() => network.drop('output')),
      heal: () => network.passAll(),
    })),
  },
  {
    name: 'packets to the server are dropped',
    expected: silent,
    start: behindCable((network) => ({ inflict: () => network.drop('input'), heal: () => network.passAll() })),
  },
  {
    name: 'packets from the server are dropped',
    expected: silent,
    start: behindCable((network) => ({ inflict: () => network.drop('output'), heal: () => network.passAll() })),
  },
  {
    name: '30 % of all packets are lost',
    expected: { first: silent.first, meanwhile: /^(ConnectTimeoutError|HeartbeatTimeoutError)$/, perhaps: true },
    start: behindCable((network) => ({
      inflict: () =>
        network
          .drop('input', 'numgen random mod 100 < 30')
          .then(() => network.drop('output', 'numgen random mod 100 < 30')),
      heal: () => network.passAll(),
    })),
  },
  {
    name: 'the link is throttled below what is sent',
    expected: { first: silent.first, meanwhile: /^(ConnectTimeoutError|HeartbeatTimeoutError)$/, perhaps: true },
    start: behindCable((network) => ({ inflict: () => network.throttle('32kbit'), heal: () => network.unthrottle() })),
  },
  {
    name: 'the link goes down and up',
    expected: silent,
    start: behindCable((network) => ({ inflict: () => network.link('down'), heal: () => network.link('up') })),
  },
  {
    name: 'the connection is reset, and SYNs are dropped',
    expected: { first: /^ConnectionClosedError 1006$/, meanwhile: /^ConnectTimeoutError$/ },
    start: behindCable((network) => ({
      inflict: () => network.drop('input', 'tcp flags & (syn|ack) == syn').then(() => network.reset()),
      heal: () => network.passAll(),
    })),
  },
  {
    name: 'no route leads to the server',
    expected: { first: silent.first, meanwhile: /^HandshakeError EHOSTUNREACH$/ },
    start: behindCable((network) => ({ inflict: () => network.loseRoute(), heal: () => network.findRoute() })),
  },
  {
    name: 'the connection is reset, and the name is not found (DNS)',
    expected: { first: /^ConnectionClosedError 1006$/, meanwhile: /^HandshakeError (ENOTFOUND|EAI_AGAIN)$/ },
    start: inProcess((server) => {
      let url = server.url();
      return {
        url: () => url,
        inflict: () => {
          url = 'ws://nosuchhost.invalid';
          return command(`ss -K dst 127.0.0.1 dport = :${server.port}`);
        },
        heal: () => (url = server.url()),
      };
    }),
  },
];

export const network: FaultGroup = { title: 'The network, and the machine behind it', faults };
