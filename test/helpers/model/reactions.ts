import type { Reaction, UserStep } from './steps.js';

/** Does, once, what is to be done on being told this. */
export type React = (told: Reaction['on']) => void;

/** What users do inside of being told something. */
export class Reactions {
  /** How many there were since this was set. */
  count = 0;
  readonly #use: (step: UserStep) => void;
  #depth = 0;
  #isAtEnd = false;

  constructor(use: (step: UserStep) => void) {
    this.#use = use;
  }

  /** Whether one is going on. */
  get isOn(): boolean {
    return this.#depth > 0;
  }

  /** Nobody reacts any more. */
  end(): void {
    this.#isAtEnd = true;
  }

  of(reaction: Reaction | undefined): React {
    let isDue = true;
    return (told) => {
      if (!isDue || this.#isAtEnd || told !== reaction?.on) return;
      isDue = false;
      this.count++;
      this.#depth++;
      this.#use(reaction.then);
      this.#depth--;
    };
  }
}
