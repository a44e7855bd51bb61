import type { Observable } from 'rxjs';
import type { Complain } from './complaints.js';
import type { Received } from './session.js';

/** Checks that nothing of what a server sends on a connection is lost, doubled or overtaken. */
export class FrameOrder {
  readonly #complain: Complain;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** The messages of one connection, from the first one on. */
  follow(messages: Observable<unknown>): void {
    let last = 0;
    messages.subscribe((message) => {
      const { f, c } = message as Received;
      if (f !== last + 1) this.#complain(`message ${f} of connection ${c} came after ${last}`);
      last = f;
    });
  }
}

/** What one reader of a connection object receives: one connection after another, without a gap within any of them. */
export class ReaderOrder {
  readonly #complain: Complain;
  #c = 0;
  #f = 0;

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  next({ c, f }: Received): void {
    if (c < this.#c) this.#complain(`a reader received connection ${c} after ${this.#c}`);
    else if (c === this.#c && f !== this.#f + 1)
      this.#complain(`a reader received message ${f} of ${c} after ${this.#f}`);
    else if (c > this.#c && this.#c > 0 && f !== 1) this.#complain(`a reader received message ${f} of ${c} first`);
    this.#c = c;
    this.#f = f;
  }
}
