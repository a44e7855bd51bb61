import { BAN } from './rules.js';
import type { Limit, Rules } from './rules.js';

/** Counts what comes in a window of time. */
export class Meter {
  readonly #limit: Limit;
  #times: number[] = [];

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  /** @returns whether it is within the limit */
  take(now: number): boolean {
    this.#times = this.#times.filter((time) => time > now - this.#limit.per);
    this.#times.push(now);
    return this.#times.length <= this.#limit.messages;
  }

  reset(): void {
    this.#times = [];
  }
}

/** What ended a connection: a break, the exchange's rules, or its client. */
export type EndedBy = 'break' | 'rules' | 'client';

/** How connections have ended. Planned ends are those by the client with that reason. */
export type Ends = Record<EndedBy | 'planned', number>;

/** A client of an exchange: how often it connects, what became of that, and what it has done wrong. */
export class Account {
  readonly dials: Meter;
  readonly ends: Ends = { break: 0, rules: 0, client: 0, planned: 0 };
  /** How many deltas it was not sent as they should be. */
  spoilt = 0;
  readonly violations: string[] = [];
  bans = 0;
  #bannedUntil = 0;

  constructor({ dials }: Rules) {
    this.dials = new Meter(dials);
  }

  violated(what: string, now: number): void {
    this.violations.push(what);
    if (this.violations.length % BAN.violations) return;
    this.bans++;
    this.#bannedUntil = now + BAN.seconds * 1000;
  }

  isBanned(now: number): boolean {
    return now < this.#bannedUntil;
  }
}
