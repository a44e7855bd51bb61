type Range = readonly [from: number, to: number];

/** A set of numbers, kept as ranges: numbers without a gap take the memory of one. */
export class NumberSet {
  #ranges: Range[] = [];

  /** 0 if there is none. */
  get highest(): number {
    return this.#ranges.at(-1)?.[1] ?? 0;
  }

  add(from: number, to = from): void {
    const last = this.#ranges.at(-1);
    if (last && from === last[1] + 1) {
      this.#ranges[this.#ranges.length - 1] = [last[0], to]; // nearly always
      return;
    }
    const apart = this.#ranges.filter(([first, end]) => end < from - 1 || first > to + 1);
    const joined = this.#ranges.filter(([first, end]) => end >= from - 1 && first <= to + 1);
    const range: Range = [Math.min(from, joined[0]?.[0] ?? from), Math.max(to, joined.at(-1)?.[1] ?? to)];
    this.#ranges = [...apart, range].sort((a, b) => a[0] - b[0]);
  }

  /** Empties it, and adds the numbers from 1 on. */
  restart(to: number): void {
    this.#ranges = [[1, to]];
  }

  /** The lowest number of a range that it has. */
  firstWithin(from: number, to: number): number | undefined {
    // Almost everything is at the end.
    for (let index = this.#ranges.length - 1, found: number | undefined; ; index--) {
      const range = this.#ranges[index];
      if (!range || range[1] < from) return found;
      if (range[0] <= to) found = Math.max(from, range[0]);
    }
  }

  has(n: number): boolean {
    return this.firstWithin(n, n) !== undefined;
  }

  /** What it has of a range, and another one has not. */
  *without(other: NumberSet, from = 1, to = Infinity): Generator<number> {
    for (const [first, end] of this.#ranges) {
      for (let n = Math.max(first, from); n <= Math.min(end, to); n++) if (!other.has(n)) yield n;
    }
  }
}
