import type { Trade } from './trade.js';

export interface FeedLogSettings {
  readonly topics: readonly string[];
  /** How many trades there will be in all. */
  readonly messages: number;
  /** How many of them there are at first. */
  readonly backlog: number;
  /** How many come in a second. */
  readonly rate: number;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  /** How many trades of a topic it keeps: the newest ones. */
  readonly keep: number;
}

/** How many of so many trades a topic has, where the topics take turns. */
export function lengthOf(index: number, topics: number, trades: number): number {
  return Math.floor((trades - index - 1) / topics) + 1;
}

/**
 * The log behind a feed. It is a function of time, as if somebody else wrote it: a feed that was killed finds in it
 * what it would have sent, and needs no disk for that.
 */
export class FeedLog {
  readonly #settings: FeedLogSettings;
  readonly #indices: ReadonlyMap<string, number>;

  constructor(settings: FeedLogSettings) {
    this.#settings = settings;
    this.#indices = new Map(settings.topics.map((topic, index) => [topic, index]));
  }

  /** The trades of a topic from a number on, as far as they are there, and there still. */
  *read(topic: string, from: number, now = Date.now()): Generator<Trade> {
    const { topics, messages, backlog, rate, since, keep } = this.#settings;
    const index = this.#indices.get(topic)!;
    const trades = Math.min(messages, backlog + Math.floor((rate * (now - since)) / 1000));
    const newest = lengthOf(index, topics.length, trades);
    for (let n = Math.max(from, newest - keep + 1); n <= newest; n++)
      yield { topic, n, price: 100 + ((index + n) % 7) };
  }
}
