import { fork } from 'node:child_process';
import { once } from 'node:events';

/** The process of the server. It can be killed, and started again on the same port. */
export class ServerProcess {
  #child;
  #port = 0;

  get url() {
    return `ws://127.0.0.1:${this.#port}`;
  }

  async start() {
    this.#child = fork(new URL('server.mjs', import.meta.url), [String(this.#port)]);
    const [{ port }] = await once(this.#child, 'message');
    this.#port = port;
  }

  /** Kills it with SIGKILL: the kernel closes its sockets. */
  async kill() {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** The number of its TCP connections. */
  async connections() {
    this.#child.send('connections');
    const [{ connections }] = await once(this.#child, 'message');
    return connections;
  }
}
