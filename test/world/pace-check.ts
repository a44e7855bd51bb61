import type { Complain } from './complaints.js';

/** At most so many messages in any window of so many milliseconds. */
export interface Limit {
  readonly messages: number;
  readonly per: number;
}

/** Checks what is sent on one connection. Pings and pongs count, and do not wait themselves. */
export class PaceCheck {
  readonly #limits: readonly Limit[];
  readonly #complain: Complain;
  readonly #times: number[] = [];
  readonly #most: number;

  constructor(limits: readonly Limit[], complain: Complain) {
    this.#limits = limits;
    this.#complain = complain;
    this.#most = Math.max(0, ...limits.map(({ messages }) => messages));
  }

  send(now: number): void {
    for (const { messages, per } of this.#limits) {
      const first = this.#times.at(-messages);
      if (first !== undefined && now - first < per) {
        this.#complain(`${messages + 1} were sent in ${now - first} ms, and ${messages} may be in ${per} ms`);
      }
    }
    this.count(now);
  }

  count(now: number): void {
    if (this.#most === 0) return;
    this.#times.push(now);
    if (this.#times.length > 2 * this.#most) this.#times.splice(0, this.#most);
  }
}
