import { Subscription } from 'rxjs';
import { runAfter } from '../rx/after.js';
import type { TransportRequest, TransportSink } from './transport.js';

const CLOSING = 2;

/** A platform waits by itself, up to 10 s, and then tells the code of the peer, which nobody else knows. */
const PLATFORMS_OWN = 11_000;

/**
 * The patience with a peer that has begun to close: `closeTimeout`, and 11 s at least. By the standard nobody is told of
 * that, and where the platform waits for ever, as Node does, a peer that leaves it at that would never be noticed. The
 * patience begins when somebody looks, as a heartbeat does, and whoever sends.
 */
export class PeersClosing {
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  #timer: Subscription | undefined;

  constructor(request: TransportRequest, sink: TransportSink) {
    this.#request = request;
    this.#sink = sink;
  }

  /** Somebody has looked at the state of the socket. */
  look(readyState: number): void {
    if (readyState !== CLOSING) return;
    const { closeTimeout, scheduler } = this.#request;
    const patience = Math.max(closeTimeout, PLATFORMS_OWN);
    this.#timer ??= runAfter(patience, scheduler, () => this.#sink.onClose(1006, '', false));
  }

  /** It is closed, or we close it ourselves, which has a patience of its own. */
  stop(): void {
    this.#timer?.unsubscribe();
    this.#timer = Subscription.EMPTY;
  }
}
