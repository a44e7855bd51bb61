import type { Client } from './server-kind.js';

/** What a connection came to, counted from the first message on. */
interface Balance {
  /** How many messages were handed to this socket and those before it. */
  readonly handed: number;
  /** How many came back, by then. */
  readonly heard: number;
}

/** The books of who says 1, 2, 3, … to a server that says it back. */
export class Account {
  /** The numbers that came back. */
  readonly heard: number[] = [];
  /** The last number that was said. */
  said = 0;
  readonly #client: Client;
  readonly #balances: Balance[] = [{ handed: 0, heard: 0 }];

  constructor(client: Client) {
    this.#client = client;
    const { connection, heard } = client;
    heard.subscribe((payload) => this.heard.push(Number(Buffer.from(payload).toString())));
    connection.lifecycle.subscribe(({ type }) => {
      const handed = this.said - connection.stats.queued;
      if (type === 'close') this.#balances.push({ handed, heard: this.heard.length });
    });
  }

  sayMore(count: number): void {
    for (let more = 0; more < count; more++) this.#client.say(String(++this.said));
  }

  /** How many of those that are not lost have not come back. */
  get unanswered(): number {
    const { handed, heard } = this.#balances.at(-1)!;
    return this.said - handed - (this.heard.length - heard);
  }

  /**
   * What should have come back: of each connection the first of those that it was handed, and nothing else. The others
   * were on their way when it ended.
   */
  get expected(): number[] {
    return this.#balances.flatMap(({ handed, heard }, index) => {
      const before = this.#balances[index - 1] ?? { handed: 0, heard: 0 };
      const length = Math.min(heard - before.heard, handed - before.handed);
      return Array.from({ length }, (_, offset) => before.handed + 1 + offset);
    });
  }
}
