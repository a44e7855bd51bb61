import type { Trade } from './trade.js';

interface Line {
  newest: number;
  readonly missing: Set<number>;
}

/** Counts the messages of a stream, and its faults: each topic must have every number once, in order. */
export class Tally {
  messages = 0;
  /** Numbers that are missing so far. */
  gaps = 0;
  duplicates = 0;
  /** Numbers that came after a higher one. */
  late = 0;
  readonly #lines = new Map<string, Line>();

  /** The sum of the highest numbers of all topics. */
  get progress(): number {
    return this.messages - this.duplicates + this.gaps;
  }

  take({ topic, n }: Trade): void {
    this.messages++;
    const line = this.#lines.get(topic) ?? { newest: 0, missing: new Set() };
    this.#lines.set(topic, line);
    if (n > line.newest) {
      for (let missing = line.newest + 1; missing < n; missing++) line.missing.add(missing);
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
