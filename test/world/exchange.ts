import { refuseWith } from '../../src/testing/index.js';
import type { ScriptStep } from '../../src/testing/index.js';
import type { Session } from './session.js';

/** How many books there are. */
export const BOOKS = 12;

/** What all servers know together: the books, and who may log in. */
export class Exchange {
  /** How many there were. */
  connections = 0;
  /** Close codes and statuses that ends were given, and that are fatal. */
  readonly final = new Set<number>();
  readonly #books = Array.from({ length: BOOKS }, () => ({ seq: 0, sum: 0 }));
  readonly #roll: () => number;
  #token = 1;

  constructor(roll: () => number) {
    this.#roll = roll;
  }

  get token(): string {
    return `token ${this.#token}`;
  }

  accepts(token: string): boolean {
    return token === this.token;
  }

  /** Every token so far is worth nothing any more. A second time may be while a client is still at the first. */
  expireTokens(): void {
    if (this.#token++ > 1) for (const number of [4401, 401]) this.final.add(number);
  }

  refusing({ status, after }: { readonly status: number; readonly after: number }): ScriptStep {
    return refuseWith(status, after > 0 ? { 'retry-after': String(after) } : {});
  }

  book(key: string): { readonly seq: number; readonly sum: number } {
    return this.#books[Number(key.slice(1))]!;
  }

  /** A book changes, and the sessions are sent that. */
  change(sessions: readonly Session[], index = Math.floor(this.#roll() * BOOKS)): void {
    const by = Math.floor(this.#roll() * 1000);
    const { seq, sum } = this.#books[index]!;
    this.#books[index] = { seq: seq + 1, sum: sum + by };
    for (const session of sessions) session.changed(keyOf(index), { seq: seq + 1, sum: by });
  }
}

export function keyOf(index: number): string {
  return `k${index % BOOKS}`;
}
