import { Observable } from 'rxjs';
import type { Observer, Subscriber, TeardownLogic } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import { expectSendable } from '../protocol/close-codes.js';
import type { CloseFields } from '../protocol/errors.js';
import { readWithBackpressure } from './read-with-backpressure.js';
import type { Pausable } from '../protocol/pausable.js';

/** What a message subject stands on. */
export interface MessagePort<Out> extends Pausable {
  readonly observed: boolean;
  next(value: Out): void;
  close(code: number, reason: string): Promise<void>;
}

/**
 * The messages of a connection, in both directions: an Observable of what arrives and an Observer of what is to be
 * sent, as a Subject is. Subscribing connects. It completes or errors with the supervised lifecycle, and not between
 * two connections of one run.
 */
export class MessageSubject<In = unknown, Out = In> extends Observable<In> implements Observer<Out>, AsyncIterable<In> {
  readonly #port: MessagePort<Out>;

  /** @internal */
  constructor(port: MessagePort<Out>, subscribe: (subscriber: Subscriber<In>) => TeardownLogic) {
    super(subscribe);
    this.#port = port;
  }

  /** Whether anybody is subscribed. */
  get observed(): boolean {
    return this.#port.observed;
  }

  /** The receiving side alone. */
  asObservable(): Observable<In> {
    return new Observable((subscriber) => this.subscribe(subscriber));
  }

  /**
   * Sends; until the connection is open the value waits in the outbox. A value that does not encode becomes a
   * `dropped` event.
   * @throws OutboxOverflowError where the outbox is full and `overflow` is 'error'
   */
  next(value: Out): void {
    this.#port.next(value);
  }

  /** Closes the connection with 1000; both streams complete. */
  complete(): void {
    void this.#port.close(1000, '');
  }

  /**
   * Closes the connection with a code and a reason; both streams complete.
   * @throws TypeError or RangeError where these may not be sent
   */
  error(error: { readonly [K in 'code' | 'reason']?: CloseFields[K] | undefined } | undefined): void {
    if (typeof error?.code !== 'number') refuse('error', 'an object with a close code, { code, reason }', error);
    const { code, reason = '' } = error;
    expectSendable(code, reason);
    void this.#port.close(code, reason);
  }

  /** Reads with backpressure: pauses the connection at 1000 waiting messages and lets it go on at 250. */
  [Symbol.asyncIterator](): AsyncIterableIterator<In> {
    return readWithBackpressure(this, this.#port);
  }
}
