import { isMessageDroppedError } from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import type { Complain } from './complaints.js';

/** The books on what an application gives to be sent: each message is sent once, or waits, or is given up and reported. */
export class Ledger {
  readonly #complain: Complain;
  readonly #sent = new Set<number>();
  /** Those that were taken back before they were sent. */
  #takenBack = 0;
  #given = 0;
  /** `next()` has thrown: these were never given. */
  #refused = 0;
  #lastInOrder = 0;
  /** Promises and requests that are not settled. */
  readonly #open = new Map<number, string>();

  constructor(complain: Complain) {
    this.#complain = complain;
  }

  /** Whether nothing is owed to the user. */
  get unsettled(): readonly string[] {
    return [...this.#open.values()];
  }

  /** @returns the number of the next message */
  give(): number {
    return ++this.#given;
  }

  refused(): void {
    this.#refused++;
  }

  /** Something will settle. */
  promise(n: number, what: string): void {
    this.#open.set(n, `${what} ${n}`);
  }

  /** A message was handed to a socket. @param isInOrder where messages keep the order that they were given in */
  handed(n: number, isInOrder: boolean): void {
    if (this.#sent.has(n)) this.#complain(`message ${n} was sent twice`);
    this.#sent.add(n);
    if (!isInOrder) return;
    if (n < this.#lastInOrder) this.#complain(`message ${n} was sent after ${this.#lastInOrder}`);
    this.#lastInOrder = n;
  }

  /** A receipt says what became of a message. */
  settled(n: number, error?: unknown): void {
    if (!this.#open.delete(n)) this.#complain(`message ${n} has settled twice`);
    const isSent = this.#sent.has(n);
    if (error === undefined) {
      if (!isSent) this.#complain(`the promise of ${n} has resolved, and it was not sent`);
    } else if (!isMessageDroppedError(error)) {
      this.#complain(`the promise of ${n} has rejected with ${(error as Error).message}`);
    } else if (isSent) {
      this.#complain(`the promise of ${n} has rejected, and it was sent`);
    }
  }

  /** A request has ended, by its answer, an error, or because it was left. */
  ended(n: number, error?: unknown): void {
    if (!this.#open.delete(n)) this.#complain(`request ${n} has ended twice`);
    if (!this.#sent.has(n) && !isMessageDroppedError(error)) this.#takenBack++;
    if (this.#sent.has(n) && isMessageDroppedError(error)) this.#complain(`request ${n} was sent, and is dropped`);
  }

  /** How many messages are none of sent, queued, dropped and taken back. */
  missing(connections: readonly WebSocketConnection[]): number {
    let known = this.#sent.size + this.#takenBack + this.#refused;
    for (const { stats } of connections) known += stats.dropped + stats.queued;
    return this.#given - known;
  }

  toString(): string {
    return `${this.#given} given, ${this.#sent.size} sent, ${this.#takenBack} taken back, ${this.#refused} refused`;
  }
}
