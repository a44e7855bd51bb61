import { config, finalize, NEVER, Observable, of, Subject } from 'rxjs';
import type { Subscriber } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mergeMapBounded } from '../../operators/index.js';

/** What a subscriber is notified of. */
function notified(source: Observable<unknown>): unknown[] {
  const log: unknown[] = [];
  source.subscribe({
    next: (value) => log.push(value),
    error: (error: unknown) => log.push(['error', error]),
    complete: () => log.push('complete'),
  });
  return log;
}

/* eslint-disable rxjs-x/no-redundant-notify -- that is what it must not do */
const unrulySource = new Observable<number>((subscriber) => {
  subscriber.next(1);
  subscriber.complete();
  subscriber.next(2);
  subscriber.error('no');
});
/* eslint-enable */

afterEach(() => {
  config.onStoppedNotification = null;
  vi.useRealTimers();
});

describe.each([{ delayError: false }, { delayError: true }])('mergeMapBounded with %o', (options) => {
  it('ignores a source that goes on after its end', () => {
    const inner = new Subject<string>();
    const project = vi.fn(() => inner);
    const log = notified(unrulySource.pipe(mergeMapBounded(project, options)));

    inner.next('result');
    inner.complete();

    expect(log).toEqual(['result', 'complete']);
    expect(project).toHaveBeenCalledOnce();
  });

  it('ignores an inner stream that goes on after its end, and counts it once', () => {
    const values = new Subject<number>();
    const inners: Observable<unknown>[] = [unrulySource, NEVER, of('late')];
    const project = vi.fn(() => inners.shift()!);
    const log = notified(values.pipe(mergeMapBounded(project, options)));

    for (const n of [1, 2, 3]) values.next(n);

    expect(log).toEqual([1]);
    expect(project).toHaveBeenCalledTimes(2);
  });

  it('ignores what a source emits after its end because its lease is released', () => {
    const inner = new Subject<never>();
    const project = vi.fn(() => inner);
    let source!: Subscriber<number>;
    const pausing = { canPause: true, pause: () => () => source.next(2) };
    new Observable<number>((subscriber) => {
      source = subscriber;
      subscriber.next(1);
      subscriber.complete();
    })
      .pipe(mergeMapBounded(project, { ...options, highWaterMark: 0, pausing }))
      .subscribe();

    inner.complete();

    expect(project).toHaveBeenCalledOnce();
  });

  it('counts an inner stream once that completes twice', () => {
    const values = new Subject<number>();
    const twice = new Observable<never>((subscriber) => {
      subscriber.complete();
      subscriber.complete(); // eslint-disable-line rxjs-x/no-redundant-notify -- that is what it must not do
    });
    const inners: Observable<unknown>[] = [twice, NEVER, of('late')];
    const project = vi.fn(() => inners.shift()!);
    const log = notified(values.pipe(mergeMapBounded(project, options)));

    for (const n of [1, 2, 3]) values.next(n);

    expect(log).toEqual([]);
    expect(project).toHaveBeenCalledTimes(2);
  });

  it('starts nothing for what its subscriber feeds back at its error', () => {
    const values = new Subject<number>();
    const inner = new Subject<never>();
    const project = vi.fn(() => inner);
    values.pipe(mergeMapBounded(project, { ...options, concurrency: 2 })).subscribe({ error: () => values.next(2) });
    values.next(1);

    inner.error('failure');

    expect(project).toHaveBeenCalledOnce();
    expect(values.observed).toBe(false);
  });

  it('notifies of nothing behind its error, whatever its subscriber brings about at it', () => {
    vi.useFakeTimers();
    const ignored = (config.onStoppedNotification = vi.fn());
    const inners = [new Subject<string>(), new Subject<string>()] as const;
    const log: unknown[] = [];
    of(0, 1)
      .pipe(mergeMapBounded((n) => inners[n as 0 | 1], { ...options, concurrency: 2 }))
      .subscribe({
        next: (value) => log.push(value),
        error: (error: unknown) => {
          log.push(error);
          inners[1].next('late');
          inners[1].error('second');
        },
      });

    inners[0].error('first');
    vi.runAllTimers();

    expect(log).toEqual(['first']);
    expect(ignored).not.toHaveBeenCalled();
  });

  it('unsubscribes from a source that has completed, though inner streams go on', () => {
    const torn = vi.fn();
    const inner = new Subject<string>();
    const log = notified(
      of(1).pipe(
        finalize(torn),
        mergeMapBounded(() => inner, options),
      ),
    );
    expect(torn).toHaveBeenCalledOnce();

    inner.next('late');
    inner.complete();

    expect(log).toEqual(['late', 'complete']);
  });

  it('starts nothing for what the source emits while it is unsubscribed from', () => {
    const project = vi.fn(() => NEVER);
    const source = new Observable<number>((subscriber) => () => subscriber.next(1));

    source.pipe(mergeMapBounded(project, options)).subscribe().unsubscribe();

    expect(project).not.toHaveBeenCalled();
  });
});
