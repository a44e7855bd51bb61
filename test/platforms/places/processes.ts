import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Findings } from '../program/program.js';
import { Peer } from '../peer.js';

/** The environment of a process: nothing of ours. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };

/** Runs a command to its end. @returns what it printed; rejects with that where it fails */
export async function run(home: string, command: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<string> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd: home, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${command.join(' ')} exits with ${status}:\n${output}`);
  return output;
}

/**
 * Runs the program as a process.
 *
 * @param ends whether the process ends by itself; else the connections to silent peers keep it
 */
export async function runProcess(
  home: string,
  command: readonly string[],
  transport: 'platform' | 'native' | 'undici' | 'ws',
  ends: boolean,
): Promise<Findings> {
  await using peer = await Peer.start(home);
  const [file, ...args] = [...command, `${home}/process.mjs`, peer.url, transport];
  const child = spawn(file, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const findings = JSON.parse(await lineOf(child)) as Findings;
  if (!ends) child.kill('SIGKILL');
  const [status, signal] = (await ended) as [number | null, string | null];
  if (status !== (ends ? 0 : null)) throw new Error(`The program ends with ${status ?? signal}.`);
  return findings;
}

/** The first line that a process prints, or what it printed before it ended. */
function lineOf({ stdout }: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve) => {
    stdout!.on('data', (data: Buffer) => {
      printed += data.toString();
      if (printed.endsWith('\n')) resolve(printed);
    });
    stdout!.on('end', () => resolve(printed));
  });
}
