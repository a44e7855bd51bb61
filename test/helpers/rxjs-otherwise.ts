import { Observable, Subscriber, Subscription } from 'rxjs';
import type { Observer } from 'rxjs';
import { vi } from 'vitest';

/** RxJS puts a Subscriber of its own around everything that is none, as its documentation would let it. */
export function wrapSubscribers(): void {
  const original = Reflect.get(Observable.prototype, 'subscribe') as (...args: unknown[]) => Subscription;
  vi.spyOn(Observable.prototype, 'subscribe').mockImplementation(function (
    this: Observable<unknown>,
    given?: unknown,
    ...rest: unknown[]
  ) {
    if (!(given instanceof Subscription) || given instanceof Subscriber) return original.call(this, given, ...rest);
    const observer = given as unknown as Observer<unknown>;
    return original.call(this, {
      next: (value: unknown) => observer.next(value),
      error: (error: unknown) => observer.error(error),
      complete: () => observer.complete(),
    });
  });
}

/** RxJS tears down last what was added first. */
export function reverseTeardown(): void {
  const original: () => void = Subscription.prototype.unsubscribe;
  vi.spyOn(Subscription.prototype, 'unsubscribe').mockImplementation(function (this: {
    _finalizers: unknown[] | null;
  }) {
    this._finalizers?.reverse();
    original.call(this);
  });
}
