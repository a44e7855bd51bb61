import { Queue } from '../rx/queue.js';

/** Deliveries that wait while a lease of `pause` is held, of a connection that is closed and can hold nothing back. */
export class HeldBack {
  readonly #deliveries = new Queue<() => void>();
  readonly #isPaused: () => boolean;

  constructor(isPaused: () => boolean) {
    this.#isPaused = isPaused;
  }

  /** Whether the next message has to wait. */
  get isHolding(): boolean {
    return this.#isPaused() || this.#deliveries.size > 0;
  }

  push(delivery: () => void): void {
    this.#deliveries.push(delivery);
  }

  /** Delivers in order. @param isForced whatever leases are held; else until one is */
  release(isForced = false): void {
    while (this.#deliveries.size > 0 && (isForced || !this.#isPaused())) this.#deliveries.shift()!();
  }
}
