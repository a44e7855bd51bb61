import type { Trade } from './trade.js';

interface Line {
  newest: number;
  readonly missing: Set<number>;
}

/** Counts what a stream holds, and what it does not: each topic is to have every number once, in order. */
export class Tally {
  messages = 0;
  /** Numbers that were left out, and have not come since. */
  gaps = 0;
  duplicates = 0;
  /** Numbers that came after a later one. */
  late = 0;
  readonly #lines = new Map<string, Line>();

  /** How far the topics are, all together. */
  get progress(): number {
    return this.messages - this.duplicates + this.gaps;
  }

  take({ topic, n }: Trade): void {
    this.messages++;
    const line = this.#lines.get(topic) ?? { newest: 0, missing: new Set() };
    this.#lines.set(topic, line);
    if (n > line.newest) {
      for (let left = line.newest + 1; left < n; left++) line.missing.add(left);
      this.gaps += n - line.newest - 1;
      line.newest = n;
    } else if (line.missing.delete(n)) {
      this.gaps--;
      this.late++;
    } else {
      this.duplicates++;
    }
  }
}
