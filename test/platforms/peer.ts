import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Child } from '../helpers/child.js';

/** The server of one run, in a process of its own. */
export class Peer extends Child implements AsyncDisposable {
  protected readonly process: ChildProcess;
  readonly #port: number;

  private constructor(process: ChildProcess, port: number) {
    super();
    this.process = process;
    this.#port = port;
  }

  /** @param home the folder whose scripts it serves */
  static async start(home: string): Promise<Peer> {
    const process = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), [home], { execArgv: [] });
    const [{ port }] = (await once(process, 'message')) as [{ port: number }];
    return new Peer(process, port);
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** The address of a page, by the name of its script. */
  page(name: string, query: Record<string, string>): string {
    return `http://127.0.0.1:${this.#port}/${name}?${new URLSearchParams(query)}`;
  }

  /** What a page posts under this name. */
  report(name: string): Promise<unknown> {
    return new Promise((resolve) => {
      this.process.on('message', (message: { report?: string; body: string }) => {
        if (message.report === name) resolve(JSON.parse(message.body));
      });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
