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

type Decoded<In> = In | Several<In>;

/** The half of a codec that receives. */
export interface Decoder<In> {
  decode(data: string | Uint8Array): Decoded<In> | PromiseLike<Decoded<In>>;
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
    const end = this.#accept(data, () => this.#codec.decode(data), this.#turn);
    if (!end) return;
    const turn = end.then(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
  }

  /** Delivers a message, or as many as a frame has, behind `before`. @returns when that is done, where it is later */
  #accept(
    data: string | Uint8Array,
    decode: () => Decoded<In> | PromiseLike<Decoded<In>>,
    before: Promise<void> | undefined,
  ): Promise<void> | undefined {
    let message: Decoded<In> | PromiseLike<Decoded<In>>;
    let isSlow = true;
    try {
      message = decode();
      isSlow = isThenable(message); // a `then` may throw where it is read
    } catch (cause) {
      if (!before) {
        this.#host.reject(data, cause);
        return undefined;
      }
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the codec threw, in its turn
      message = Promise.reject(cause);
    }
    if (!isSlow && (!before || itemsOf(message))) return this.#deliver(data, message as Decoded<In>, before);

    if (++this.#pending >= MOST_PENDING) this.#host.pause();
    const promise = new Promise<Decoded<In>>((resolve) => resolve(message)); // `allSettled` of zone.js trusts a `then`
    return Promise.allSettled([promise, before]).then(([result]) => {
      if (--this.#pending <= RESUMED_AT) this.#host.resume(PROMISES);
      if (!this.#host.isDelivering) return undefined;
      if (result.status === 'fulfilled') return this.#deliver(data, result.value);
      this.#host.reject(data, result.reason);
      return undefined;
    });
  }

  /** The messages of a frame are taken at once, though they wait: what they are made of may not last. */
  #deliver(data: string | Uint8Array, message: Decoded<In>, before?: Promise<void>): Promise<void> | undefined {
    const items = itemsOf(message);
    if (!items) {
      this.#host.deliver(message as In, data);
      return undefined;
    }
    const { judge = (item: never) => item } = message as Several<In>;
    let turn = before;
    try {
      for (const item of items) {
        if (!this.#host.isDelivering) return turn; // the message before has ended the connection
        turn = this.#accept(data, () => judge(item as never), turn);
      }
    } catch (cause) {
      const rethrow = () => {
        throw cause;
      };
      turn = this.#accept(data, rethrow, turn);
    }
    return turn;
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
