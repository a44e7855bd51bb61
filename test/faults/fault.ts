/** What a server has got from each attempt of its client, in order. */
export type Ledger = Map<number, number[]>;

/** A server, the way to it, and what can happen to them. */
export interface Scene {
  /** Where to connect to; asked before every attempt. */
  url(): string;
  /** The certificates that a client trusts. */
  readonly ca?: readonly string[];
  readonly got: Ledger;
  inflict(): unknown;
  /** Ends what lasts until then; left out where the fault is over as soon as it has happened. */
  heal?(): unknown;
  /** Nothing is left of it. */
  stop(): Promise<unknown>;
}

/** How rxwire takes a fault, in the words of `describeError`. */
export interface Expectation {
  /** What the connection ends with that was open; left out, it lives on. */
  readonly first?: RegExp;
  /** What attempts fail with for as long as the fault lasts. */
  readonly meanwhile?: RegExp;
  /** The last of these is fatal: no attempt follows it. */
  readonly isFatal?: true;
  /** The dice decide whether a connection is lost, and how often. */
  readonly perhaps?: true;
  /** Our own close is answered by nobody. */
  readonly isCloseUnanswered?: true;
}

/** Something that happens to connections. */
export interface Fault {
  readonly name: string;
  readonly expected: Expectation;
  /** Nobody says anything, the heartbeat included: what an idle timeout waits for. */
  readonly isQuiet?: true;
  /** The same with other figures: proved, and no row in the table. */
  readonly variants?: readonly Fault[];
  /** Everything is well at first. */
  start(): Promise<Scene>;
}

/** Faults that happen in the same place. */
export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}
