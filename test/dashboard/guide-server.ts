import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../examples/angular-guide/', import.meta.url));

/** The server of docs/angular.md, in a process of its own, which can be killed and started again. */
export class GuideServer {
  readonly #seconds: number;
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Starts one for the duration of a test. @param seconds that an access token lives */
  static async start(seconds = 600): Promise<GuideServer> {
    const server = new GuideServer(seconds);
    onTestFinished(() => server.kill());
    await server.start();
    return server;
  }

  get url(): string {
    return `http://localhost:${this.#port}/`;
  }

  /** On the port that it had before. */
  async start(): Promise<void> {
    const args = ['server.mjs', `${this.#port}`, `${this.#seconds}`];
    const child = spawn(process.execPath, args, { cwd: FOLDER, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    for await (const line of createInterface({ input: child.stdout })) {
      this.#port = Number(new URL(line).port);
      return;
    }
    throw new Error('The server did not start.');
  }

  /** As when its machine loses power. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.kill('SIGKILL')) await once(child, 'exit');
  }
}
