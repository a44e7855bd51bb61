/** Where messages pass, in this order. */
export const STAGES = ['given', 'sent', 'received', 'delivered', 'stored'] as const;
export type Stage = (typeof STAGES)[number];

/** A message at a stage. Messages of a key are numbered from 1. */
export interface Step {
  readonly stage: Stage;
  readonly key: string;
  readonly n: number;
  /** Where the step is of several messages: the number of the first one. Default: `n`. */
  readonly from?: number;
  /** A snapshot stands for all messages up to its number, and its place begins anew behind it. */
  readonly isSnapshot?: boolean;
  /** The process, connection or store where that was. */
  readonly place: string;
  /** Milliseconds, by one clock for all places. */
  readonly at: number;
}

/** What is wrong with a message. */
export type Fault =
  /** It was given, and has not come to the last stage. */
  | 'lost'
  /** It was at a place twice. */
  | 'doubled'
  /** It was at a place after one with a higher number. */
  | 'reordered'
  /** It was at a stage before it was at the one before, or without that. */
  | 'early';

export interface Finding {
  readonly fault: Fault;
  readonly key: string;
  readonly n: number;
  /** Where it was found; where it is lost, the last stage that it came to. */
  readonly stage: Stage;
  readonly place: string;
}
