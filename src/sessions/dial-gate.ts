import type { SchedulerLike, Subscription } from 'rxjs';
import type { Pace } from '../connection/pace.js';
import { bounded } from '../protocol/backoff.js';
import type { Pacer } from '../protocol/session-port.js';

/** Lets connections of a pool dial under a pace, in order: their retries, and those whose turn it is. */
export class DialGate {
  readonly #pacer: Pacer;
  readonly #scheduler: SchedulerLike;
  #waiting: { readonly dial: () => void; readonly isTurn: boolean }[] = [];
  #timer: Subscription | undefined;
  /** Whether the next attempt was counted as it was given its turn. */
  #isGranted = false;

  constructor(pace: Pace, scheduler: SchedulerLike) {
    this.#pacer = pace.meter(scheduler);
    this.#scheduler = scheduler;
  }

  /** An attempt begins when it may. @returns gives it up */
  dial(begin: () => void): () => void {
    if (!this.#isGranted) return this.#wait(begin, false);
    this.#isGranted = false;
    begin();
    return () => undefined;
  }

  /** Something that begins an attempt at once is done when it may. @returns gives it up */
  turn(action: () => void): () => void {
    return this.#wait(action, true);
  }

  #wait(dial: () => void, isTurn: boolean): () => void {
    const entry = { dial, isTurn };
    this.#waiting.push(entry);
    this.#pump();
    return () => (this.#waiting = this.#waiting.filter((other) => other !== entry));
  }

  #pump(): void {
    this.#timer?.unsubscribe();
    for (let first; (first = this.#waiting[0]);) {
      const wait = this.#pacer.wait();
      if (wait > 0) {
        this.#timer = this.#scheduler.schedule(() => this.#pump(), bounded(Math.ceil(wait)));
        return;
      }
      this.#waiting.shift();
      this.#pacer.count();
      this.#isGranted = first.isTurn;
      first.dial();
      this.#isGranted = false;
    }
  }
}
