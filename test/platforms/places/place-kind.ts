import type { Findings } from '../program/program.js';

/** What a transport can do in a place. */
export interface Traits {
  /** Ping frames: sends them, and counts the server's. */
  readonly pings: boolean;
  readonly pauses: boolean;
  /** Sends request headers. */
  readonly headers: boolean;
  /** Reads the headers of the answer, and why a handshake was refused. */
  readonly answer: boolean;
  /** Ends the connection to a silent peer at once; else the platform waits for it, or for TCP. */
  readonly ends: boolean;
  /** Whether there is a document. */
  readonly page?: boolean;
  /** Whether it says if there is a network: where there is a document, unless said otherwise. */
  readonly network?: boolean;
}

/** A place where the program runs, on one transport. */
export interface PlaceKind {
  readonly name: string;
  /** The code below the transport, as the docs call it. */
  readonly socket: string;
  /** `undefined` where it is not installed. */
  version(): string | undefined;
  readonly traits: Traits;
  run(home: string): Promise<Findings>;
}

/** What `ws` can do. */
export const OF_WS: Traits = { pings: true, pauses: true, headers: true, answer: true, ends: true };

/** What the standard WebSocket can do. */
export const STANDARD: Traits = { pings: false, pauses: false, headers: false, answer: false, ends: false };
