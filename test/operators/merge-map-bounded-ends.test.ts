import { finalize, NEVER, Observable, of, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
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

describe.each([{ delayError: false }, { delayError: true }])('mergeMapBounded with %o', (options) => {
  it('ignores a source that goes on after its end', () => {
    const inner = new Subject<string>();
    const log = notified(unrulySource.pipe(mergeMapBounded(() => inner, options)));

    inner.next('result');
    inner.complete();

    expect(log).toEqual(['result', 'complete']);
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
