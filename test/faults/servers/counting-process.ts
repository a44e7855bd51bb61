import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Child } from '../../helpers/child.js';
import type { Ledger } from '../fault.js';

const PROGRAM = fileURLToPath(new URL('counting-program.mjs', import.meta.url));

/** A counting server in a process of its own. */
export class CountingProcess extends Child {
  readonly got: Ledger = new Map();
  /** Whether it has a network namespace of its own, which ends with it. */
  readonly #isApart: boolean;
  protected process!: ChildProcess;
  port = 0;

  private constructor(isApart: boolean) {
    super();
    this.#isApart = isApart;
  }

  static async start({ isApart = false } = {}): Promise<CountingProcess> {
    const server = new CountingProcess(isApart);
    await server.run();
    return server;
  }

  url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Runs it, on its previous port if it ran before. */
  async run(): Promise<void> {
    const node = [process.execPath, PROGRAM, this.#isApart ? '0.0.0.0' : '127.0.0.1', String(this.port)];
    const [program, ...args] = this.#isApart ? ['unshare', '--net', ...node] : node;
    const child = spawn(program!, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.process = child;
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    this.port = port;
    child.on('message', ({ attempt, got }: { attempt: number; got: number }) => {
      if (!this.got.has(attempt)) this.got.set(attempt, []);
      this.got.get(attempt)!.push(got);
    });
  }
}
