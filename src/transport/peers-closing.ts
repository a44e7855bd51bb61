import { Subscription } from 'rxjs';
import { runAfter } from '../rx/after.js';
import type { TransportRequest, TransportSink } from './transport.js';

const CLOSING = 2;

/**
 * The patience with a peer that has begun to close. By the standard nobody is told of that, and a peer that leaves it at
 * that would never be noticed: `closeTimeout` begins when somebody looks, as a heartbeat does, and whoever sends.
 */
export class PeersClosing {
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  #timer: Subscription | undefined;

  constructor(request: TransportRequest, sink: TransportSink) {
    this.#request = request;
    this.#sink = sink;
  }

  /** @returns the state of the socket */
  look(readyState: number): number {
    if (readyState !== CLOSING) return readyState;
    const { closeTimeout, scheduler } = this.#request;
    this.#timer ??= runAfter(closeTimeout, scheduler, () => this.#sink.onClose(1006, '', false));
    return readyState;
  }

  /** It is closed, or we close it ourselves, which has a patience of its own. */
  stop(): void {
    this.#timer?.unsubscribe();
    this.#timer = Subscription.EMPTY;
  }
}
