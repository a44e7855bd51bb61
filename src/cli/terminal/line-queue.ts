/** Typed lines that wait to be sent, for one reader. */
export class LineQueue implements AsyncIterable<string> {
  readonly #lines: string[] = [];
  #isEnded = false;
  #wake: (() => void) | undefined;

  /** How many lines wait; the reader is done with one when it asks for the next. */
  get size(): number {
    return this.#lines.length;
  }

  push(line: string): void {
    this.#lines.push(line);
    this.#wake?.();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const [line] = this.#lines;
      if (line !== undefined) {
        yield line;
        this.#lines.shift();
      } else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
