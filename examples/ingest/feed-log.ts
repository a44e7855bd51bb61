import type { Trade } from './trade.js';

export interface FeedLogSettings {
  readonly topics: readonly string[];
  /** The total number of trades. */
  readonly messages: number;
  /** The number of trades that exist at the start. */
  readonly backlog: number;
  /** New trades per second. */
  readonly rate: number;
  /** The start, in milliseconds since 1970. */
  readonly since: number;
  /** The number of trades that it keeps per topic: the newest ones. */
  readonly keep: number;
}

/** How many of all trades belong to a topic, if the topics take turns. */
export function lengthOf(index: number, topics: number, trades: number): number {
  return Math.floor((trades - index - 1) / topics) + 1;
}

/**
 * The log behind a feed. It is a function of time, so a feed that was killed finds the same trades again, without a disk.
 */
export class FeedLog {
  readonly #settings: FeedLogSettings;
  readonly #indices: ReadonlyMap<string, number>;

  constructor(settings: FeedLogSettings) {
    this.#settings = settings;
    this.#indices = new Map(settings.topics.map((topic, index) => [topic, index]));
  }

  /** The trades of a topic from a number on that exist and are still kept. */
  *read(topic: string, from: number, now = Date.now()): Generator<Trade> {
    const { topics, messages, backlog, rate, since, keep } = this.#settings;
    const index = this.#indices.get(topic)!;
    const trades = Math.min(messages, backlog + Math.floor((rate * (now - since)) / 1000));
    const newest = lengthOf(index, topics.length, trades);
    for (let n = Math.max(from, newest - keep + 1); n <= newest; n++)
      yield { topic, n, price: 100 + ((index + n) % 7) };
  }
}
