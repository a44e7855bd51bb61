import type { Observable, Subscription } from 'rxjs';
import type { Complain } from './complaints.js';
import type { Library } from './library.js';
import type { Received } from './session.js';

/** What a reader of a book gets: the server's messages, and marks of our own. */
export type BookMessage = Received | { readonly t: 'mark'; readonly key: string };

/** What a book is read from. */
export interface BookSource {
  (key: string): Observable<BookMessage>;
  resync(key: string): void;
}

/** A copy of one of the server's books, which must be right whenever it says so. */
export class Book {
  readonly key: string;
  readonly #inSequence: Library['inSequence'];
  readonly #source: BookSource;
  readonly #onEnd: (error?: unknown) => void;
  readonly #complain: Complain;
  #seq = 0;
  #sum = 0;
  #isRight = false;
  #reading: Subscription | undefined;

  constructor(
    key: string,
    inSequence: Library['inSequence'],
    source: BookSource,
    onEnd: (error?: unknown) => void,
    complain: Complain,
  ) {
    this.key = key;
    this.#inSequence = inSequence;
    this.#source = source;
    this.#onEnd = onEnd;
    this.#complain = complain;
  }

  get isRead(): boolean {
    return this.#reading !== undefined && !this.#reading.closed;
  }

  read(): void {
    const { key } = this;
    this.#isRight = false;
    const messages = this.#source(key).pipe(
      this.#inSequence<BookMessage>((message) => (message.t === 'mark' ? undefined : message.seq), {
        isStart: (message) => message.t !== 'mark' && message.all === true,
        onGap: () => {
          this.#isRight = false;
          this.#source.resync(key);
        },
      }),
    );
    const end = (error?: unknown) => {
      this.#isRight = false;
      this.#onEnd(error);
    };
    this.#reading = messages.subscribe({ next: (message) => this.#next(message), error: end, complete: () => end() });
  }

  leave(): void {
    this.#reading?.unsubscribe();
    this.#isRight = false;
  }

  #next(message: BookMessage): void {
    if (message.key !== this.key) this.#complain(`the reader of ${this.key} received ${String(message.key)}`);
    if (message.t === 'mark') {
      this.#isRight = false;
      return;
    }
    this.#seq = message.seq!;
    this.#sum = message.all ? message.sum! : this.#sum + message.sum!;
    this.#isRight = true;
  }

  /** All is quiet. */
  check({ seq, sum }: { readonly seq: number; readonly sum: number }): void {
    if (!this.isRead) this.#complain(`${this.key} is not read`);
    else if (!this.#isRight) this.#complain(`${this.key} is not there`);
    else if (seq !== this.#seq || sum !== this.#sum)
      this.#complain(`${this.key} is at ${this.#seq} with ${this.#sum}, and the server's at ${seq} with ${sum}`);
  }
}
