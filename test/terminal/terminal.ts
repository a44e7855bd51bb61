import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, onTestFinished } from 'vitest';

const execute = promisify(execFile);

/** A program in a terminal of tmux, with its own server, which ends with the test. */
export class Terminal {
  readonly #server = `rxwire-${randomUUID()}`;

  /** Starts a shell command. Its exit status is shown when it has ended. */
  static async run(command: string, { columns = 60, rows = 16 } = {}): Promise<Terminal> {
    const terminal = new Terminal();
    onTestFinished(async () => {
      await terminal.#tmux('kill-server').catch(() => undefined); // it may have ended by itself
    });
    const shown = `printf 'shell\\n'; ${command}; echo "status $?"; read -r _`;
    await terminal.#tmux(
      ...['-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, '-s', 'test', shown],
    );
    return terminal;
  }

  /** Types text. */
  async type(text: string): Promise<void> {
    await this.#tmux('send-keys', '-t', 'test', '-l', text);
  }

  /** Presses keys, by the names of tmux. */
  async press(...keys: string[]): Promise<void> {
    await this.#tmux('send-keys', '-t', 'test', ...keys);
  }

  /** Hangs up. */
  async closeWindow(): Promise<void> {
    await this.#tmux('kill-window', '-t', 'test');
  }

  async resize(columns: number, rows = 16): Promise<void> {
    await this.#tmux('resize-window', '-t', 'test', '-x', `${columns}`, '-y', `${rows}`);
  }

  /** The rows of the screen down to the last one that is not empty. @param escapes with codes for colours */
  async screen(escapes = false): Promise<string[]> {
    const text = await this.#tmux('capture-pane', '-p', '-t', 'test', ...(escapes ? ['-e'] : []));
    return text.trimEnd().split('\n');
  }

  /** Waits until the last rows of the screen are these. */
  async shows(...rows: readonly (string | RegExp)[]): Promise<void> {
    await expect
      .poll(() => this.screen().then((screen) => screen.slice(-rows.length)), { timeout: 15_000 })
      .toEqual(rows.map((row) => (typeof row === 'string' ? row : (expect.stringMatching(row) as string))));
  }

  async #tmux(...args: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, LANG: 'C.UTF-8', TERM: 'xterm-256color' };
    return (await execute('tmux', ['-L', this.#server, ...args], { env })).stdout;
  }
}
