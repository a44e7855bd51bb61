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
  readonly #reader: MessageReader<In>;
  #subscription: Subscription | undefined;

  constructor(messages: Observable<In>, reader: MessageReader<In>) {
    this.#messages = messages;
    this.#reader = reader;
  }

  get isSubscribed(): boolean {
    return this.#subscription !== undefined;
  }

  /** Subscribes, where that is still to be done. */
  subscribe(): void {
    if (this.#subscription) return;
    const subscription = (this.#subscription = new Subscription()); // first: it may end at once
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
  }

  unsubscribe(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    subscription?.unsubscribe();
  }
}
