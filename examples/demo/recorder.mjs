/** Records the output of the command, chapter by chapter, and compares it with the scenario. */
export class Recorder {
  #chapters;
  #recorded = [];
  #trades = [];
  #summary = '';
  /** The number of batches. */
  batches = 0;

  constructor(chapters) {
    this.#chapters = chapters;
  }

  /** @returns the chapter that begins with this line, if one does */
  log(label, text) {
    const begins = label === 'connecting';
    if (begins) this.#recorded.push({ lines: [], trades: 0, heartbeats: 0 });
    const now = this.#recorded.at(-1);
    if (!now) return undefined; // the command has not started connecting
    if (label === 'heartbeat') now.heartbeats++;
    else now.lines.push(`${label} ${text}`);
    if (label === 'summary') this.#summary = text;
    return begins ? this.#chapters[this.#recorded.length - 1] : undefined;
  }

  receive(batch) {
    this.batches++;
    this.#trades.push(...batch.map(({ id }) => id));
    this.#recorded.at(-1).trades += batch.length;
  }

  /** The differences from the scenario; empty if there are none. */
  *differences(status) {
    for (const [index, chapter] of this.#chapters.entries()) {
      const difference = this.#compare(chapter, this.#recorded[index]);
      if (difference) yield `Chapter ${index + 1}: ${difference}`;
    }
    const attempts = this.#recorded.length;
    if (attempts > this.#chapters.length) yield `${attempts} connection attempts were made.`;

    const ascending = this.#trades.every((id, index) => index === 0 || id > this.#trades[index - 1]);
    if (!ascending) yield 'The trades are not in order.';
    const received = this.#trades.length + 1;
    const summary = `${received} received, ${this.batches} batches, 3 reconnects (5 retries), 1 rejected`;
    if (this.#summary !== summary) yield `Expected the summary '${summary}', got '${this.#summary}'.`;
    if (status !== 1) yield `Expected exit status 1, because an error ended it, got ${status}.`;
  }

  #compare({ logs, trades = false, heartbeats = false }, recorded) {
    if (!recorded) return 'it was not reached.';
    // A killed connection may also report a reset, depending on timing.
    const isReset = (line) => /^error .*ECONNRESET/.test(line);
    const lines = recorded.lines.filter((line) => !isReset(line));
    const differs = (_, index) => !lines[index]?.startsWith(logs[index] ?? '\n');
    const at = Array.from({ length: Math.max(logs.length, lines.length) }).findIndex(differs);
    if (at >= 0) return `expected '${logs[at] ?? 'nothing more'}', got '${lines[at] ?? 'nothing more'}'.`;
    if (trades && recorded.trades === 0) return 'no trades arrived.';
    if (heartbeats && recorded.heartbeats === 0) return 'no ping was answered.';
    return undefined;
  }
}
