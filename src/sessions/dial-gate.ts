import type { SchedulerLike, Subscription } from 'rxjs';
import type { Pace } from '../connection/pace.js';
import { bounded } from '../protocol/backoff.js';
import type { Pacer } from '../protocol/session-port.js';

/** Lets one attempt dial. It holds a place of the pace until the socket is made, which counts, or is not to be made. */
class Permit {
  readonly #end: (isUsed: boolean) => void;
  #isHeld = true;
  /** Whether no attempt has it. */
  isFree = true;

  constructor(end: (isUsed: boolean) => void) {
    this.#end = end;
  }

  /** The first call counts. */
  end(isUsed: boolean): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#end(isUsed);
  }
}

/**
 * Lets connections of a pool dial under a pace, in order: their retries, and those whose turn it is. Servers count
 * sockets, which are made some time after the attempt has begun, if its URL or headers take their time.
 */
export class DialGate {
  readonly #pacer: Pacer;
  readonly #scheduler: SchedulerLike;
  #waiting: ((permit: Permit) => void)[] = [];
  #timer: Subscription | undefined;
  /** How many permits are held. */
  #held = 0;
  /** The permit of the turn that begins now: for the first attempt that is made in it. */
  #ofTurn: Permit | undefined;

  constructor(pace: Pace, scheduler: SchedulerLike) {
    this.#pacer = pace.meter(scheduler);
    this.#scheduler = scheduler;
  }

  /**
   * An attempt begins when it may.
   * @param begin is given what it is to call as its socket is made
   * @returns gives it up
   */
  dial(begin: (dialing: () => void) => void): () => void {
    let permit: Permit | undefined;
    let stopWaiting: (() => void) | undefined;
    const go = (granted: Permit) => {
      permit = granted;
      granted.isFree = false;
      begin(() => granted.end(true));
    };
    if (this.#ofTurn?.isFree) go(this.#ofTurn);
    else stopWaiting = this.#wait(go);
    return () => {
      stopWaiting?.();
      permit?.end(false);
    };
  }

  /** Something that begins an attempt at once is done when it may. Where it begins none, no dial counts. @returns gives it up */
  turn(action: () => void): () => void {
    return this.#wait((permit) => {
      const outer = this.#ofTurn; // which may have ended within its action
      this.#ofTurn = permit;
      action();
      this.#ofTurn = outer;
      if (permit.isFree) permit.end(false);
    });
  }

  #wait(go: (permit: Permit) => void): () => void {
    this.#waiting.push(go);
    this.#pump();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== go);
      if (this.#waiting.length === 0) this.#timer?.unsubscribe();
    };
  }

  #pump(): void {
    for (let first; (first = this.#waiting[0]);) {
      this.#timer?.unsubscribe();
      const wait = this.#pacer.wait(this.#held);
      if (wait > 0) {
        this.#timer = this.#scheduler.schedule(() => this.#pump(), bounded(Math.ceil(wait)));
        return;
      }
      this.#waiting.shift();
      first(this.#permit());
    }
  }

  #permit(): Permit {
    this.#held++;
    return new Permit((isUsed) => {
      this.#held--;
      if (isUsed) this.#pacer.count();
      else this.#pump();
    });
  }
}
