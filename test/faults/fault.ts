/** The messages that a server got, by attempt, in order. */
export type Ledger = Map<number, number[]>;

/** A server and its network, and a fault that can happen to them. */
export interface Scene {
  /** The URL of the next attempt. */
  url(): string;
  /** The certificates that a client trusts. */
  readonly ca?: readonly string[];
  readonly got: Ledger;
  inflict(): unknown;
  /** Ends the fault; absent if the fault does not last. */
  heal?(): unknown;
  /** Stops everything. */
  stop(): Promise<unknown>;
}

/** The errors that rxwire reports for a fault, as `describeError` writes them. */
export interface Expectation {
  /** The error of the open connection; absent if it stays open. */
  readonly first?: RegExp;
  /** The error of attempts while the fault lasts. */
  readonly meanwhile?: RegExp;
  /** Whether the last error is fatal: no attempt follows it. */
  readonly isFatal?: true;
  /** Whether chance decides if a connection is lost, and how often. */
  readonly perhaps?: true;
  /** Whether our own close is not answered. */
  readonly isCloseUnanswered?: true;
}

/** A fault of connections. */
export interface Fault {
  readonly name: string;
  readonly expected: Expectation;
  /** Nothing is sent, not even by the heartbeat, so that an idle timeout fires. */
  readonly isQuiet?: true;
  /** The same with other numbers: tested, but without a row in the table. */
  readonly variants?: readonly Fault[];
  /** Starts the server and its network, without the fault. */
  start(): Promise<Scene>;
}

/** Faults of the same kind. */
export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}
