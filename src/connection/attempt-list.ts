import type { Subject } from 'rxjs';
import type { Gate } from '../protocol/session-port.js';
import type { Attempt } from './attempt.js';

/** The attempts of one connection object, over all runs: those of which something is left, and how many there were. */
export class AttemptList<In, Out> {
  members: readonly Attempt<In, Out>[] = [];
  /** How many were begun. */
  begun = 0;
  /** Decides when each begins, where somebody wants that; by default at once. */
  gate: Gate | undefined;
  /** Emits which attempts were successful with their handshake, or have ended, where somebody wants to know. */
  settlements: Subject<number> | undefined;

  add(attempt: Attempt<In, Out>): void {
    attempt.ordinal = ++this.begun;
    this.members = this.members.concat(attempt);
  }

  /** A handshake has succeeded, or an attempt has ended. */
  settled({ ordinal }: Attempt<In, Out>): void {
    this.settlements?.next(ordinal);
  }

  /** Nothing is left of its socket. */
  remove(attempt: Attempt<In, Out>): void {
    this.members = this.members.filter((other) => other !== attempt);
  }
}
