/*
 * The port: the least that a socket must do to carry a connection. Callbacks and no Observables, because this is the
 * hot path.
 */

import type { SchedulerLike } from 'rxjs';

/** Makes sockets. */
export interface Transport {
  /** Whether a paused socket really stops the peer. */
  readonly canPause: boolean;
  /** Whether request headers can be set: browsers cannot. */
  readonly canSetHeaders: boolean;
  /** The size of a message in bytes, where that is known; left out, it is the string's length. */
  sizeOf?(data: string | Uint8Array): number;
  /**
   * Starts to connect, and reports to `sink` once this has returned. May throw if the request can never be made (an
   * invalid URL, say); then nothing is left behind.
   */
  open(request: TransportRequest, sink: TransportSink): TransportSocket;
}

/** What a connection asks of a transport. */
export interface TransportRequest {
  /** With its credentials and query: not to be shown. */
  readonly url: string;
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols: readonly string[];
  /** Empty where the transport cannot set any. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that a closing handshake may take, ours or the peer's. */
  readonly closeTimeout: number;
  /** Runs what a transport waits for; its `now()` is the wall clock, which dates are read against. */
  readonly scheduler: SchedulerLike;
}

/** Headers of an answer, names in lower case; what may come several times, as `set-cookie` does, is a list. */
export type ResponseHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Where a socket reports to. `onClose` comes last; what comes after it is ignored. */
export interface TransportSink {
  /**
   * The handshake succeeded.
   *
   * @param protocol the subprotocol that the server chose; empty if none
   * @param extensions what the server agreed to; empty if nothing
   * @param headers of the server's answer, names in lower case, where the platform shows them
   */
  onOpen(protocol: string, extensions: string, headers?: ResponseHeaders): void;
  /** A whole message arrived. @param bytes the payload's size, where it is known; else the string's length */
  onMessage(data: string | Uint8Array, bytes: number): void;
  /** A ping frame of the peer's arrived, and was answered; never called where the platform hides them. */
  onPing(payload: unknown): void;
  /** A pong frame arrived, asked for or not. */
  onPong(payload: unknown): void;
  /** An `onClose` follows. A refused handshake is reported as a `HandshakeError`. */
  onError(error: Error): void;
  /**
   * The socket is closed.
   *
   * @param code 1006 where no Close frame was received, and never 0
   * @param initiator `'local'` where the transport itself found that the peer broke the protocol: then `code` is what it
   *   closed with, and `reason` says in words what was wrong
   */
  onClose(code: number, reason: string, wasClean: boolean, initiator?: 'local' | 'remote'): void;
}

/** One socket: the part of the standard WebSocket that is needed, `terminate`, and what `ws` has beyond it. */
export interface TransportSocket {
  /** As of the standard WebSocket: 1 from `open` on, until a Close frame was sent or seen. */
  readonly readyState: number;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
  /** Bytes received so far, those of an unfinished frame too; `undefined` where that is not known. */
  readonly receivedBytes?: number | undefined;
  /**
   * How many of the bytes handed to `send`, as `sizeOf` counts them, have left our own buffers; `undefined` where that is
   * not known.
   */
  readonly flushedBytes?: number | undefined;
  /**
   * What the server refused the handshake with, while the rest of its answer is still being read. Where a timeout ends
   * the attempt meanwhile, it ends with this.
   */
  readonly refusal?: Error | undefined;
  /** Sends a text or a binary frame; the bytes belong to the caller again when it returns. */
  send(data: string | Uint8Array): void;
  /** Sends a ping frame; absent where the platform has none to send. */
  ping?(payload?: string): void;
  /** Stops reading, and with it, in the end, the peer. */
  pause?(): void;
  /** Goes on reading. */
  resume?(): void;
  /** Begins the close handshake behind what was sent; on a socket that is not open yet, gives up. */
  close(code: number, reason: string): void;
  /** Lets go at once, without a handshake. What it reports afterwards is ignored. */
  terminate(): void;
}
