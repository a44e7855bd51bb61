/*
 * The file that `rxwire url --record session.json` writes, and that `recorded(session)` plays: plain JSON, with no value
 * that JSON cannot hold. It never has the headers of a handshake, the subprotocols that were offered, or the credentials
 * and the query of a URL, because secrets live there.
 */

/** The recording of a session: all connections of a client, in the order in which it made them. */
export interface Recording {
  /** The version of the format. */
  readonly version: 1;
  /** One for each attempt to connect, failed ones too. */
  readonly connections: readonly RecordedConnection[];
}

/** What happened on one connection, from the attempt to connect on. */
export interface RecordedConnection {
  /** Milliseconds from the first attempt of the recording to this one. */
  readonly at: number;
  /** The URL, without its credentials and query. */
  readonly url: string;
  /** In the order in which it happened; `at` never goes down. */
  readonly events: readonly RecordedEvent[];
}

/** An event of a recorded connection. `at`: whole milliseconds from its attempt to connect. */
export type RecordedEvent = RecordedServerEvent | RecordedClientEvent;

/** What the server or the network did: what `recorded` plays. */
export type RecordedServerEvent =
  /** The handshake succeeded. `protocol` and `extensions` are absent where the server chose none. */
  | { readonly at: number; readonly type: 'open'; readonly protocol?: string; readonly extensions?: string }
  /** A text frame arrived. */
  | { readonly at: number; readonly type: 'message'; readonly data: string }
  /** A binary frame arrived; `data` in base64. */
  | { readonly at: number; readonly type: 'binary'; readonly data: string }
  /** A ping frame arrived. */
  | { readonly at: number; readonly type: 'ping'; readonly data: string }
  /** A pong frame arrived. Not to be played where pings are answered anyway. */
  | { readonly at: number; readonly type: 'pong'; readonly data: string }
  /** The server closed, or answered the client's Close frame. */
  | { readonly at: number; readonly type: 'close'; readonly code: number; readonly reason: string }
  /** The handshake was answered with an HTTP status. Of its headers, `retry-after` alone is kept. */
  | {
      readonly at: number;
      readonly type: 'refused';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** There was no connection, or it broke: 1006. `message` says why, where that is known. */
  | { readonly at: number; readonly type: 'drop'; readonly message?: string }
  /**
   * From here on the server answered nothing, no ping and no Close frame, until the client gave up. Inserted when it
   * did, at the time of what arrived last.
   */
  | { readonly at: number; readonly type: 'silence' };

/** What the client did: for the reader of a recording. `recorded` does not play it. */
export type RecordedClientEvent =
  /** A text frame was sent. */
  | { readonly at: number; readonly type: 'sent'; readonly data: string }
  /** A binary frame was sent; `data` in base64. */
  | { readonly at: number; readonly type: 'sentBinary'; readonly data: string }
  /** A ping frame was sent. */
  | { readonly at: number; readonly type: 'sentPing'; readonly data: string }
  /** A Close frame was sent, before one of the server's had arrived. */
  | { readonly at: number; readonly type: 'sentClose'; readonly code: number; readonly reason: string }
  /** The client gave the connection up without a closing handshake. Nothing follows. */
  | { readonly at: number; readonly type: 'terminated' };
