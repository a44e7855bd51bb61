/** Counters of a connection object. They are totals over its whole lifetime, except the last three. */
export interface ConnectionStats {
  /** Messages received, rejected ones too. */
  readonly received: number;
  /** The size of their payloads: bytes where the transport knows them, else string lengths. */
  readonly receivedBytes: number;
  /** Messages handed to the socket. */
  readonly sent: number;
  /** The size of their payloads: bytes where the transport knows them, else string lengths. */
  readonly sentBytes: number;
  /** Inbound messages that could not be decoded or validated. */
  readonly rejected: number;
  /** Outbound messages that were dropped. */
  readonly dropped: number;
  /** Handshakes that succeeded. */
  readonly opens: number;
  /** Messages that wait to be sent now. */
  readonly queued: number;
  /** Bytes that the socket buffers now. */
  readonly bufferedAmount: number;
  /** Milliseconds of the last heartbeat of the open connection; `undefined` before the first one. */
  readonly latency?: number | undefined;
}

/** What is read on demand. */
interface Now {
  readonly outgoing: { readonly queued: number };
  readonly bufferedAmount: number;
}

/** The counters: most are counted as things happen, `queued` and `bufferedAmount` are read on demand. */
export class Counters implements ConnectionStats {
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  rejected = 0;
  dropped = 0;
  opens = 0;
  latency: number | undefined = undefined;
  readonly #now: Now;

  constructor(now: Now) {
    this.#now = now;
  }

  get queued(): number {
    return this.#now.outgoing.queued;
  }

  get bufferedAmount(): number {
    return this.#now.bufferedAmount;
  }

  toJSON(): object {
    const { queued, bufferedAmount } = this;
    return { ...(this as object), queued, bufferedAmount };
  }
}
