import { tap } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import type { Complain } from './complaints.js';
import type { Library } from './library.js';
import type { Received, Sent } from './session.js';

/** What a reader of a book gets: the server's messages, and marks of our own. */
export type BookMessage = Received | { readonly t: 'mark'; readonly key: string };

/** What a book is read from. */
export interface BookSource {
  (key: string): Observable<BookMessage>;
  resync(key: string): void;
}

/** The connection, and the message that has asked for it there. */
const askedOf = ({ c, sub }: Received) => `${c} ${sub}`;

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
  /** What its last message came for: from then on it receives all that comes for that, until it is asked for anew. */
  #asked = '';
  #channel: number | undefined;
  readonly #received = new WeakSet<BookMessage>();
  /** What has come for that and was not received yet. */
  readonly #missing = new Set<BookMessage>();
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
    this.#forget();
    const messages = this.#source(key).pipe(
      tap((message) => this.#receive(message)),
      this.#inSequence<BookMessage>((message) => (message.t === 'mark' ? undefined : message.seq), {
        isStart: (message) => message.t !== 'mark' && message.all === true,
        onGap: () => {
          this.resync();
        },
      }),
    );
    const end = (error?: unknown) => {
      this.#forget();
      this.#onEnd(error);
    };
    this.#reading = messages.subscribe({ next: (message) => this.#next(message), error: end, complete: () => end() });
  }

  leave(): void {
    this.#reading?.unsubscribe();
    this.#forget();
  }

  /** Asks for a snapshot. */
  resync(): void {
    this.#forget();
    this.#source.resync(this.key);
  }

  /** A message goes out: where it asks the server to stop, what still comes is for nobody. */
  sending(message: Sent): void {
    if (message.t !== 'unsub') return;
    if ('ch' in message ? message.ch === this.#channel : message.keys.includes(this.key)) this.#asked = '';
  }

  /** A message has come, for whichever book. */
  arrived(message: BookMessage): void {
    if (message.t !== 'book' || message.key !== this.key || askedOf(message) !== this.#asked) return;
    if (!this.#received.has(message)) this.#missing.add(message);
  }

  /** Everything that has come has had its turn. */
  checkReceived(): void {
    for (const message of this.#missing) this.#complain(`the reader of ${this.key} missed ${JSON.stringify(message)}`);
  }

  #forget(): void {
    this.#isRight = false;
    this.#asked = '';
    this.#missing.clear();
  }

  #receive(message: BookMessage): void {
    if (message.t === 'mark') return;
    this.#received.add(message);
    this.#missing.delete(message);
    this.#asked = askedOf(message);
    this.#channel = message.ch;
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
