import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Child } from './child.js';
import { collectGarbageOf } from './leftovers.js';

const fixture = (name: string) => fileURLToPath(new URL(`../integration/fixtures/${name}.mjs`, import.meta.url));

/** A server in a process of its own; unless its program is another one, it streams numbers. */
export class ServerProcess extends Child {
  /** Whether a client is left cannot be seen from here. */
  readonly clients = 0;
  readonly port: number;
  protected readonly process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    super();
    this.process = process;
    this.port = port;
  }

  static async start({ port = 0, program = 'streaming-server' } = {}): Promise<ServerProcess> {
    const child = fork(fixture(program), [String(port)]);
    const [listeningAt] = (await once(child, 'message')) as [number];
    const server = new ServerProcess(child, listeningAt);
    collectGarbageOf(server);
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  stop(): Promise<void> {
    return this.kill();
  }
}
