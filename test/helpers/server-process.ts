import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { collectGarbageOf } from './leftovers.js';

const PROGRAM = fileURLToPath(new URL('../integration/fixtures/streaming-server.mjs', import.meta.url));

/** A server in a process of its own, which streams numbers. */
export class ServerProcess {
  /** Whether a client is left cannot be seen from here. */
  readonly clients = 0;
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  static async start({ port = 0 } = {}): Promise<ServerProcess> {
    const child = fork(PROGRAM, [String(port)]);
    const [listeningAt] = (await once(child, 'message')) as [number];
    const server = new ServerProcess(child, listeningAt);
    collectGarbageOf(server);
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** No goodbye: the kernel closes its sockets. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }

  /** Its sockets stay open, and nobody is behind them. */
  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  stop(): Promise<void> {
    return this.kill();
  }
}
