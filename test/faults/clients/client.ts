import type { Trace } from '../trace.js';

/** The times of a client, in milliseconds. */
export interface Pace {
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  /** The longest wait before a retry. */
  readonly retryDelay: number;
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  /** How long a lasting fault lasts. Default: until the connection and the next attempt have failed. */
  readonly lasts?: number;
  /** The longest wait for anything. */
  readonly patience: number;
}

/** The options of a client. */
export interface Dial {
  /** Returns the URL of the next attempt; called once per attempt. */
  readonly nextUrl: () => string;
  readonly ca: readonly string[] | undefined;
  readonly isQuiet: boolean;
  readonly pace: Pace;
}

/** A client that stays connected. */
export interface Session {
  send(n: number): void;
  close(): Promise<unknown>;
}

/** Connects, and records what happens. */
export type Client<S extends Session> = (dial: Dial, trace: Trace) => S;
