import { Subject } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Attempt } from './attempt.js';

/** The attempts of one connection object, over all runs: those of which something is left, and how many there were. */
export class AttemptList<In, Out> {
  members: readonly Attempt<In, Out>[] = [];
  /** How many were begun. */
  begun = 0;
  /** Decides when each begins, where somebody wants that; by default at once. */
  gate: ((begin: () => void) => () => void) | undefined;
  #settlements: Subject<number> | undefined;

  /** Which attempts were successful with their handshake, or have ended. */
  get settlements(): Observable<number> {
    return (this.#settlements ??= new Subject()).asObservable();
  }

  add(attempt: Attempt<In, Out>): void {
    attempt.ordinal = ++this.begun;
    this.members = this.members.concat(attempt);
  }

  /** A handshake has succeeded, or an attempt has ended. */
  settled({ ordinal }: Attempt<In, Out>): void {
    this.#settlements?.next(ordinal);
  }

  /** Nothing is left of its socket. */
  remove(attempt: Attempt<In, Out>): void {
    this.members = this.members.filter((other) => other !== attempt);
  }
}
