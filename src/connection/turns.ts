import { callSafely } from '../rx/for-each-safely.js';

/**
 * Runs actions one at a time, in order. What an action causes runs after it: so all subscribers receive an event before
 * any of them receives what one of them did about it.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isBusy = false;

  run(action: () => void): void {
    if (this.#isBusy) {
      this.#waiting.push(action);
      return;
    }
    this.#isBusy = true;
    callSafely(action);
    this.release();
  }

  /** Lets actions wait until `release` is called. @returns `false` where they wait already: then it is not to be called */
  hold(): boolean {
    if (this.#isBusy) return false;
    return (this.#isBusy = true);
  }

  release(): void {
    this.#isBusy = true;
    if (this.#waiting.length) {
      for (const action of this.#waiting) callSafely(action); // also those that are added meanwhile
      this.#waiting.length = 0;
    }
    this.#isBusy = false;
  }
}
