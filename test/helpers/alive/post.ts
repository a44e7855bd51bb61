import { isMessageDroppedError, isOutboxOverflowError } from '../../../src/index.node.js';
import type { LifecycleEvent, OutboxOptions, WebSocketConnection } from '../../../src/index.node.js';

/** Sends the bytes of one buffer, again and again, and watches what becomes of every message. */
export class Post {
  readonly #feed: () => WebSocketConnection;
  readonly #limits: OutboxOptions;
  readonly #complain: (what: string) => void;
  readonly #buffer = new Uint8Array(12);
  /** The numbers of the messages that sockets were given, in order. */
  readonly #sent: number[] = [];
  /** How the promises of `send` have settled. */
  readonly #receipts = new Map<number, 'sent' | 'dropped' | undefined>();
  #last = 0;
  #given = 0;
  #dropped = 0;

  constructor(feed: () => WebSocketConnection, limits: OutboxOptions, complain: (what: string) => void) {
    this.#feed = feed;
    this.#limits = limits;
    this.#complain = complain;
  }

  // What users do

  next(): void {
    this.#given++;
    try {
      this.#feed().messages.next(this.#number(++this.#last));
    } catch (error) {
      this.#given--;
      const isAllowed = isOutboxOverflowError(error) && this.#limits.overflow === 'error';
      if (!isAllowed) this.#complain(`next() has thrown ${String(error)}`);
    }
    this.#buffer.fill(0xff); // the caller's again
  }

  send(): void {
    this.#given++;
    const id = ++this.#last;
    this.#receipts.set(id, undefined);
    const settle = (how: 'sent' | 'dropped') => {
      if (this.#receipts.get(id)) this.#complain(`the promise of ${id} settled twice`);
      this.#receipts.set(id, how);
    };
    this.#feed()
      .send(this.#number(id))
      .then(
        () => settle('sent'),
        (error: unknown) => {
          if (!isMessageDroppedError(error)) this.#complain(`send() has rejected with ${String(error)}`);
          settle('dropped');
        },
      );
    this.#buffer.fill(0xff);
  }

  /** Four, eight or twelve bytes. */
  #number(id: number): Uint8Array {
    const bytes = this.#buffer.subarray(0, sizeOf(id));
    bytes.fill(0);
    new DataView(bytes.buffer).setUint32(0, id);
    return bytes;
  }

  // What comes of it

  emitted(event: LifecycleEvent): void {
    if (event.type === 'dropped') this.#dropped += event.count;
  }

  /** A socket was given this. */
  handed(data: string | Uint8Array): void {
    const { buffer, byteOffset, length } = data as Uint8Array;
    const id = new DataView(buffer, byteOffset).getUint32(0);
    if (length !== sizeOf(id)) this.#complain(`${String(data)} was sent, which nobody has given`);
    if (id <= (this.#sent.at(-1) ?? 0)) this.#complain(`${id} was sent after ${this.#sent.at(-1)}`);
    this.#sent.push(id);
  }

  /** Between two steps. */
  check(): void {
    const { sent, dropped, queued } = this.#feed().stats;
    const { capacity = Infinity, maxBytes = Infinity, overflow } = this.#limits;
    if (sent !== this.#sent.length) this.#complain(`${this.#sent.length} were sent, ${sent} were counted`);
    if (dropped !== this.#dropped) this.#complain(`${this.#dropped} drops were emitted, ${dropped} were counted`);
    if (sent + dropped + queued !== this.#given) this.#complain(`${sent} + ${dropped} + ${queued} of ${this.#given}`);
    if (queued > capacity) this.#complain(`${queued} messages wait`);
    const least = overflow === 'dropOldest' ? this.#bytesOfTheLast(queued) : queued * sizeOf(0);
    if (least > maxBytes) this.#complain(`${least} bytes wait`);
  }

  /** Promises have had their turn: each agrees with what was sent. */
  checkReceipts(isOver: boolean): void {
    for (const [id, how] of this.#receipts) {
      const isSent = this.#sent.includes(id);
      if (isSent !== (how === 'sent')) this.#complain(`${id} is ${String(how)}, and was sent: ${isSent}`);
      if (isOver && !how) this.#complain(`the promise of ${id} has not settled`);
    }
  }

  #bytesOfTheLast(count: number): number {
    let bytes = 0;
    for (let id = this.#last; count > 0 && id > 0; id--) {
      if (this.#sent.includes(id)) continue;
      bytes += sizeOf(id);
      count--;
    }
    return bytes;
  }
}

function sizeOf(id: number): number {
  return 4 + 4 * (id % 3);
}
