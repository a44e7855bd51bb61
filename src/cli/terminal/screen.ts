import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import type { Interface } from 'node:readline';
import type { WriteStream } from 'node:tty';
import type { PromptOutput } from './prompt-output.js';

/** A text for one row: what is visible of it, and what puts it in colour. */
export interface StatusLine {
  readonly text: string;
  readonly paint: (visible: string) => string;
}

/**
 * The last rows of a terminal: a status line, and below it the prompt of a readline with what is being typed. What is
 * written goes above both. All moves are relative to the cursor, so that what was printed scrolls as it always does.
 */
export class Screen {
  readonly #readline: Interface;
  readonly #output: WriteStream;
  readonly #promptOutput: PromptOutput;
  #status: StatusLine | undefined;
  /** The width of the visible status line; 0 if there is none. */
  #statusWidth = 0;
  #isDrawn = false;

  constructor(readline: Interface, output: WriteStream, promptOutput: PromptOutput) {
    this.#readline = readline;
    this.#output = output;
    this.#promptOutput = promptOutput;
  }

  /** Shows the prompt for the first time, or again below what others have written. */
  draw(): void {
    this.#isDrawn = true;
    this.#lay();
  }

  /** Writes lines above the status line. */
  write(lines: string): void {
    if (this.#isDrawn) this.#lift();
    this.#output.write(lines);
    if (this.#isDrawn) this.#lay();
  }

  /** Replaces the status line. */
  set status(status: StatusLine) {
    if (status.text === this.#status?.text) return;
    if (this.#isDrawn) this.#lift();
    this.#status = status;
    if (this.#isDrawn) this.#lay();
  }

  /**
   * Called when a line was entered, with the cursor below it.
   *
   * @param rows how many rows the line had
   * @param shown is left in its place
   */
  entered(rows: number, shown: string): void {
    this.#clearFrom(rows);
    this.#output.write(shown);
    this.#lay();
  }

  /** Draws in the new size. By then terminals have wrapped all lines anew, the status line too. */
  resized(): void {
    if (!this.#isDrawn) return;
    this.#lift();
    this.#lay();
  }

  /** Called when readline has cleared the terminal, and the status line with it. */
  cleared(): void {
    this.#statusWidth = 0;
    this.resized();
  }

  /** Called before keys. Of pasted text readline does not note in which row the cursor is. */
  beforeKeys(): void {
    if (!this.#isDrawn) return; // nothing is typed any more
    this.#promptOutput.isMuted = true;
    this.#readline.prompt(true);
    this.#promptOutput.isMuted = false;
  }

  /** Called after keys. Behind pasted text that fills a row, the cursor is still in it. */
  afterKeys(): void {
    const { rows, cols } = this.#readline.getCursorPos();
    if (this.#isDrawn && rows > 0 && cols === 0) this.#output.write(' \r');
  }

  /** Takes the status line and the prompt away. */
  remove(): void {
    if (this.#isDrawn) this.#lift();
    this.#isDrawn = false;
  }

  #lift(): void {
    this.#clearFrom(this.#readline.getCursorPos().rows);
  }

  #lay(): void {
    const visible = this.#status?.text.slice(0, this.#output.columns - 1) ?? '';
    this.#statusWidth = visible.length;
    if (visible) this.#output.write(`${this.#status!.paint(visible)}\n`);
    this.beforeKeys();
    this.#output.write('\n'.repeat(this.#readline.getCursorPos().rows)); // readline goes up as many
    this.#readline.prompt(true);
  }

  /** @param below how many rows the cursor is below the first row of the prompt */
  #clearFrom(below: number): void {
    const statusRows = Math.ceil(this.#statusWidth / this.#output.columns);
    moveCursor(this.#output, 0, -(below + statusRows));
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
  }
}
