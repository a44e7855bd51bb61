import { Observable } from 'rxjs';
import type { Observer, Subscriber } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import { expectSendable } from '../protocol/close-codes.js';
import type { CloseFields } from '../protocol/errors.js';
import { readWithBackpressure } from './read-with-backpressure.js';
import type { Pausable } from '../protocol/pausable.js';
import { LeanObservable } from '../rx/lean-observable.js';

/** What a message subject needs of its connection. */
export interface MessagePort<Out> extends Pausable {
  readonly observed: boolean;
  next(value: Out): void;
  read(subscriber: Subscriber<unknown>): void;
  close(code: number, reason: string): Promise<void>;
}

/**
 * The messages of a connection in both directions: an Observable of inbound messages, and an Observer of outbound
 * messages, like a Subject. Subscribing connects. Completes or errors with the supervised lifecycle, not between two
 * connections of one run.
 */
export class MessageSubject<In = unknown, Out = In>
  extends LeanObservable<In>
  implements Observer<Out>, AsyncIterable<In>
{
  readonly #port: MessagePort<Out>;

  /** @internal */
  constructor(port: MessagePort<Out>) {
    super();
    this.#port = port;
  }

  /** @internal */
  protected override onSubscribe(subscriber: Subscriber<In>): void {
    this.#port.read(subscriber);
  }

  /** Whether there are subscribers. */
  get observed(): boolean {
    return this.#port.observed;
  }

  /** The inbound messages as an Observable that cannot send. */
  asObservable(): Observable<In> {
    return new Observable((subscriber) => this.subscribe(subscriber));
  }

  /**
   * Sends a value. Until the connection is open, the value waits in the outbox. A value that cannot be encoded is reported
   * as a `dropped` event.
   * @throws OutboxOverflowError if the outbox is full and `overflow` is 'error'
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
   * @throws TypeError or RangeError if the code or reason may not be sent
   */
  error(error: { readonly [K in 'code' | 'reason']?: CloseFields[K] | undefined } | undefined): void {
    if (typeof error?.code !== 'number') refuse('error', 'an object with a close code, { code, reason }', error);
    const { code, reason = '' } = error;
    expectSendable(code, reason);
    void this.#port.close(code, reason);
  }

  /** Iterates with backpressure: pauses the connection while 1000 messages wait, and resumes it at 250. */
  [Symbol.asyncIterator](): AsyncIterableIterator<In> {
    return readWithBackpressure(this, this.#port);
  }
}
