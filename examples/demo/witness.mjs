/** Takes down what the command says, chapter by chapter, and compares it with the story. */
export class Witness {
  #chapters;
  #seen = [];
  #trades = [];
  #summary = '';
  /** How many batches came. */
  batches = 0;

  constructor(chapters) {
    this.#chapters = chapters;
  }

  /** @returns the chapter that begins with this line, if one does */
  hear(word, text) {
    const begins = word === 'connecting';
    if (begins) this.#seen.push({ lines: [], trades: 0, heartbeats: 0 });
    const now = this.#seen.at(-1);
    if (!now) return undefined; // the command did not even begin
    if (word === 'heartbeat') now.heartbeats++;
    else now.lines.push(`${word} ${text}`);
    if (word === 'summary') this.#summary = text;
    return begins ? this.#chapters[this.#seen.length - 1] : undefined;
  }

  receive(batch) {
    this.batches++;
    this.#trades.push(...batch.map(({ id }) => id));
    this.#seen.at(-1).trades += batch.length;
  }

  /** What went otherwise than told; empty if nothing did. */
  *objections(status) {
    for (const [index, chapter] of this.#chapters.entries()) {
      const objection = this.#compare(chapter, this.#seen[index]);
      if (objection) yield `Chapter ${index + 1}: ${objection}`;
    }
    if (this.#seen.length > this.#chapters.length) yield `${this.#seen.length} connection attempts were made.`;

    const ascending = this.#trades.every((id, index) => index === 0 || id > this.#trades[index - 1]);
    if (!ascending) yield 'The trades did not come in order.';
    const received = this.#trades.length + 1;
    const summary = `${received} received, ${this.batches} batches, 3 reconnects (5 retries), 1 rejected`;
    if (this.#summary !== summary) yield `Expected the summary '${summary}', heard '${this.#summary}'.`;
    if (status !== 1) yield `Expected exit status 1, because an error ended it, got ${status}.`;
  }

  #compare({ sees, trades = false, heartbeats = false }, seen) {
    if (!seen) return 'it did not come to that.';
    // A connection that is killed may also report a reset: that is up to the system's timing.
    const isReset = (line) => /^error .*ECONNRESET/.test(line);
    const lines = seen.lines.filter((line) => !isReset(line));
    const differs = (_, index) => !lines[index]?.startsWith(sees[index] ?? '\n');
    const at = Array.from({ length: Math.max(sees.length, lines.length) }).findIndex(differs);
    if (at >= 0) return `expected '${sees[at] ?? 'nothing more'}', heard '${lines[at] ?? 'nothing more'}'.`;
    if (trades && seen.trades === 0) return 'no trades came.';
    if (heartbeats && seen.heartbeats === 0) return 'no ping was answered.';
    return undefined;
  }
}
