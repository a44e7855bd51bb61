import { concat, EMPTY, finalize, map, NEVER, Observable, of, range, Subject, take, throwError } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Stage } from '../../src/rx/stage.js';
import type { Inspector } from '../../src/rx/stage.js';

/** The source as it comes out of a stage. */
function staged<T>(source: Observable<T>, inspector: Inspector<T>): Observable<T> {
  return new Observable((subscriber) => new Stage(subscriber, inspector).subscribeTo(source));
}

/** What a subscriber is notified of, in order. */
function notified(source: Observable<unknown>): unknown[] {
  const all: unknown[] = [];
  source.subscribe({
    next: (value) => all.push(value),
    error: (error: unknown) => all.push(['error', error]),
    complete: () => all.push('complete'),
  });
  return all;
}

const failing = (error: unknown) => concat(of(1), throwError(() => error)); // prettier-ignore

describe('Stage', () => {
  it('passes values, completion and errors, from and to operators of RxJS', () => {
    const double = map((value: number) => value * 2);

    expect(notified(staged(of(1, 2).pipe(double), {}).pipe(double))).toEqual([4, 8, 'complete']);
    expect(notified(staged(failing('no').pipe(double), {}).pipe(double))).toEqual([4, ['error', 'no']]);
    expect(notified(staged(EMPTY, {}))).toEqual(['complete']);
    expect(notified(staged(NEVER, {}))).toEqual([]);
  });

  it('calls its inspector with values and the error before they pass', () => {
    const log: unknown[] = [];
    const inspector = {
      next: (value: number) => void log.push(value),
      error: (error: unknown) => !log.push(error),
    };

    staged(failing('no'), inspector).subscribe({
      next: (value) => log.push(`passed ${value}`),
      error: (error: unknown) => log.push(`passed ${String(error)}`),
    });

    expect(log).toEqual([1, 'passed 1', 'no', 'passed no']);
  });

  it('passes what its inspector throws, in place of the value or of the error, and unsubscribes from the source', () => {
    const thrower = () => {
      throw 'mine';
    };
    const source = new Subject<number>();

    const all = notified(staged(source, { next: thrower }));
    source.next(1);

    expect(all).toEqual([['error', 'mine']]);
    expect(source.observed).toBe(false);
    expect(notified(staged(failing('theirs'), { error: thrower }))).toEqual([1, ['error', 'mine']]);
  });

  it('keeps the error where its inspector says so, and tears the source down', () => {
    const torn = vi.fn();
    const source = new Subject<number>();

    const all = notified(staged(source.pipe(finalize(torn)), { error: () => true }));
    source.next(1);
    source.error('no');

    expect(all).toEqual([1]);
    expect(torn).toHaveBeenCalledOnce();
  });

  it('is closed once the error is kept, and its destination is not', () => {
    let stage: Stage<never> | undefined;
    const subscription = new Observable<never>((subscriber) => {
      stage = new Stage<never>(subscriber, { error: () => true });
      stage.subscribeTo(throwError(() => 'no'));
    }).subscribe();

    expect(stage!.closed).toBe(true);
    expect(subscription.closed).toBe(false);
  });

  it('ignores what a source emits while its end passes', () => {
    const inspector: Inspector<number> = {
      next: vi.fn(),
      error: vi.fn(() => {
        source!.next(1);
        source!.error('again');
        source!.complete(); // eslint-disable-line rxjs-x/no-redundant-notify -- that is what it must not do
        return false;
      }),
    };
    let source: Subscriber<number> | undefined;

    const all = notified(staged(new Observable((subscriber) => void (source = subscriber)), inspector));
    source!.error('no');

    expect(all).toEqual([['error', 'no']]);
    expect(inspector.next).not.toHaveBeenCalled();
    expect(inspector.error).toHaveBeenCalledTimes(1);
  });

  it('tears the source down after its end has passed, and as soon as it is unsubscribed', () => {
    const log: string[] = [];
    const torn = finalize(() => log.push('torn down'));

    staged(of(1).pipe(torn), {}).subscribe({ complete: () => log.push('complete') });
    staged(failing('no').pipe(torn), {}).subscribe({ error: () => log.push('error') });
    staged(NEVER.pipe(torn), {}).subscribe().unsubscribe();

    expect(log).toEqual(['complete', 'torn down', 'error', 'torn down', 'torn down']);
  });

  it('stops a source that emits for ever when its subscriber has enough', () => {
    const seen = vi.fn();

    expect(notified(staged(range(1, Infinity), { next: seen }).pipe(take(2)))).toEqual([1, 2, 'complete']);
    expect(seen).toHaveBeenCalledTimes(2);
  });

  it('ignores a source that goes on after its end', () => {
    const inspector = { next: vi.fn(), error: vi.fn() };
    const unruly = new Observable<number>((subscriber) => {
      subscriber.complete();
      /* eslint-disable rxjs-x/no-redundant-notify -- that is what it must not do */
      subscriber.next(1);
      subscriber.error('no');
      /* eslint-enable */
    });

    expect(notified(staged(unruly, inspector))).toEqual(['complete']);
    expect(inspector.next).not.toHaveBeenCalled();
    expect(inspector.error).not.toHaveBeenCalled();
  });

  it('subscribes to no source for a destination that is closed', () => {
    const subscribed = vi.fn();
    let closed: Subscriber<unknown> | undefined;
    new Observable((subscriber) => void (closed = subscriber)).subscribe().unsubscribe();

    const stage = new Stage(closed!, {});
    stage.subscribeTo(new Observable(subscribed));

    expect(stage.closed).toBe(true);
    expect(subscribed).not.toHaveBeenCalled();
  });

  it('throws to its source what the teardown of that throws, once its end has passed', () => {
    const all: unknown[] = [];
    const source = new Subject<number>();
    const failingTeardown = finalize(() => {
      throw new Error('teardown');
    });
    staged(source.pipe(failingTeardown), { error: () => true }).subscribe((value) => all.push(value));

    expect(() => source.error('no')).toThrow('teardown');
    expect(source.observed).toBe(false);
  });
});
