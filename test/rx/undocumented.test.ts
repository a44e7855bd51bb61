import {
  BehaviorSubject,
  config,
  defer,
  finalize,
  from,
  map,
  NEVER,
  Observable,
  range,
  ReplaySubject,
  Subject,
  Subscriber,
  Subscription,
} from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { LeanSubscriber } from '../../src/rx/lean-subscriber.js';
import { reportError } from '../../src/rx/report-error.js';

/** Writes down what it is notified of; one object, as those of the product are. */
class Recorder extends LeanSubscriber<unknown> {
  readonly log: unknown[] = [];
  enough = Infinity;

  next(value: unknown): void {
    if (!this.closed) this.log.push(value);
    if (this.log.length >= this.enough) this.unsubscribe();
  }

  error(error: unknown): void {
    if (!this.closed) this.log.push(['error', error]);
  }

  complete(): void {
    if (!this.closed) this.log.push('complete');
  }
}

/*
 * What RxJS does not document, and src/rx relies on. Where one of these fails, a release of RxJS behaves otherwise. Then
 * everything still works (see rxjs-otherwise.test.ts), with more objects than it needs.
 */
describe('RxJS', () => {
  it.each<[string, () => Observable<unknown>]>([
    ['an Observable', () => new Observable()],
    [
      'what an operator returns',
      () =>
        NEVER.pipe(
          map(String),
          finalize(() => undefined),
        ),
    ],
    ['a deferred Observable', () => defer(() => NEVER)],
    ['a Promise', () => from(new Promise(() => undefined))],
    ['a Subject', () => new Subject()],
    ['a BehaviorSubject', () => new BehaviorSubject(1)],
    ['a ReplaySubject', () => new ReplaySubject()],
  ])('takes a Subscription with the methods of an Observer for a Subscriber, as it is: %s', (_, source) => {
    const subscriber = new Recorder();

    expect(subscriber).not.toBeInstanceOf(Subscriber);
    expect(source().subscribe(subscriber)).toBe(subscriber);
  });

  it('adds to it what tears its source down', () => {
    const torn = vi.fn();
    const subscriber = new Recorder();

    new Observable(() => torn).subscribe(subscriber);
    expect(torn).not.toHaveBeenCalled();
    subscriber.unsubscribe();

    expect(torn).toHaveBeenCalledOnce();
  });

  it('gives it to a source, which sees at once that it is closed', () => {
    const given: Subscriber<unknown>[] = [];
    const subscriber = Object.assign(new Recorder(), { enough: 2 });

    range(1, Infinity).subscribe(subscriber);
    new Observable((it) => void given.push(it)).subscribe(subscriber);

    expect(subscriber.log).toEqual([1, 2]);
    expect(given).toEqual([subscriber]);
  });

  it('notifies it of what a source throws that is being subscribed to', () => {
    const subscriber = new Recorder();

    new Observable(() => {
      throw 'no source';
    }).subscribe(subscriber);

    expect(subscriber.log).toEqual([['error', 'no source']]);
  });

  it('does nothing where a subscription is added to itself', () => {
    const subscription = new Subscription();

    subscription.add(subscription);
    subscription.unsubscribe();

    expect(subscription.closed).toBe(true);
  });

  it('runs what is added to a closed subscription at once', () => {
    const torn = vi.fn();
    const subscription = new Subscription();
    subscription.unsubscribe();

    subscription.add(torn);

    expect(torn).toHaveBeenCalledOnce();
  });

  it('closes a subscriber before it tears down what was added to it, and after its end has passed', () => {
    const log: string[] = [];
    const ending = new Observable((subscriber) => {
      subscriber.add(() => log.push(`torn down, closed: ${subscriber.closed}`));
      subscriber.complete();
    });

    ending.subscribe({ complete: () => log.push('complete') });

    expect(log).toEqual(['complete', 'torn down, closed: true']);
  });

  it('reports an error that nobody handles later, and to whom it is configured', async () => {
    const reported = vi.fn();
    config.onUnhandledError = reported;

    reportError('mine');
    expect(reported).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(reported).toHaveBeenCalledWith('mine'));

    config.onUnhandledError = null;
  });
});
