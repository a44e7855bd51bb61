/** A change of a book: the amount at a price is now this; 0 removes it. */
export type Change = readonly [side: 'bid' | 'ask', price: number, amount: number];

/** The orders for one symbol, added up by price. */
export class Book {
  /** The number of the last change in it. */
  number: number;
  readonly #levels = { bid: new Map<number, number>(), ask: new Map<number, number>() };

  /** A book from a snapshot. */
  constructor(number: number, changes: readonly Change[]) {
    this.number = number;
    this.apply(number, changes);
  }

  apply(number: number, changes: readonly Change[]): void {
    this.number = number;
    for (const [side, price, amount] of changes) {
      if (amount) this.#levels[side].set(price, amount);
      else this.#levels[side].delete(price);
    }
  }

  /** The whole book, in order: what two books have in common if they are equal. */
  get levels(): readonly Change[] {
    const side = (name: 'bid' | 'ask') =>
      [...this.#levels[name]].sort(([a], [b]) => a - b).map(([price, amount]): Change => [name, price, amount]);
    return [...side('bid'), ...side('ask')];
  }
}

/** Whether two books have the same levels. */
export function equal(one: readonly Change[] | undefined, other: readonly Change[] | undefined): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
