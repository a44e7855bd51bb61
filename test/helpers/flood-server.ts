import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { collectGarbageOf } from './leftovers.js';

/** What a flooding server saw of its client. */
export interface Flooding {
  readonly sent: number;
  /** How many messages it was ahead of what was worked through, at the most. */
  readonly ahead: number;
  /** How many bytes waited in its own process because they were not read, at the most. */
  readonly buffered: number;
  /** How many messages it was told were worked through. */
  readonly done: number;
}

const fixture = (name: string) => fileURLToPath(new URL(`../integration/fixtures/${name}`, import.meta.url));

/** A Python that has the `websockets` library. */
const python = ['python3', '/usr/bin/python3'].find((path) => {
  try {
    execFileSync(path, ['-c', 'import websockets'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

/** Wherever it is installed, and where tests are not allowed to be left out. */
export const wantsPython = python !== undefined || process.env.CI !== undefined;

const COMMANDS = {
  ws: () => [process.execPath, fixture('flood-server.mjs')],
  'Python websockets': () => [python ?? 'python3', fixture('flood-server.py')],
};

/** A server in a process of its own that sends numbers as fast as they are taken. */
export class FloodServer {
  /** Whether a client is left cannot be seen from here. */
  readonly clients = 0;
  /** What it saw of its client, once that has left. */
  readonly report: Promise<Flooding>;
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: string, report: Promise<Flooding>) {
    this.#process = process;
    this.url = `ws://127.0.0.1:${port}`;
    this.report = report;
  }

  static async start(kind: keyof typeof COMMANDS, count: number): Promise<FloodServer> {
    const [program, ...args] = COMMANDS[kind]();
    const child = spawn(program!, [...args, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    const ended = once(lines, 'close').then(() => Promise.reject(new Error(`${program} ended before it listened.`)));
    const [port] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    const report = once(lines, 'line').then(([line]) => JSON.parse(line as string) as Flooding);
    const server = new FloodServer(child, port, report);
    collectGarbageOf(server);
    return server;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
