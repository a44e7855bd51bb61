import type { Observable, Subscription } from 'rxjs';
import type { Complain } from './complaints.js';
import type { Ledger } from './ledger.js';
import type { Received, Sent } from './session.js';
import { counted } from './supervision.js';

/** The requests of an application, and what else it was promised. */
export class Requests {
  readonly #ask: (make: (id: number) => Sent) => Observable<Received>;
  readonly #ledger: Ledger;
  readonly #roll: () => number;
  readonly #complain: Complain;
  readonly #open = new Set<Subscription>();
  #owed = 0;

  constructor(
    ask: (make: (id: number) => Sent) => Observable<Received>,
    ledger: Ledger,
    roll: () => number,
    complain: Complain,
  ) {
    this.#ask = ask;
    this.#ledger = ledger;
    this.#roll = roll;
    this.#complain = complain;
  }

  send(): void {
    const about = Math.floor(this.#roll() * 1e6);
    let answers = 0;
    const request = counted(this.#ledger, (n) => this.#ask((id) => ({ t: 'ask', id, about, n }))).subscribe({
      next: (answer) => {
        answers++;
        if (answer.about !== about) this.#complain(`an answer was about ${String(answer.about)}, and not ${about}`);
      },
      error: () => undefined,
      complete: () => {
        if (answers !== 1) this.#complain(`a request had ${answers} answers`);
      },
    });
    this.#open.add(request);
    request.add(() => this.#open.delete(request));
  }

  /** Unsubscribes the oldest. */
  leave(): void {
    const [request] = this.#open;
    request?.unsubscribe();
  }

  leaveAll(): void {
    for (const request of [...this.#open]) request.unsubscribe();
  }

  /** A promise that the user was given must settle, however. */
  owe(promise: Promise<unknown>): void {
    this.#owed++;
    const settle = () => {
      this.#owed--;
    };
    promise.then(settle, settle);
  }

  /** All is quiet. */
  check(): void {
    if (this.#owed > 0) this.#complain(`${this.#owed} promises have not settled`);
    if (this.#open.size > 0) this.#complain(`${this.#open.size} requests have not ended`);
  }
}
