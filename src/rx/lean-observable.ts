import { Observable } from 'rxjs';
import type { Subscriber, TeardownLogic } from 'rxjs';

/**
 * An Observable whose class says what a subscription does. RxJS 7 calls `_subscribe`, which its constructor sets to the
 * function that it is given, and which its own Subjects override; it does not document that. A function for each of ten
 * thousand connections would hold 0.1 kB, three times.
 */
export abstract class LeanObservable<T> extends Observable<T> {
  /** @internal */
  protected abstract onSubscribe(subscriber: Subscriber<T>): TeardownLogic;

  /** @internal */
  protected _subscribe(subscriber: Subscriber<T>): TeardownLogic {
    return this.onSubscribe(subscriber);
  }
}
