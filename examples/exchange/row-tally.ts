import { Book } from './book.js';
import type { Row, RowStore } from './row-store.js';

/** What stored rows amount to, when they are read again in their order. */
export class RowTally {
  rows = 0;
  /** Rows that do not follow the row before of their symbol, and are no snapshot. */
  unlinked = 0;
  /** Rows that say nothing new. */
  repeated = 0;
  /** Numbers that a snapshot has skipped. */
  missed = 0;
  readonly books = new Map<string, Book>();

  /** @param since counts what was missed after so many rows */
  static async of(store: RowStore, since = 0): Promise<RowTally> {
    const tally = new RowTally();
    for await (const row of store.rows()) {
      tally.take(row);
      if (tally.rows === since) tally.missed = 0;
    }
    return tally;
  }

  take({ symbol, isSnapshot, from, to, changes }: Row): void {
    this.rows++;
    const book = this.books.get(symbol);
    if (book && to <= book.number) this.repeated++;
    else if (isSnapshot) this.missed += book ? to - book.number : 0;
    else if (from > (book?.number ?? 0) + 1) this.unlinked++;
    if (isSnapshot || !book) this.books.set(symbol, new Book(to, changes));
    else book.apply(to, changes);
  }
}
