import { tap } from 'rxjs';
import type { LifecycleEvent, Supervision } from '../../../src/index.node.js';

/** Watches whether those who look on receive one `close` for each `connecting`. */
export class Closes {
  readonly #complain: (what: string) => void;
  /** Attempts that were begun, closes that were emitted. */
  #begun = 0;
  #closes = 0;
  #runs = 0;
  /** The run of the last `connecting` that was emitted and had no `close` yet. */
  #unclosed: number | undefined;
  readonly #runOf = new WeakMap<LifecycleEvent, number>();
  #current = { run: 0 };

  constructor(complain: (what: string) => void) {
    this.#complain = complain;
  }

  /** Whether a `connecting` of the newest run was emitted whose `close` was not. */
  get isUnclosed(): boolean {
    return this.#unclosed === this.#runs;
  }

  /** The first operator of a supervision: sees what begins, whatever the others make of it. */
  readonly first: Supervision = (source) => {
    const current = (this.#current = { run: 0 });
    return source.pipe(
      tap((event) => {
        if (event.type !== 'connecting') return;
        this.#begun++;
        if (event.attempt === 1) this.#runs++;
        current.run = this.#runs;
      }),
    );
  };

  /** The last operator: notes which run an event is of. */
  readonly last: Supervision = (source) => {
    const current = this.#current;
    return source.pipe(tap((event) => void this.#runOf.set(event, current.run)));
  };

  next(event: LifecycleEvent): void {
    if (event.type === 'connecting') {
      const run = this.#runOf.get(event);
      // Where it is of another run, nobody was left to receive the end of the one before.
      if (this.#unclosed === run) this.#complain(`connecting ${event.attempt} came before the close of the one before`);
      this.#unclosed = run;
    } else if (event.type === 'close') {
      this.#unclosed = undefined;
      if (++this.#closes > this.#begun) this.#complain(`${this.#closes} closes of ${this.#begun} connections`);
    }
  }
}
