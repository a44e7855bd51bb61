import type { Observable } from 'rxjs';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';

/** What is said to a server and comes back from it. */
export type Payload = string | Uint8Array;

/** A client that speaks a server's language. */
export interface Client {
  readonly connection: WebSocketConnection<unknown, never>;
  /** What comes back. */
  readonly heard: Observable<Payload>;
  say(payload: Payload): void;
  /** Says what makes the server close the connection. */
  provoke(): void;
}

/** Where a server runs, and with what. */
export interface Place {
  readonly port: number;
  /** A folder of its own. */
  readonly directory: string;
  /** The port of what it stands in front of. */
  readonly upstream: number | undefined;
}

/** A server that no one here wrote: how it is run, how it is spoken to, and what it is known to do. */
export interface ServerKind {
  readonly name: string;
  /** `undefined` where it is not installed. */
  version(): string | undefined;
  /** What it stands in front of. */
  readonly inFrontOf?: ServerKind;
  /** Makes its program, once. */
  build?(): void;
  /** Writes what it needs to `directory`. @returns the command that runs it */
  command(place: Place): readonly string[];
  /** What it cannot do without beside it. @returns what ends that */
  accompany?(place: Place): () => void;
  connect(url: string, ...supervision: Supervision[]): Client;
  /** Like `connect`, where it is provoked in another language. */
  connectToProvoke?: ServerKind['connect'];
  /** The subprotocol that it speaks. */
  readonly protocol: string;
  /** A letter of the texts that it takes. */
  readonly letter: string;
  /** What of text and binary it cannot exchange, and why. */
  readonly cannot: { readonly text?: string; readonly binary?: string };
  /** The `close` that follows ours, of 4000 and 'enough'. */
  readonly answers: string;
  /** The `close` when it is provoked, and how that is done. */
  readonly closes: { readonly when: string; readonly as: string };
  /** The `close` when it is stopped by SIGTERM, and has nothing else to do. */
  readonly stops: string;
}
