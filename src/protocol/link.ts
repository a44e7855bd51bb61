import type { Observable } from 'rxjs';

/** Steers one connection: comes with its `open` event, and is of no use after its `close`. */
export interface Link<In = unknown, Out = unknown> {
  /** Frames received so far, pings and pongs included: liveness without a clock read per message. */
  readonly received: number;
  /** Bytes received so far, those of an unfinished frame too; absent where the transport does not know. */
  readonly receivedBytes?: number | undefined;
  /** Bytes handed to the transport so far. */
  readonly sentBytes?: number | undefined;
  /** How many of `sentBytes` have left our own buffers; absent where the transport does not know. */
  readonly flushedBytes?: number | undefined;
  /** The error that the connection ended with; absent before, and where we closed it. */
  readonly error?: Error | undefined;
  /** Whether what is sent now can still reach the peer: not once either side has begun to close. */
  readonly writable?: boolean;
  /** Whether reading is paused now. */
  readonly paused: boolean;
  /** How often reading was paused so far: a verdict about silence needs the same count before and after. */
  readonly pauses?: number;
  /** The decoded messages of this connection alone; ends as the connection ends. */
  readonly messages: Observable<In>;
  /** The payloads of pong frames; never emits where the transport has no ping frames. */
  readonly pongs: Observable<unknown>;
  /**
   * Calls `look` with every message before it is decoded; where it returns `true`, the message is consumed. What it
   * throws terminates the connection.
   * @returns removes `look`
   */
  intercept(look: (data: string | Uint8Array) => boolean): () => void;
  /** Sends ahead of the outbox. On a connection that is closing the message is reported as `dropped`. */
  send(value: Out): void;
  /** Sends ahead of the outbox, as it is: a string as a text frame, bytes as a binary frame. */
  sendRaw(data: string | Uint8Array): void;
  /** Sends a ping frame; absent where the transport has none. Does nothing while closing. */
  ping?(payload?: string): void;
  /**
   * Ends the connection as closed by us: the lifecycle completes.
   * @throws RangeError where the code or the reason may not be sent
   */
  close(code?: number, reason?: string): void;
  /**
   * Ends the connection with an error, at once; the socket is torn down in the background. Does nothing while closing.
   * @param code sent to the peer in a Close frame, and reported by the `close` event. Default none: the socket is
   * terminated, and the code is 1006
   * @throws RangeError where the code may not be sent
   */
  terminate(error: Error, code?: number): void;
}
