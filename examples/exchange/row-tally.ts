import { Book } from './book.js';
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
  readonly books = new Map<string, Book>();

  readonly #part: readonly [after: number, until: number];

  /** @param part after how many rows the part begins and ends in which missed numbers count */
  constructor(part: readonly [after: number, until: number] = [0, Infinity]) {
    this.#part = part;
  }

  /** Reads all rows of a store. */
  static async of(store: RowStore, part?: readonly [after: number, until: number]): Promise<RowTally> {
    const tally = new RowTally(part);
    for await (const row of store.rows()) tally.take(row);
    return tally;
  }

  take({ symbol, isSnapshot, from, to, changes }: Row): void {
    this.rows++;
    const book = this.books.get(symbol);
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
}
