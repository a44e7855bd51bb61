import type { Observable } from 'rxjs';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';

/** The data that a server echoes. */
export type Payload = string | Uint8Array;

/** A client for the protocol of a server. */
export interface Client {
  readonly connection: WebSocketConnection<unknown, never>;
  /** Emits what the server sends back. */
  readonly received: Observable<Payload>;
  send(payload: Payload): void;
  /** Makes the server close the connection. */
  provoke(): void;
}

/** The port and files of a server. */
export interface Place {
  readonly port: number;
  /** A folder of its own. */
  readonly directory: string;
  /** The port of the server behind it. */
  readonly upstream: number | undefined;
}

/** A kind of server that is not part of this project: how to run it, how to use it, and its known behaviour. */
export interface ServerKind {
  readonly name: string;
  /** `undefined` if it is not installed. */
  version(): string | undefined;
  /** The server behind it. */
  readonly inFrontOf?: ServerKind;
  /** Builds its program, once. */
  build?(): void;
  /** Writes its configuration to `directory`. @returns the command that runs it */
  command(place: Place): readonly string[];
  /** Starts a companion that it needs. @returns a function that stops it */
  accompany?(place: Place): () => void;
  connect(url: string, ...supervision: Supervision[]): Client;
  /** Like `connect`, if another protocol makes the server close. */
  connectToProvoke?: ServerKind['connect'];
  /** Its subprotocol. */
  readonly protocol: string;
  /** The letter that test texts consist of. */
  readonly letter: string;
  /** The kinds of frames that it does not support, with the reason. */
  readonly cannot: { readonly text?: string; readonly binary?: string };
  /** The `close` event after `close(4000, 'enough')`. */
  readonly answers: string;
  /** The `close` event when the server closes, and what makes it close. */
  readonly closes: { readonly when: string; readonly as: string };
  /** The `close` event when it is stopped with SIGTERM while it is idle. */
  readonly stops: string;
}
