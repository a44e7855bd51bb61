import { Observable, Subscription } from 'rxjs';
import type { Observer, TeardownLogic } from 'rxjs';

/**
 * Adds a teardown, and takes from the list of teardowns the room for sixteen more that an array has which grows: 128
 * bytes. Where RxJS calls that list something else, it keeps its room.
 */
export function addTeardown(subscription: Subscription, teardown: TeardownLogic): void {
  Subscription.prototype.add.call(subscription, teardown);
  const { _finalizers: list } = subscription as unknown as { _finalizers?: unknown[] | null };
  if (list && list.length < FEW) (subscription as unknown as { _finalizers: unknown[] })._finalizers = list.slice();
}

const FEW = 4;

/** The `subscribe` of RxJS that is known to take what is below for a Subscriber. Test tools replace it. */
let knownToTake: unknown;

/**
 * A subscriber that is one object. RxJS makes three around an observer, which counts where each of ten thousand
 * connections has some: 1.5 kB of heap and not 0.5.
 *
 * RxJS 7 takes a Subscription with the methods of an Observer for a Subscriber, as it is, but does not document that.
 * So what a Subscriber guarantees, a subclass has to guarantee by itself: nothing passes once it is `closed`. Where RxJS
 * puts a Subscriber of its own around it, it costs more and does the same.
 */
export abstract class LeanSubscriber<T> extends Subscription implements Observer<T> {
  abstract next(value: T): void;
  abstract error(error: unknown): void;
  abstract complete(): void;

  override add(teardown: TeardownLogic): void {
    if (teardown !== this) addTeardown(this, teardown);
  }

  /** Subscribes to a source, which is unsubscribed from with this, also while it is still being subscribed to. */
  subscribeTo(source: Observable<T>): void {
    if (this.closed) return;
    const { subscribe } = Observable.prototype as { readonly subscribe: unknown };
    const taken =
      subscribe === knownToTake
        ? source
        : new Observable<T>((subscriber) => {
            if (subscriber === (this as unknown)) knownToTake = subscribe;
            this.add(subscriber); // does nothing where it is this
            return source.subscribe(subscriber);
          });
    this.add(taken.subscribe(this));
  }
}
