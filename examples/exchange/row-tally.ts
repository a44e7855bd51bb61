import { Book, equal } from './book.js';
import type { Row, RowStore } from './row-store.js';

/** What stored rows amount to, when they are read again in their order. */
export class RowTally {
  rows = 0;
  /** Rows that do not follow the row before of their symbol, and are no snapshot. */
  unlinked = 0;
  /** Rows that say nothing new. */
  repeated = 0;
  /** Numbers that snapshots have skipped, in a part of the rows. */
  missed = 0;
  /** The symbols whose book was wrong at any time. */
  readonly wrong = new Set<string>();
  readonly books = new Map<string, Book>();
  readonly #part: readonly [after: number, until: number];
  readonly #truth: (symbol: string, number: number) => Book | undefined;

  /**
   * @param part after how many rows the part begins and ends in which missed numbers count
   * @param truth the book as it really was after a number
   */
  constructor(
    part: readonly [after: number, until: number] = [0, Infinity],
    truth: (symbol: string, number: number) => Book | undefined = (symbol) => this.books.get(symbol),
  ) {
    this.#part = part;
    this.#truth = truth;
  }

  /** Reads all rows of a store. */
  static async of(store: RowStore, ...args: ConstructorParameters<typeof RowTally>): Promise<RowTally> {
    const tally = new RowTally(...args);
    for await (const row of store.rows()) tally.take(row);
    for (const symbol of tally.books.keys()) tally.#compare(symbol);
    return tally;
  }

  take({ symbol, isSnapshot, from, to, changes }: Row): void {
    this.rows++;
    const book = this.books.get(symbol);
    if (isSnapshot) this.#compare(symbol); // what it heals
    if (book && to <= book.number) this.repeated++;
    else if (isSnapshot) this.missed += book && this.#isInPart ? to - book.number : 0;
    else if (from > (book?.number ?? 0) + 1) this.unlinked++;
    if (isSnapshot || !book) this.books.set(symbol, new Book(to, changes));
    else book.apply(to, changes);
  }

  get #isInPart(): boolean {
    const [after, until] = this.#part;
    return this.rows > after && this.rows <= until;
  }

  #compare(symbol: string): void {
    const book = this.books.get(symbol);
    if (book && !equal(book.levels, this.#truth(symbol, book.number)?.levels)) this.wrong.add(symbol);
  }
}
