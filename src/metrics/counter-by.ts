import type { Counter } from 'prom-client';
import type { Labels } from './instruments.js';

/** A counter with a label of its own beside those of the connection. */
export class CounterBy {
  readonly counter: Counter;
  readonly #label: string;
  /** Those that were counted: prom-client removes series one by one. */
  readonly #values = new Set<string>();

  constructor(counter: Counter, label: string) {
    this.counter = counter;
    this.#label = label;
  }

  count(labels: Labels, value: string, times = 1): void {
    this.#values.add(value);
    this.counter.inc({ ...labels, [this.#label]: value }, times);
  }

  remove(labels: Labels): void {
    for (const value of this.#values) this.counter.remove({ ...labels, [this.#label]: value });
  }
}
