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
  /** Milliseconds that a closing socket may take, whoever began. */
  readonly closeTimeout: number;
  /** Whose clock dates are read against. */
  readonly scheduler: SchedulerLike;
}

/** Where a socket reports to. `onClose` comes last; what comes after it is ignored. */
export interface TransportSink {
  /** The handshake succeeded. @param protocol the subprotocol that the server chose; empty if none */
  onOpen(protocol: string, extensions: string): void;
  /** A whole message arrived. @param bytes the payload's size, where it is known; else the string's length */
  onMessage(data: string | Uint8Array, bytes: number): void;
  /** A pong frame arrived, asked for or not. */
  onPong(payload: unknown): void;
  /** An `onClose` follows. A refused handshake is reported as a `HandshakeError`. */
  onError(error: Error): void;
  /** The socket is closed; 1006 where no Close frame was received. */
  onClose(code: number, reason: string, wasClean: boolean): void;
}

/** One socket: the part of the standard WebSocket that is needed, `terminate`, and what `ws` has beyond it. */
export interface TransportSocket {
  /** As of the standard WebSocket: 1 from `open` on, until a Close frame was sent or seen. */
  readonly readyState: number;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number;
  /** Bytes received so far, those of an unfinished frame too; absent where that is not known. */
  readonly receivedBytes?: number;
  /** How many of the bytes handed to `send` have left our own buffers; absent where that is not known. */
  readonly flushedBytes?: number;
  /** Sends a text or a binary frame. */
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
