import { atOnce } from '../src/protocol/arguments.js';
import { Queue } from '../src/rx/queue.js';

interface Entry<T> {
  readonly key: unknown;
  value: T;
}

/** A queue in which a value takes the place of the one that waits with the same key. */
export class ConflatingQueue<T> {
  readonly #entries = new Queue<Entry<T>>();
  /** Of what waits; compared as in a `Map`. */
  readonly #byKey = new Map<unknown, Entry<T>>();
  readonly #keyOf: (value: T) => unknown;
  readonly #replaced: (older: T) => void;

  constructor(keyOf: (value: T) => unknown, replaced: (older: T) => void) {
    this.#keyOf = keyOf;
    this.#replaced = replaced;
  }

  get size(): number {
    return this.#entries.size;
  }

  push(value: T): void {
    const key = atOnce('conflateBy(value)', this.#keyOf(value));
    const waiting = this.#byKey.get(key);
    if (waiting) {
      const older = waiting.value;
      waiting.value = value; // before it is called: it may push
      this.#replaced(older);
      return;
    }
    const entry = { key, value };
    this.#entries.push(entry);
    if (key !== undefined) this.#byKey.set(key, entry);
  }

  /** Takes the oldest. */
  shift(): T | undefined {
    return this.#take(this.#entries.shift());
  }

  /** Takes the newest. */
  pop(): T | undefined {
    return this.#take(this.#entries.pop());
  }

  #take(entry: Entry<T> | undefined): T | undefined {
    if (entry) this.#byKey.delete(entry.key);
    return entry?.value;
  }
}
