import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';

/** Who reads a {@link MessageSource}. */
export interface MessageReader<In> {
  next(message: In): void;
  /** The messages have ended. @param error Default none: they have completed */
  ended(error?: { readonly thrown: unknown }): void;
}

/** One subscription to the messages of a connection, while somebody needs it: subscribing connects. */
export class MessageSource<In> {
  readonly #messages: Observable<In>;
  readonly #port: { readonly joinable?: object | undefined };
  readonly #reader: MessageReader<In>;
  #subscription: Subscription | undefined;
  /** The run that it was subscribed to last, once it is known. */
  #run: object | undefined;

  constructor(messages: Observable<In>, port: { readonly joinable?: object | undefined }, reader: MessageReader<In>) {
    this.#messages = messages;
    this.#port = port;
    this.#reader = reader;
  }

  /** Whether who subscribes now joins another run: a `close()` is ending this one. */
  get isOfOldRun(): boolean {
    return this.#run !== undefined && this.#run !== this.#port.joinable;
  }

  get isSubscribed(): boolean {
    return this.#subscription !== undefined;
  }

  /** Subscribes, where that is still to be done. */
  subscribe(): void {
    if (this.#subscription) return;
    const subscription = (this.#subscription = new Subscription()); // first: it may end at once
    this.#run = undefined;
    const end = (error?: { readonly thrown: unknown }) => {
      if (this.#subscription === subscription) this.#subscription = undefined;
      this.#reader.ended(error);
    };
    subscription.add(
      this.#messages.subscribe({
        next: (message) => this.#reader.next(message),
        error: (thrown: unknown) => end({ thrown }),
        complete: () => end(),
      }),
    );
    this.#run = this.#port.joinable;
  }

  unsubscribe(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    subscription?.unsubscribe();
  }
}
