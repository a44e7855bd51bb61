import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';

/** What readline draws on: a terminal that can be muted. It does not report resizes, because the screen draws then. */
export class PromptOutput extends Writable {
  readonly isTTY = true;
  isMuted = false;
  readonly #terminal: WriteStream;

  constructor(terminal: WriteStream) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  override _write(chunk: string | Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#terminal.write(chunk);
    done();
  }
}
