import { isThenable } from '../protocol/is-thenable.js';
import { toError } from '../protocol/to-error.js';
import { itemsOf } from '../protocol/several.js';
import type { Several } from '../protocol/several.js';
import { PROMISES } from './reading.js';

/** What a receiver reports to: the attempt that it belongs to. */
export interface ReceiverHost<In> {
  /** Whether messages are delivered: not once the connection has ended. */
  readonly isDelivering: boolean;
  deliver(message: In, data: string | Uint8Array): void;
  reject(data: string | Uint8Array, cause: unknown): void;
  /** A look at a message failed. */
  terminate(error: Error): void;
  /** Too many promises are pending. */
  pause(): void;
  /** There is room for more promises. */
  resume(reason: number): void;
}

/** The half of a codec that receives. */
export interface Decoder<In> {
  decode(data: string | Uint8Array): In | Several<In> | PromiseLike<In | Several<In>>;
}

type Look = (data: string | Uint8Array) => boolean;

/** Pending promises at which the connection is paused. */
const MOST_PENDING = 1000;
/** Pending promises at which it is resumed. */
const RESUMED_AT = 250;

/** Replaced, never changed: a look may be added or removed while they are called. */
const NO_LOOKS: readonly { readonly look: Look }[] = [];

/**
 * The uncommon cases of receiving: first looks at what arrives, and codecs that return promises. Messages are delivered
 * in the order of their arrival, each as soon as its promise and all before it have settled.
 */
export class Receiver<In> {
  readonly #codec: Decoder<In>;
  readonly #host: ReceiverHost<In>;
  #looks = NO_LOOKS;
  #pending = 0;
  #turn: Promise<void> | undefined;

  constructor(codec: Decoder<In>, host: ReceiverHost<In>) {
    this.#codec = codec;
    this.#host = host;
  }

  /** Settles when the last of the pending messages has been delivered. */
  get turn(): Promise<void> | undefined {
    return this.#turn;
  }

  /** Has a first look at each message. @returns what ends that */
  intercept(look: Look): () => void {
    const entry = { look };
    this.#looks = [...this.#looks, entry];
    return () => {
      this.#looks = this.#looks.filter((other) => other !== entry);
    };
  }

  receive(data: string | Uint8Array): void {
    if (this.#looks.length > 0 && this.#isConsumed(data)) return;
    this.#accept(data, () => this.#codec.decode(data));
  }

  /** Delivers a message, or as many as a frame has, in its turn. */
  #accept(data: string | Uint8Array, decode: () => In | Several<In> | PromiseLike<In | Several<In>>): void {
    let message: In | Several<In> | PromiseLike<In | Several<In>>;
    let isLate = this.#turn !== undefined;
    try {
      message = decode();
      isLate ||= isThenable(message); // a `then` may throw where it is read
    } catch (cause) {
      if (!this.#turn) {
        this.#host.reject(data, cause);
        return;
      }
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the codec threw, in its turn
      message = Promise.reject(cause);
    }
    if (isLate) this.#await(data, message);
    else this.#deliver(data, message as In | Several<In>);
  }

  #await(data: string | Uint8Array, message: In | Several<In> | PromiseLike<In | Several<In>>): void {
    if (++this.#pending >= MOST_PENDING) this.#host.pause();
    const promise = new Promise<In | Several<In>>((resolve) => resolve(message)); // `allSettled` of zone.js trusts a `then`
    const turn = Promise.allSettled([promise, this.#turn]).then(([result]) => {
      if (--this.#pending <= RESUMED_AT) this.#host.resume(PROMISES);
      if (this.#turn === turn) this.#turn = undefined;
      if (!this.#host.isDelivering) return;
      if (result.status === 'fulfilled') this.#deliver(data, result.value);
      else this.#host.reject(data, result.reason);
    });
    this.#turn = turn;
  }

  #deliver(data: string | Uint8Array, message: In | Several<In>): void {
    const items = itemsOf(message);
    if (!items) {
      this.#host.deliver(message as In, data);
      return;
    }
    const { judge = (item: never) => item } = message as Several<In>;
    try {
      for (const item of items) {
        if (!this.#host.isDelivering) return; // the message before has ended the connection
        this.#accept(data, () => judge(item as never));
      }
    } catch (cause) {
      this.#host.reject(data, cause);
    }
  }

  #isConsumed(data: string | Uint8Array): boolean {
    try {
      return this.#looks.some(({ look }) => look(data)) || !this.#host.isDelivering;
    } catch (thrown) {
      this.#host.terminate(toError(thrown));
      return true;
    }
  }
}
