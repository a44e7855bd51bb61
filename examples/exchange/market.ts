import { Book } from './book.js';
import type { Change } from './book.js';

/** What happened to a book at once: the numbers `from` to `to`. */
export interface Delta {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  readonly changes: readonly Change[];
}

const LEVELS = 12;

/** The true books of all symbols, and how they came about. */
export class Market {
  readonly symbols: readonly string[];
  readonly #random: () => number;
  /** The most numbers that a delta stands for. */
  readonly #stride: number;
  readonly #books = new Map<string, Book>();
  readonly #logs = new Map<string, Delta[]>();

  constructor(symbols: readonly string[], stride: number, random: () => number) {
    this.symbols = symbols;
    this.#stride = stride;
    this.#random = random;
    for (const symbol of symbols) {
      const changes = Array.from({ length: LEVELS }, (_, level): Change[] => [
        ['bid', 99 - level, 1 + this.#integer(9)],
        ['ask', 101 + level, 1 + this.#integer(9)],
      ]).flat();
      this.#books.set(symbol, new Book(1, changes));
      this.#logs.set(symbol, [{ symbol, from: 1, to: 1, changes }]);
    }
  }

  /** The book now. */
  book(symbol: string): Book {
    return this.#books.get(symbol)!;
  }

  has(symbol: string): boolean {
    return this.#books.has(symbol);
  }

  /** The book as it was after a number; undefined if no delta ends with it. */
  bookAt(symbol: string, number: number): Book | undefined {
    const log = this.#logs.get(symbol);
    const until = log?.findIndex(({ to }) => to === number) ?? -1;
    if (!log || until < 0) return undefined;
    const book = new Book(0, []);
    for (const { to, changes } of log.slice(0, until + 1)) book.apply(to, changes);
    return book;
  }

  /** How many deltas there were up to a number, the first book included; undefined if no delta ends with it. */
  ordinalOf(symbol: string, number: number): number | undefined {
    const index = this.#logs.get(symbol)?.findIndex(({ to }) => to === number) ?? -1;
    return index < 0 ? undefined : index + 1;
  }

  /** Changes some of the books, each once. */
  move(count: number): Delta[] {
    const symbols = new Set(Array.from({ length: count }, () => this.symbols[this.#integer(this.symbols.length)]!));
    return [...symbols].map((symbol) => {
      const book = this.book(symbol);
      const from = book.number + 1;
      const delta = { symbol, from, to: from + this.#integer(this.#stride), changes: this.#changes() };
      book.apply(delta.to, delta.changes);
      this.#logs.get(symbol)!.push(delta);
      return delta;
    });
  }

  #changes(): Change[] {
    return Array.from({ length: 1 + this.#integer(3) }, () => {
      const side = this.#random() < 0.5 ? 'bid' : 'ask';
      const price = side === 'bid' ? 99 - this.#integer(LEVELS) : 101 + this.#integer(LEVELS);
      return [side, price, this.#random() < 0.3 ? 0 : 1 + this.#integer(99)];
    });
  }

  #integer(below: number): number {
    return Math.floor(this.#random() * below);
  }
}
