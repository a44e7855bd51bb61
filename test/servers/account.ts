import type { Client } from './server-kind.js';

/** Totals at the end of a connection, counted from the first message of all connections. */
interface Balance {
  /** The messages that this socket and those before it took. */
  readonly handed: number;
  /** The messages that had come back. */
  readonly received: number;
}

/** Sends 1, 2, 3, … to an echo server, and counts what comes back. */
export class Account {
  /** The numbers that came back. */
  readonly received: number[] = [];
  /** The last number that was sent. */
  sent = 0;
  readonly #client: Client;
  readonly #balances: Balance[] = [{ handed: 0, received: 0 }];

  constructor(client: Client) {
    this.#client = client;
    const { connection, received } = client;
    received.subscribe((payload) => this.received.push(Number(Buffer.from(payload).toString())));
    connection.lifecycle.subscribe(({ type }) => {
      const handed = this.sent - connection.stats.queued;
      if (type === 'close') this.#balances.push({ handed, received: this.received.length });
    });
  }

  sendMore(count: number): void {
    for (let more = 0; more < count; more++) this.#client.send(String(++this.sent));
  }

  /** How many numbers have not come back, without the lost ones. */
  get unanswered(): number {
    const { handed, received } = this.#balances.at(-1)!;
    return this.sent - handed - (this.received.length - received);
  }

  /**
   * The numbers that have to come back: of each connection the first ones that it took, and nothing else. The others were
   * on their way when it ended.
   */
  get expected(): number[] {
    return this.#balances.flatMap(({ handed, received }, index) => {
      const before = this.#balances[index - 1] ?? { handed: 0, received: 0 };
      const length = Math.min(received - before.received, handed - before.handed);
      return Array.from({ length }, (_, offset) => before.handed + 1 + offset);
    });
  }
}
