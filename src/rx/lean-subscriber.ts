import { Observable, Subscription } from 'rxjs';
import type { Observer } from 'rxjs';

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

  /** Subscribes to a source, which is unsubscribed from with this, also while it is still being subscribed to. */
  subscribeTo(source: Observable<T>): void {
    if (this.closed) return;
    new Observable<T>((subscriber) => {
      this.add(subscriber); // does nothing where it is this
      return source.subscribe(subscriber);
    }).subscribe(this);
  }
}
