/*
 * What Node knows of bytes on the wire, below `ws`. Documented is `bytesRead` alone: all else is asked for before it is
 * used.
 */

/** A socket of Node's, or what stands in its place. */
export interface Tcp {
  readonly bytesRead?: number;
  readonly _handle?: Handle | null;
  readonly _writableState?: { readonly writelen?: number };
}

/** What libuv writes through; the one of TLS stands on that of TCP, its `_parent`. */
interface Handle {
  readonly bytesRead?: number;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
  readonly _parent?: Handle | null;
}

/** What moves on the wire of one connection. */
export class Wire {
  readonly #tcp: Tcp;
  #received = 0;
  #sent = 0;
  #flushed = 0;
  /** How many bytes the kernel had taken when that was asked for last. */
  #taken = 0;

  constructor(tcp: Tcp) {
    this.#tcp = tcp;
  }

  /** Of TCP, not of TLS: a record that is not complete counts too. When the socket is gone, as it was. */
  get receivedBytes(): number | undefined {
    const read = this.#bottom?.bytesRead ?? this.#tcp.bytesRead;
    return read === undefined ? undefined : (this.#received = Math.max(this.#received, read));
  }

  /** So many bytes of payload were sent. */
  add(bytes: number): void {
    this.#sent += bytes;
  }

  /**
   * How much of the payload has left. The kernel counts frames, with headers, masked, compressed and encrypted perhaps;
   * so of the payload that waits as large a part has left as of all that waits. It never goes back, stands still where
   * nothing leaves, whatever is sent meanwhile, and has reached all of it when nothing waits. When the socket is gone, it
   * is as it was asked for last.
   */
  flushedBytes(bufferedAmount: number): number {
    if (this.#tcp._handle === null) return this.#flushed;
    const progress = this.#progress(bufferedAmount);
    if (progress === undefined) {
      this.#flushed = Math.max(this.#flushed, this.#sent - bufferedAmount);
    } else {
      const { taken, waiting } = progress;
      const left = taken - this.#taken;
      if (waiting === 0) this.#flushed = this.#sent;
      else if (left > 0) this.#flushed += Math.floor(((this.#sent - this.#flushed) * left) / (left + waiting));
      this.#taken = taken;
    }
    return this.#flushed;
  }

  get #bottom(): Handle | null | undefined {
    const handle = this.#tcp._handle;
    return handle?._parent ?? handle;
  }

  /**
   * Messages that are sent in one turn are one write, and `bufferedAmount` does not move until all of it was taken; what
   * libuv has queued does.
   */
  #progress(bufferedAmount: number): { readonly taken: number; readonly waiting: number } | undefined {
    const written = this.#bottom?.bytesWritten;
    const queued = this.#bottom?.writeQueueSize;
    const writing = this.#tcp._writableState?.writelen;
    if (written === undefined || queued === undefined || writing === undefined) return undefined;
    const inLibuv = Math.max(queued, this.#tcp._handle?.writeQueueSize ?? 0); // TLS has what it has not handed down yet
    if (writing > 0 && inLibuv === 0) return undefined; // outside Node it may be 0 for ever
    return { taken: written - queued, waiting: bufferedAmount - writing + inLibuv };
  }
}
