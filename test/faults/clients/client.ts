import type { Story } from '../story.js';

/** The times, in milliseconds, that a client is given. */
export interface Pace {
  readonly heartbeat: { readonly interval: number; readonly timeout: number };
  /** The longest wait before a retry. */
  readonly retryDelay: number;
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  /** How long a fault lasts that can be ended; left out: until it was noticed, and by the next attempt too. */
  readonly lasts?: number;
  /** How long anything is waited for. */
  readonly patience: number;
}

/** What a client is given to connect with. */
export interface Dial {
  /** The URL of the next attempt: asked once for each. */
  readonly nextUrl: () => string;
  readonly ca: readonly string[] | undefined;
  readonly isQuiet: boolean;
  readonly pace: Pace;
}

/** A client that was told to stay connected. */
export interface Session {
  send(n: number): void;
  close(): Promise<unknown>;
}

/** Connects, and tells the story of it. */
export type Client<S extends Session> = (dial: Dial, story: Story) => S;
