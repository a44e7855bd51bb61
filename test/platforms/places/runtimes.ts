import { programOf, versionOf } from './packages.js';
import { OF_WS, STANDARD } from './place-kind.js';
import type { PlaceKind, Traits } from './place-kind.js';
import { runProcess } from './processes.js';

const node = (release: string): string => `node-${release}`;

/** Node on `ws`, as it comes; and on its own WebSocket, where it has one. */
const nodes = ['20', '22', '24', 'newest'].flatMap((release): PlaceKind[] => {
  const version = () => versionOf(node(release));
  const command = [programOf(node(release), 'bin/node')];
  const name = `Node ${release === 'newest' ? '(the newest)' : release}`;
  const onWs: PlaceKind = {
    ...{ name, version, socket: '`ws`', traits: OF_WS },
    run: (home) => runProcess(home, command, 'platform', true),
  };
  const onItsOwn: PlaceKind = {
    ...{ name, version, socket: 'its own, by `nativeTransport()`', traits: STANDARD },
    run: (home) => runProcess(home, command, 'native', false),
  };
  const onUndici: PlaceKind = {
    ...{ name, version, socket: "undici's, by `create`", traits: { ...STANDARD, headers: true } },
    run: (home) => runProcess(home, command, 'undici', false),
  };
  return release === '20' ? [onWs, onUndici] : [onWs, onItsOwn];
});

const BUN = [programOf('bun', 'bin/bun.exe')];
const DENO = [programOf('deno', 'deno'), 'run', '-A', '--no-lock'];

export const bun = (...args: string[]): string[] => [...BUN, ...args];
export const deno = (command: 'run' | 'test', ...args: string[]): string[] => [
  ...[DENO[0]!, command, '-A', '--no-lock'],
  ...args,
];

const other = (
  name: string,
  command: readonly string[],
  socket: string,
  transport: 'platform' | 'ws',
  traits: Traits,
): PlaceKind => ({
  ...{ name, socket, traits, version: () => versionOf(name.toLowerCase()) },
  run: (home) => runProcess(home, command, transport, traits.ends),
});

export const runtimes: readonly PlaceKind[] = [
  ...nodes,
  other('Bun', BUN, 'its own', 'platform', { ...OF_WS, answer: false }),
  other('Bun', BUN, 'its own `ws`, by `wsTransport()`', 'ws', OF_WS),
  other('Deno', DENO, 'its own', 'platform', { ...STANDARD, headers: true }),
  other('Deno', DENO, '`ws`, by `wsTransport()`', 'ws', OF_WS),
];
