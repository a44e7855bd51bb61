import { Book } from './book.js';
import type { BookSource } from './book.js';
import type { Complain } from './complaints.js';
import { BOOKS, keyOf } from './exchange.js';
import type { Exchange } from './exchange.js';
import type { Library } from './library.js';
import type { Received, Sent } from './session.js';

/** What a shelf stands in. */
export interface ShelfHost {
  readonly library: Library;
  topics(): BookSource;
  most(): number;
  readonly roll: () => number;
  readonly complain: Complain;
  /** A book has ended. @param read reads it again */
  bookEnded(error: unknown, read: () => void): void;
}

/** The books that an application reads. */
export class Shelf {
  readonly #host: ShelfHost;
  readonly #books = new Map<string, Book>();

  constructor(host: ShelfHost) {
    this.#host = host;
  }

  get keys(): readonly string[] {
    return [...this.#books.keys()];
  }

  /** Reads one more. */
  read(): void {
    const { library, roll, complain } = this.#host;
    if (this.#books.size >= this.#host.most()) return;
    let index = Math.floor(roll() * BOOKS);
    while (this.#books.has(keyOf(index))) index++;
    const key = keyOf(index);
    const again = () => {
      if (this.#books.get(key) === book && !book.isRead) book.read();
    };
    const book: Book = new Book(
      key,
      library.inSequence,
      this.#host.topics(),
      (error) => this.#host.bookEnded(error, again),
      complain,
    );
    this.#books.set(key, book);
    book.read();
  }

  leave(): void {
    const [book] = this.#books.values();
    book?.leave();
    if (book) this.#books.delete(book.key);
  }

  /** Reads another one in the place of one. */
  swap(): void {
    this.leave();
    this.read();
    this.resync(); // it may be the same one
  }

  leaveAndRead(): void {
    const all = [...this.#books.values()];
    for (const book of all) book.leave();
    for (const book of all) book.read();
    this.resync();
  }

  leaveAll(): void {
    for (const book of this.#books.values()) book.leave();
    this.#books.clear();
  }

  /** All is quiet. */
  check(exchange: Exchange): void {
    for (const book of this.#books.values()) book.check(exchange.book(book.key));
  }

  /** A message goes out. */
  sending(message: Sent): void {
    for (const book of this.#books.values()) book.sending(message);
  }

  /** A message has come, for whichever book. */
  arrived(message: Received): void {
    for (const book of this.#books.values()) book.arrived(message);
  }

  checkReceived(): void {
    for (const book of this.#books.values()) book.checkReceived();
  }

  /** Asks for snapshots: where nobody has read a book for a moment only, the server was not asked for it anew. */
  resync(): void {
    for (const book of this.#books.values()) book.resync();
  }
}
