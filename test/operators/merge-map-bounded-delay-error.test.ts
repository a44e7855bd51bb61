import { concat, EMPTY, map, NEVER, of, range, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeMapBounded } from '../../operators/index.js';
import type { Pausable } from '../../src/protocol/pausable.js';
import { inVirtualTime } from '../helpers/marbles.js';

const delayError = true;

describe('mergeMapBounded with delayError', () => {
  it('passes an error of the source when nothing waits or runs any more', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  abc-#        ');
      const inner = cold('   ---x|        ');
      const sub = '          ^---!        ';
      const expected = '     ---a---b---c#';
      const inners = [
        '                    ^---!        ',
        '                    ----^---!    ',
        '                    --------^---!',
      ];

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value)), { delayError }));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      expectSubscriptions(inner.subscriptions).toBe(inners);
    });
  });

  it('waits for all that run at once', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold('  ab#     ');
      const slow = cold('    -------|');
      const fast = cold('     ---b|  ');
      const expected = '     ----b--#';

      const result = source.pipe(
        mergeMapBounded((value) => (value === 'a' ? slow : fast), { concurrency: 2, delayError }),
      );

      expectObservable(result).toBe(expected);
    });
  });

  it('passes it at once where nothing waits or runs', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('a-#').pipe(mergeMapBounded((value) => of(value), { delayError }))).toBe('a-#');
      expectObservable(cold('#').pipe(mergeMapBounded((value) => of(value), { delayError }))).toBe('#');
    });
  });

  it('completes as without it', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  a-|     ');
      const inner = cold('   ---x|   ');
      const expected = '     ---a|   ';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value)), { delayError }));

      expectObservable(result).toBe(expected);
      expectObservable(EMPTY.pipe(mergeMapBounded(() => NEVER, { delayError }))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('stays silent with a source that never emits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-');

      expectObservable(source.pipe(mergeMapBounded(() => EMPTY, { delayError })), '^--!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('passes the very same error, also one that is undefined', () => {
    for (const failure of [new Error('mine'), undefined]) {
      const seen: unknown[] = [];

      concat(
        of(1),
        throwError(() => failure),
      )
        .pipe(mergeMapBounded(() => EMPTY, { delayError }))
        .subscribe({ error: (error: unknown) => seen.push(error), complete: () => seen.push('|') });

      expect(seen).toEqual([failure]);
    }
  });

  it('passes an error of an inner stream at once, and not that of the source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  ab#    ', undefined, 'of the source');
      const inner = cold('   ---#   ', undefined, 'of an inner stream');
      const expected = '     ---#   ';

      const result = source.pipe(mergeMapBounded(() => inner, { delayError }));

      expectObservable(result).toBe(expected, undefined, 'of an inner stream');
      expectSubscriptions(source.subscriptions).toBe('^-!');
      expectSubscriptions(inner.subscriptions).toBe('^--!');
    });
  });

  it('passes what `project` throws for a value that waited', () => {
    const source = new Subject<number>();
    const gate = new Subject<never>();
    const seen: unknown[] = [];
    const project = (value: number) => {
      if (value === 2) throw 'mine';
      return gate;
    };
    source
      .pipe(mergeMapBounded(project, { delayError }))
      .subscribe({ error: (error: unknown) => seen.push(error), complete: () => seen.push('|') });

    for (const value of [1, 2, 3]) source.next(value);
    source.error('of the source');
    expect(seen).toEqual([]);
    gate.complete();

    expect(seen).toEqual(['mine']);
  });

  it('passes a BufferOverflowError at once', () => {
    const source = new Subject<number>();
    const seen: unknown[] = [];
    source
      .pipe(mergeMapBounded(() => NEVER, { delayError, highWaterMark: 1 }))
      .subscribe({ error: (error: unknown) => seen.push((error as Error).name) });

    for (const value of [1, 2, 3]) source.next(value);

    expect(seen).toEqual(['BufferOverflowError']);
    expect(source.observed).toBe(false);
  });

  it('releases its lease when the source errors, whatever still waits', () => {
    const leases: string[] = [];
    const pausing: Pausable = {
      canPause: true,
      pause: () => (leases.push('pause'), () => void leases.push('release')),
    };
    const source = new Subject<number>();
    const subscription = source
      .pipe(mergeMapBounded(() => NEVER, { delayError, highWaterMark: 1, pausing }))
      .subscribe();
    for (const value of [1, 2, 3]) source.next(value);

    source.error('broken');

    expect(leases).toEqual(['pause', 'release']);
    subscription.unsubscribe();
    expect(leases).toEqual(['pause', 'release']);
  });

  it('discards the error, and what waits, on unsubscription', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  abc#         ');
      const inner = cold('   ---x|        ');
      const unsub = '        ^-----!      ';
      const expected = '     ---a---      ';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value)), { delayError }));

      expectObservable(result, unsub).toBe(expected);
      expectSubscriptions(inner.subscriptions).toBe(['^---!', '----^-!']);
    });
  });

  it('takes an error that the subscriber brings about while it is given a result', () => {
    const source = new Subject<number>();
    const seen: unknown[] = [];
    source.pipe(mergeMapBounded((value) => of(value), { delayError })).subscribe({
      next: (value) => {
        seen.push(value);
        if (value > 1) return;
        source.next(2);
        source.error('of the source');
      },
      error: (error: unknown) => seen.push(error),
    });

    source.next(1);

    expect(seen).toEqual([1, 2, 'of the source']);
  });

  it('stops a synchronous source that is unsubscribed in the middle', () => {
    const started: number[] = [];
    const project = (value: number) => (started.push(value), of(value));

    range(1, Infinity).pipe(mergeMapBounded(project, { delayError }), take(2)).subscribe();

    expect(started).toEqual([1, 2]);
  });

  it('begins every subscription without an error, and keeps two subscribers apart', () => {
    inVirtualTime(({ hot, cold, expectObservable }) => {
      const source = hot('  a-b#     ');
      const inner = cold('  --x|     ');
      const early = '       ^        ';
      const late = '        -^       ';
      const expected1 = '   --a--b#  ';
      const expected2 = '   ----b#   ';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value)), { delayError }));

      expectObservable(result, early).toBe(expected1);
      expectObservable(result, late).toBe(expected2);
    });
  });
});
