import { fc, test } from '@fast-check/vitest';
import { concat, NEVER, Observable, of, Subject, take } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { bufferCountOrTime } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';

/** Letters whose sizes are the numbers behind them. */
const sizeOf = (value: string) => Number(value.slice(1));
const values = { a: 'a1', b: 'b2', c: 'c3', d: 'd4', e: 'e9', f: 'f0', g: 'g5' };
const { a, b, c, d, e, f, g } = values;

/** Notifications in order; an error as its text. */
function record(source: ReturnType<ReturnType<typeof bufferCountOrTime<string>>>): unknown[] {
  const all: unknown[] = [];
  source.subscribe({
    next: (batch) => all.push(batch),
    error: (error: unknown) => all.push(String(error)),
    complete: () => all.push('|'),
  });
  return all;
}

describe('bufferCountOrTime with sizes', () => {
  it('emits a batch at once when it has reached `maxSize`', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold(' -b-c--a-d--|', values);
      const sub = '         ^----------!';
      const expected = '    ---x----y--|';

      const result = source.pipe(bufferCountOrTime(10, 50, { sizeOf, maxSize: 5 }));

      expectObservable(result).toBe(expected, { x: [b, c], y: [a, d] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('emits what waits before a value that would exceed `maxSize`, which begins the next batch and its time', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold(' -c--d--------|', values);
      const expected = '    ----x----y---|';

      const result = source.pipe(bufferCountOrTime(10, 5, { sizeOf, maxSize: 5 }));

      expectObservable(result).toBe(expected, { x: [c], y: [d] });
    });
  });

  it('emits a value alone, and at once, that exceeds `maxSize` by itself', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold(' -e---b-e---b-|   ', values);
      const expected = '    -x-----(yx)--(y|)';

      const result = source.pipe(bufferCountOrTime(10, 50, { sizeOf, maxSize: 5 }));

      expectObservable(result).toBe(expected, { x: [e], y: [b] });
    });
  });

  it('adds no value without a size to one that has reached `maxSize`', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold(' -e-f-b-c-f-|   ', values);
      const expected = '    -x-----y---(z|)';

      const result = source.pipe(bufferCountOrTime(10, 50, { sizeOf, maxSize: 5 }));

      expectObservable(result).toBe(expected, { x: [e], y: [f, b, c], z: [f] });
    });
  });

  it('goes by count and by time as well', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold(' -a-a-a-b-----c|   ', values);
      const expected = '    -----x-----y--(z|)';

      const result = source.pipe(bufferCountOrTime(3, 4, { sizeOf, maxSize: 5 }));

      expectObservable(result).toBe(expected, { x: [a, a, a], y: [b], z: [c] });
    });
  });

  it('takes one timer a batch, so that the next one has all of its time', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold(' -a--b--f----c-----------|   ', values);
      const expected = '    -----------x----------y-|';

      const result = source.pipe(bufferCountOrTime(10, 10, { sizeOf, maxSize: 50 }));

      expectObservable(result).toBe(expected, { x: [a, b, f], y: [c] });
    });
  });

  it.each([
    ['waits', d],
    ['would be emitted at once', e],
  ])('drops the value that %s where its subscriber unsubscribes at the batch before it', (_, value) => {
    const source = new Subject<string>();
    const batches: string[][] = [];
    source.pipe(bufferCountOrTime(10, 50, { sizeOf, maxSize: 5 }), take(1)).subscribe((batch) => batches.push(batch));
    source.next(c);

    expect(() => source.next(value)).not.toThrow();

    expect(batches).toEqual([[c]]);
    expect(source.observed).toBe(false);
  });

  it('asks for no size of what a source emits after its end', () => {
    const sizes = vi.fn(sizeOf);
    const source = new Observable<string>((subscriber) => {
      subscriber.next(a);
      subscriber.complete();
      subscriber.next(b); // eslint-disable-line rxjs-x/no-redundant-notify -- that is what it must not do
    });

    expect(record(source.pipe(bufferCountOrTime(10, 50, { sizeOf: sizes })))).toEqual([[a], '|']);

    expect(sizes.mock.calls).toEqual([[a]]);
  });

  it.each([undefined, Infinity])('has no bound where `maxSize` is %s', (maxSize) => {
    const batches = record(of(e, e, e).pipe(bufferCountOrTime(2, 50, { sizeOf, ...(maxSize && { maxSize }) })));

    expect(batches).toEqual([[e, e], [e], '|']);
  });

  it('flushes the rest on completion and on error', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const operator = bufferCountOrTime<string>(10, 50, { sizeOf, maxSize: 5 });

      expectObservable(cold('-d-b-|', values).pipe(operator)).toBe('---x-(y|)', { x: [d], y: [b] });
      expectObservable(cold('-d-b-#', values).pipe(operator)).toBe('---x-(y#)', { x: [d], y: [b] });
    });
  });

  it('emits the rest, then what `sizeOf` throws, and unsubscribes from the source', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    const sized = (value: string) => {
      if (value === 'bad') throw new RangeError('no size');
      return sizeOf(value);
    };
    const all = record(source.pipe(bufferCountOrTime(10, 50, { sizeOf: sized, maxSize: 5, scheduler: clock })));

    for (const value of [b, 'bad', c]) source.next(value);

    expect(all).toEqual([[b], 'RangeError: no size']);
    expect(source.observed).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [NaN, 'RangeError: Expected `sizeOf(value)` to be a number of 0 or more, got NaN.'],
    [-1, 'RangeError: Expected `sizeOf(value)` to be a number of 0 or more, got -1.'],
    ['5', 'TypeError: Expected `sizeOf(value)` to be a number of 0 or more, got "5".'],
    [undefined, 'TypeError: Expected `sizeOf(value)` to be a number of 0 or more, got undefined.'],
  ])('errors behind the rest where the size is %s', (size, error) => {
    const sized = (value: string) => (value === c ? (size as number) : 1);

    const all = record(of(a, b, c, d).pipe(bufferCountOrTime(10, 50, { sizeOf: sized, maxSize: 5 })));

    expect(all).toEqual([[a, b], error]);
  });

  it('asks for the size of each value once', () => {
    const asked = vi.fn(sizeOf);

    of(a, b, c, d, e)
      .pipe(bufferCountOrTime(10, 50, { sizeOf: asked, maxSize: 5 }))
      .subscribe();

    expect(asked.mock.calls.map(([value]) => value)).toEqual([a, b, c, d, e]);
  });

  it('keeps the order where the subscriber feeds the source with each batch', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    const fed = [a, b, a];
    const batches: string[][] = [];
    source.pipe(bufferCountOrTime(10, 5, { sizeOf, maxSize: 5, scheduler: clock })).subscribe((batch) => {
      batches.push(batch);
      const next = fed.shift();
      if (next) source.next(next);
    });

    for (const value of [c, d]) source.next(value); // c goes as d comes; a is fed meanwhile, and makes the rest full
    expect(batches).toEqual([[c], [d, a]]);
    clock.advance(5);

    expect(batches).toEqual([[c], [d, a], [b]]);
    clock.advance(5);
    expect(batches).toEqual([[c], [d, a], [b], [a]]);
    expect(clock.pending).toBe(0);
  });

  it.each([e, g])('adds nothing to %s, which fills a batch alone, also while the batch before it goes', (full) => {
    const source = new Subject<string>();
    const batches: string[][] = [];
    source.pipe(bufferCountOrTime(10, Infinity, { sizeOf, maxSize: 5 })).subscribe((batch) => {
      batches.push(batch);
      if (batch[0] === b) for (const value of [f, a]) source.next(value);
    });

    for (const value of [b, full, d]) source.next(value);

    expect(batches).toEqual([[b], [full], [f, a, d]]);
  });

  it('takes one more value at most from a source that is unsubscribed from within a batch', () => {
    const clock = new CountingScheduler();
    const asked = vi.fn(sizeOf);
    const options = { sizeOf: asked, maxSize: 5, scheduler: clock };

    const all = record(concat(of(c, d, a, b), NEVER).pipe(bufferCountOrTime(10, 5, options), take(1)));

    expect(all).toEqual([[c], '|']);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(clock.pending).toBe(0);
  });

  it('emits nothing and keeps no timer where `sizeOf` unsubscribes', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    const leave = () => {
      subscription.unsubscribe();
      return 1;
    };
    const batches: string[][] = [];
    const subscription = source
      .pipe(bufferCountOrTime(10, 5, { sizeOf: leave, maxSize: 5, scheduler: clock }))
      .subscribe((batch) => batches.push(batch));

    source.next(a);
    clock.advance(10);

    expect(batches).toEqual([]);
    expect(clock.scheduled).toBe(0);
  });

  it('takes no timer for a value that goes at once', () => {
    const clock = new CountingScheduler();

    of(e, e)
      .pipe(bufferCountOrTime(10, 5, { sizeOf, maxSize: 5, scheduler: clock }))
      .subscribe();

    expect(clock.scheduled).toBe(0);
  });

  it('begins every subscription with an empty batch', () => {
    inVirtualTime(({ hot, expectObservable }) => {
      const source = hot('-b-b-c-|', values);
      const result = source.pipe(bufferCountOrTime(10, 50, { sizeOf, maxSize: 5 }));

      expectObservable(result, '^').toBe('  -----x-(y|)', { x: [b, b], y: [c] });
      expectObservable(result, '--^').toBe('-----x-|', { x: [b, c] });
    });
  });

  describe('whatever the source does', () => {
    interface Step {
      readonly wait: number;
      readonly size: number;
      readonly end?: 'complete' | 'error' | 'leave';
    }

    /** The batches and when they come, from the sentences of the documentation alone. */
    function model(count: number, time: number, maxSize: number, steps: readonly Step[]): [number, number[]][] {
      const batches: [number, number[]][] = [];
      let batch: number[] = [];
      let now = 0;
      let due = Infinity;
      const total = (all: readonly number[]) => all.reduce((sum, n) => sum + steps[n]!.size, 0);
      const emit = (at: number) => {
        if (batch.length > 0) batches.push([at, batch]);
        batch = [];
        due = Infinity;
      };
      for (const [n, { wait, end }] of steps.entries()) {
        now += wait;
        if (due <= now) emit(due);
        if (end === 'leave') return batches;
        if (end) {
          emit(now);
          return batches;
        }
        if (total([...batch, n]) > maxSize) emit(now);
        if (batch.length === 0) due = now + time;
        batch.push(n);
        if (batch.length === count || total(batch) >= maxSize) emit(now);
      }
      if (due < Infinity) emit(due);
      return batches;
    }

    const ends = ['complete', 'error', 'leave'] as const;
    const step: fc.Arbitrary<Step> = fc
      .tuple(fc.nat(6), fc.nat(9), fc.nat(60))
      .map(([wait, size, n]) => ({ wait, size, ...(ends[n] && { end: ends[n] }) }));

    test.prop([
      fc.integer({ min: 1, max: 6 }),
      fc.oneof(fc.nat(8), fc.constant(Infinity)),
      fc.integer({ min: 1, max: 20 }),
      fc.array(step, { maxLength: 40 }),
    ])('emits what its documentation says, when it says, and leaves nothing running', (count, time, maxSize, steps) => {
      const clock = new CountingScheduler();
      const source = new Subject<number>();
      const batches: [number, number[]][] = [];
      const subscription = source
        .pipe(bufferCountOrTime(count, time, { scheduler: clock, sizeOf: (n) => steps[n]!.size, maxSize }))
        .subscribe({ next: (batch) => batches.push([clock.now(), batch]), error: () => undefined });

      for (const [n, { wait, end }] of steps.entries()) {
        clock.advance(wait);
        if (end === 'complete') source.complete();
        else if (end === 'error') source.error(new Error());
        else if (end === 'leave') subscription.unsubscribe();
        else source.next(n);
        if (end) break;
      }
      clock.advance(20);

      expect(batches).toEqual(model(count, time, maxSize, steps));
      expect(clock.pending).toBe(0);
    });
  });
});
