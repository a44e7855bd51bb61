import type { ScriptedRequest } from './scripted-server.js';

/** A Close frame that a client sent. */
export interface ClientClose {
  /** The code of the Close frame. */
  readonly code: number;
  /** The reason of the Close frame; empty if it has none. */
  readonly reason: string;
}

/** An action of a client. */
export type ClientAction =
  /** Starts to connect. */
  | ({ readonly type: 'connect' } & ScriptedRequest)
  /** Sends a message, parsed if it is JSON. */
  | { readonly type: 'message'; readonly message: unknown }
  /** Sends a ping frame, or answers one of the server. */
  | { readonly type: 'ping' | 'pong'; readonly payload: string }
  /** Starts the closing handshake. */
  | ({ readonly type: 'close' } & ClientClose)
  /** Ends the connection without a handshake, stops to read, or continues to read. */
  | { readonly type: 'terminate' | 'pause' | 'resume' };

/** An action of a client, with the index of its connection in `server.connections`. */
export type ServerLogEntry = ClientAction & { readonly connection: number };

/** A frame that a client sent, as it is. */
export interface ClientFrame {
  /** The index of its connection in `server.connections`. */
  readonly connection: number;
  /** The text of a text frame, or the bytes of a binary one. */
  readonly data: string | Uint8Array;
}

/** What a frame of the client says: the value of JSON text, else the text or the bytes themselves. */
export function parsed(data: string | Uint8Array): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
