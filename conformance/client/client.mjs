import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HOST = fileURLToPath(new URL('host.mjs', import.meta.url));

/** @typedef {{ at: number, saw: string, id?: number, text?: string, code?: number, reason?: string }} Event */

/** A client in a process of its own. */
export class Client {
  /** What it reported. @type {Event[]} */
  events = [];
  /** Its exit, once it has ended. @type {{ code: number | null, signal: string | null, stderr: string } | undefined} */
  exit;
  #process;
  #stderr = '';

  /** @param {import('../runner/adapter.mjs').Adapter} adapter @param {Record<string, string>} env */
  constructor({ path, command: [program, ...args] = [process.execPath, HOST, path], env: own }, env = {}) {
    this.#process = spawn(program, args, { env: { ...process.env, ...own, ...env } });
    this.#process.stdin.on('error', () => {});
    this.#process.stderr.on('data', (data) => (this.#stderr += data));
    this.#process.on('exit', (code, signal) => (this.exit = { code, signal, stderr: this.#stderr }));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.events.push({ at: performance.now(), ...JSON.parse(line) });
    });
  }

  /** @param {{ do: string, [argument: string]: unknown }} command */
  do(command) {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** Everything of a kind that it reported, since a moment. */
  saw(kind, since = 0) {
    return this.events.filter(({ saw, at }) => saw === kind && at >= since);
  }

  /** Gives no more commands: the process has to end by itself. */
  finish() {
    this.#process.stdin.end();
  }

  freeze() {
    this.#process.kill('SIGSTOP');
  }

  thaw() {
    this.#process.kill('SIGCONT');
  }

  kill() {
    this.#process.kill('SIGKILL');
  }
}
