import { Subscription } from 'rxjs';
import { runAfter } from '../rx/after.js';
import type { TransportRequest, TransportSink } from './transport.js';

const CLOSING = 2;

/** A platform waits by itself, up to 10 s, and then tells the code of the peer, which nobody else knows. */
const LEAST_PATIENCE = 11_000;

/**
 * Waits for a peer that has begun to close: `closeTimeout`, and 11 s at least. The standard has no event for that
 * beginning, and a platform that waits for ever, as Node does, would never report the end. So the time begins when the
 * state of the socket is read next, by a heartbeat or by a send.
 */
export class PeersClosing {
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  #timer: Subscription | undefined;

  constructor(request: TransportRequest, sink: TransportSink) {
    this.#request = request;
    this.#sink = sink;
  }

  /** The state of the socket was read. */
  look(readyState: number): void {
    if (readyState !== CLOSING) return;
    const { closeTimeout, scheduler } = this.#request;
    const patience = Math.max(closeTimeout, LEAST_PATIENCE);
    this.#timer ??= runAfter(patience, scheduler, () => this.#sink.onClose(1006, '', false));
  }

  /** It is closed, or we close it ourselves, which has a patience of its own. */
  stop(): void {
    this.#timer?.unsubscribe();
    this.#timer = Subscription.EMPTY;
  }
}
