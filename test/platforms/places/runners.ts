import { readFileSync } from 'node:fs';
import type { Findings } from '../program/program.js';
import { Peer } from '../peer.js';
import { programOf, versionOf } from './packages.js';
import { OF_WS, STANDARD } from './place-kind.js';
import type { PlaceKind, Traits } from './place-kind.js';
import { run } from './processes.js';
import { bun, deno } from './runtimes.js';

/** A test runner, and an environment that it gives to tests. */
export interface RunnerKind extends Omit<PlaceKind, 'run'> {
  /** Runs users' tests and the program. Rejects with the output if a test fails. */
  run(home: string): Promise<{ readonly findings: Findings; readonly output: string }>;
}

type Command = (home: string) => string[];

const jest =
  (environment: string): Command =>
  (home) => [
    ...[process.execPath, programOf('jest', 'bin/jest.js'), '--rootDir', home, '--env', programOf(environment, '')],
    // The native WebSocket waits for silent peers.
    ...['--transform', '{}', '--testMatch', '**/*.test.cjs', '--watchman=false', '--forceExit', '--silent'],
  ];

const vitest =
  (environment: string): Command =>
  (home) => [
    ...[
      process.execPath,
      programOf('vitest', 'vitest.mjs'),
      'run',
      '--root',
      home,
      '--globals',
      '--environment',
      environment,
    ],
    'test.mjs',
  ];

function runner(
  name: string,
  command: Command,
  socket: string,
  transport: 'platform' | 'native',
  traits: Traits,
  version: () => string | undefined,
): RunnerKind {
  return {
    ...{ name, socket, traits, version },
    async run(home) {
      await using peer = await Peer.start(home);
      const found = `${home}/${name.replaceAll(/\W/g, '-')}-${transport}.json`;
      const output = await run(home, command(home), { PEER: peer.url, FINDINGS: found, TRANSPORT: transport });
      return { findings: JSON.parse(readFileSync(found, 'utf8')) as Findings, output };
    },
  };
}

const jestVersion = () => versionOf('jest');
const vitestVersion = () => versionOf('vitest');

export const runners: readonly RunnerKind[] = [
  runner('Jest, node', jest('jest-environment-node'), '`ws`', 'platform', OF_WS, jestVersion),
  runner(
    'Jest, jsdom',
    jest('jest-environment-jsdom'),
    "jsdom's",
    'platform',
    { ...STANDARD, page: true },
    jestVersion,
  ),
  runner('Vitest, jsdom', vitest('jsdom'), '`ws`', 'platform', { ...OF_WS, page: true }, vitestVersion),
  runner('Vitest, jsdom', vitest('jsdom'), "jsdom's", 'native', { ...STANDARD, page: true }, vitestVersion),
  runner('Vitest, happy-dom', vitest('happy-dom'), '`ws`', 'platform', { ...OF_WS, page: true }, vitestVersion),
];

/** The runners of Bun and Deno, for tests in virtual time. */
export const otherRunners: Record<string, string[]> = {
  'bun test': bun('test', './facts.test.mjs'),
  'deno test': deno('test', '--no-check', 'facts.test.mjs'),
};
