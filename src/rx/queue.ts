/**
 * First in, first out, in constant time. An array alone is copied by each `shift`. A `Map` and a list of nodes keep
 * what was taken alive: their dead parts point to younger ones, and V8 holds on to all of them until it collects the
 * old generation, which is 40 MB for a million messages.
 */
export class Queue<T> {
  #arrived: T[] = [];
  /** The oldest, in reverse. */
  #leaving: T[] = [];

  get size(): number {
    return this.#arrived.length + this.#leaving.length;
  }

  push(value: T): void {
    this.#arrived.push(value);
  }

  /** The oldest, which stays. */
  peek(): T | undefined {
    if (!this.#leaving.length) [this.#arrived, this.#leaving] = [this.#leaving, this.#arrived.reverse()];
    return this.#leaving.at(-1);
  }

  /** Takes the oldest. */
  shift(): T | undefined {
    this.peek();
    return this.#leaving.pop();
  }

  /** Takes out what is meant, wherever it stands. @returns whether there was any */
  remove(isMeant: (value: T) => boolean): boolean {
    const { size } = this;
    this.#arrived = this.#arrived.filter((value) => !isMeant(value));
    this.#leaving = this.#leaving.filter((value) => !isMeant(value));
    return this.size < size;
  }

  /** Takes the newest. */
  pop(): T | undefined {
    return this.#arrived.length ? this.#arrived.pop() : this.#leaving.shift();
  }
}
