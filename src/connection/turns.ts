import { forEachSafely } from '../rx/for-each-safely.js';

/**
 * Runs actions one at a time, in order. What an action causes runs after it: so all subscribers receive an event before
 * any of them receives what one of them did about it.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  run(action: () => void): void {
    this.#waiting.push(action);
    if (!this.#isBusy) this.release();
  }

  /** Lets actions wait until `release` is called. @returns `false` where they wait already: then it is not to be called */
  hold(): boolean {
    if (this.#isBusy) return false;
    return (this.#isBusy = true);
  }

  release(): void {
    this.#isBusy = true;
    forEachSafely(this.#waiting, (action) => action());
    this.#waiting.length = 0;
    this.#isBusy = false;
  }
}
