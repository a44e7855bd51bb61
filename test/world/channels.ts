import { BOOKS } from './exchange.js';

/** What a session calls a key: the id of the message that asked for it, and a number of its own. */
export interface Channel {
  readonly sub: number;
  readonly ch: number;
}

/**
 * The keys that one session sends, and its numbers for them. A number that is given back is the next to be given, and every
 * other session begins with 2, 1, 4, 3: the same number means one key here and another there.
 */
export class Channels {
  readonly #channels = new Map<string, Channel>();
  readonly #inPairs: number;

  /** @param session its number */
  constructor(session: number) {
    this.#inPairs = session % 2;
  }

  get keys(): readonly string[] {
    return [...this.#channels.keys()];
  }

  get(key: string): Channel | undefined {
    return this.#channels.get(key);
  }

  /** Gives the key a number, unless it has one. */
  open(key: string, sub: number): Channel {
    const channel = { sub, ch: this.get(key)?.ch ?? this.#free() };
    this.#channels.set(key, channel);
    return channel;
  }

  close(key: string): void {
    this.#channels.delete(key);
  }

  /** Closes the one of that number. */
  closeNumber(number: number): void {
    const key = this.keys.find((each) => this.get(each)!.ch === number);
    if (key !== undefined) this.close(key);
  }

  #free(): number {
    const taken = new Set([...this.#channels.values()].map(({ ch }) => ch));
    const all = Array.from({ length: BOOKS }, (_, index) => 1 + (index ^ this.#inPairs));
    return all.find((number) => !taken.has(number))!;
  }
}
