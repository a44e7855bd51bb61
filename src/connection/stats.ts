/** Counters of a connection, read when asked and free when not. Totals over its whole life, but for the last three. */
export interface ConnectionStats {
  /** Messages received, rejected ones too. */
  readonly received: number;
  /** Their payloads: bytes where the transport knows them, else string lengths. */
  readonly receivedBytes: number;
  /** Messages handed to the socket. */
  readonly sent: number;
  /** Their payloads: bytes where the transport knows them, else string lengths. */
  readonly sentBytes: number;
  /** Inbound messages that would not decode. */
  readonly rejected: number;
  /** Outbound messages that were given up. */
  readonly dropped: number;
  /** Handshakes that succeeded. */
  readonly opens: number;
  /** Messages that wait in the outbox now. */
  readonly queued: number;
  /** Bytes that were sent and have not left the socket yet. */
  readonly bufferedAmount: number;
  /** Milliseconds that the open connection's last heartbeat took; `undefined` before the first one. */
  readonly latency?: number | undefined;
}

/** What is counted as it happens, and what is looked up when asked. */
export class Counters implements ConnectionStats {
  received = 0;
  receivedBytes = 0;
  sent = 0;
  sentBytes = 0;
  rejected = 0;
  dropped = 0;
  opens = 0;
  latency: number | undefined = undefined;
  readonly #now: Pick<ConnectionStats, 'queued' | 'bufferedAmount'>;

  constructor(now: Pick<ConnectionStats, 'queued' | 'bufferedAmount'>) {
    this.#now = now;
  }

  get queued(): number {
    return this.#now.queued;
  }

  get bufferedAmount(): number {
    return this.#now.bufferedAmount;
  }

  toJSON(): object {
    const { queued, bufferedAmount } = this;
    return { ...(this as object), queued, bufferedAmount };
  }
}
