import { NEVER, Observable } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LeanSubscriber } from '../../src/rx/lean-subscriber.js';

class Deaf extends LeanSubscriber<never> {
  next(): void {}
  error(): void {}
  complete(): void {}
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('A LeanSubscriber', () => {
  it('has nothing around its source once RxJS is known to take it as it is', () => {
    const subscribed = vi.spyOn(Observable.prototype, 'subscribe');

    new Deaf().subscribeTo(NEVER);
    expect(subscribed).toHaveBeenCalledTimes(2); // this is another `subscribe`, of which nothing is known
    new Deaf().subscribeTo(NEVER);

    expect(subscribed).toHaveBeenCalledTimes(3);
  });

  it('copies the list of its teardowns while they are few, and no long list', () => {
    const subscriber = new Deaf();
    const lists = Array.from({ length: 6 }, () => {
      subscriber.add(() => undefined);
      return (subscriber as unknown as { _finalizers: unknown[] })._finalizers;
    });

    expect(lists.map((list) => lists.indexOf(list))).toEqual([0, 1, 2, 2, 2, 2]);
  });
});
