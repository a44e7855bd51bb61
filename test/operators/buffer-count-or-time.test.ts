import { fc, test } from '@fast-check/vitest';
import { asyncScheduler, concat, EMPTY, NEVER, Observable, of, range, Subject, take, throwError } from 'rxjs';
import type { SchedulerLike, Subscriber } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bufferCountOrTime } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';

describe('bufferCountOrTime', () => {
  it('emits a batch when it holds `count` values', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-b-c-d-e-f-');
      const sub = '          ^------------';
      const expected = '     -----x-----y-';

      const result = source.pipe(bufferCountOrTime(3, 100));

      expectObservable(result, `${sub}!`).toBe(expected, { x: ['a', 'b', 'c'], y: ['d', 'e', 'f'] });
      expectSubscriptions(source.subscriptions).toBe(`${sub}!`);
    });
  });

  it('emits a batch `time` after its first value, not after its last nor on a fixed grid', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  --a-b-----c-----d--|');
      const sub = '          ^------------------!';
      const expected = '     -------x-------y---(z|)';

      const result = source.pipe(bufferCountOrTime(10, 5));

      expectObservable(result).toBe(expected, { x: ['a', 'b'], y: ['c'], z: ['d'] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('starts the time afresh for the batch that follows a full one', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold('  a--b--c-------|');
      const expected = '     ---x-------y--|';

      const result = source.pipe(bufferCountOrTime(2, 5));

      expectObservable(result).toBe(expected, { x: ['a', 'b'], y: ['c'] });
    });
  });

  it('has one timer a batch: none of a batch that is gone cuts the next one short', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold('  a-bc--d--------|');
      const expected = '     -----x-----y---|';

      const result = source.pipe(bufferCountOrTime(10, 5));

      expectObservable(result).toBe(expected, { x: ['a', 'b', 'c'], y: ['d'] });
    });
  });

  it('emits once where the count is reached at the very millisecond that the time is up', () => {
    inVirtualTime(({ hot, expectObservable }) => {
      const source = hot('  a----b--------|');
      const expected = '    -----x--------|';

      const result = source.pipe(bufferCountOrTime(2, 5));

      expectObservable(result).toBe(expected, { x: ['a', 'b'] });
    });
  });

  it('lets a batch wait for a value that comes within its last millisecond', () => {
    const clock = new CountingScheduler();
    const batches: string[][] = [];
    const source = new Subject<string>();
    source.pipe(bufferCountOrTime(10, 1000, clock)).subscribe((batch) => batches.push(batch));

    source.next('a');
    clock.advance(999);
    source.next('b');
    expect(batches).toEqual([]);
    clock.advance(1);

    expect(batches).toEqual([['a', 'b']]);
  });

  it('emits each value alone and needs no timer where `count` is 1', () => {
    const clock = new CountingScheduler();
    const batches: number[][] = [];

    of(1, 2, 3)
      .pipe(bufferCountOrTime(1, 10, clock))
      .subscribe((batch) => batches.push(batch));

    expect(batches).toEqual([[1], [2], [3]]);
    expect(clock.scheduled).toBe(0);
  });

  it('batches what comes in one go where `time` is 0', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold('  -(ab)-c-|', { a: 1, b: 2, c: 3 });
      const expected = '     -x----y-|';

      const result = source.pipe(bufferCountOrTime(10, 0));

      expectObservable(result).toBe(expected, { x: [1, 2], y: [3] });
    });
  });

  it('batches by count alone, without a timer, where `time` is Infinity', () => {
    const clock = new CountingScheduler();
    const batches: string[][] = [];
    const source = new Subject<string>();
    source.pipe(bufferCountOrTime(2, Infinity, clock)).subscribe((batch) => batches.push(batch));

    for (const value of ['a', 'b', 'c']) source.next(value);
    clock.advance(1e12);

    expect(batches).toEqual([['a', 'b']]);
    expect(clock.scheduled).toBe(0);
  });

  it('asks for no delay that timers cannot take', () => {
    const delays: unknown[] = [];
    const scheduler: SchedulerLike = {
      now: () => 0,
      schedule: (_work: unknown, delay?: number) => {
        delays.push(delay);
        return NEVER.subscribe();
      },
    };

    concat(of(1), NEVER)
      .pipe(bufferCountOrTime(2, 2 ** 40, scheduler))
      .subscribe();

    expect(delays).toEqual([2_147_483_647]);
  });

  it('keeps no timer while there is nothing to emit', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    source.pipe(bufferCountOrTime(2, 10, clock)).subscribe();

    const idle = clock.pending;
    source.next('a');
    const filling = clock.pending;
    source.next('b');
    const emitted = clock.pending;
    source.next('c');
    clock.advance(10);
    const timedOut = clock.pending;

    expect({ idle, filling, emitted, timedOut }).toEqual({ idle: 0, filling: 1, emitted: 0, timedOut: 0 });
    expect(clock.scheduled).toBe(2);
  });

  it('measures by the async scheduler unless given another', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const result = cold('a-----|').pipe(bufferCountOrTime(9, 3));

      expectObservable(result).toBe('---x--|', { x: ['a'] });
      expectObservable(cold('a-----|').pipe(bufferCountOrTime(9, 3, asyncScheduler))).toBe('---x--|', { x: ['a'] });
      expectObservable(cold('a-----|').pipe(bufferCountOrTime(9, 3, {}))).toBe('---x--|', { x: ['a'] });
    });
  });

  it('takes its scheduler among the options as well', () => {
    const clock = new CountingScheduler();
    const batches: string[][] = [];
    concat(of('a'), NEVER)
      .pipe(bufferCountOrTime(9, 3, { scheduler: clock }))
      .subscribe((batch) => batches.push(batch));

    clock.advance(3);

    expect(batches).toEqual([['a']]);
  });

  it('completes with an empty source, without an empty batch', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -----|');
      const sub = '          ^----!';
      const expected = '     -----|';

      const result = source.pipe(bufferCountOrTime(2, 2));

      expectObservable(result).toBe(expected);
      expectObservable(EMPTY.pipe(bufferCountOrTime(2, 2))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('stays silent with a source that never emits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -');
      const sub = '          ^---------!';
      const expected = '     -';

      const result = source.pipe(bufferCountOrTime(2, 2));

      expectObservable(result, sub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('flushes the rest, then completes', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-b-c-|');
      const sub = '          ^------!';
      const expected = '     ---x---(y|)';

      const result = source.pipe(bufferCountOrTime(2, 50));

      expectObservable(result).toBe(expected, { x: ['a', 'b'], y: ['c'] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('flushes the rest, then passes the error on', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-b-c-#');
      const sub = '          ^------!';
      const expected = '     ---x---(y#)';

      const result = source.pipe(bufferCountOrTime(2, 50));

      expectObservable(result).toBe(expected, { x: ['a', 'b'], y: ['c'] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('passes an error on without an empty batch', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('-ab-#').pipe(bufferCountOrTime(2, 50))).toBe('--x-#', { x: ['a', 'b'] });
      expectObservable(cold('#').pipe(bufferCountOrTime(2, 50))).toBe('#');
    });
  });

  it('passes the very same error on', () => {
    const failure = new Error('the source failed');
    let seen: unknown;

    throwError(() => failure)
      .pipe(bufferCountOrTime(2, 50))
      .subscribe({ error: (error: unknown) => (seen = error) });

    expect(seen).toBe(failure);
  });

  it('passes on what the source throws while it is subscribed to', () => {
    const failure = new Error('no source');
    let seen: unknown;

    new Observable(() => {
      throw failure;
    })
      .pipe(bufferCountOrTime(2, 50))
      .subscribe({ error: (error: unknown) => (seen = error) });

    expect(seen).toBe(failure);
  });

  it('unsubscribes from the source on unsubscription, and discards what waits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-b-c-d-e-f-|');
      const sub = '          ^-----!       ';
      const expected = '     ---x---       ';

      const result = source.pipe(bufferCountOrTime(2, 3));

      expectObservable(result, sub).toBe(expected, { x: ['a', 'b'] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('unsubscribes from the source where the subscriber does so while it receives a batch', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -a-b-c-d-e-f-|');
      const sub = '          ^--!          ';
      const expected = '     ---(x|)       ';

      const result = source.pipe(bufferCountOrTime(2, 50), take(1));

      expectObservable(result).toBe(expected, { x: ['a', 'b'] });
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('stops a synchronous source in the middle', () => {
    const produced: number[] = [];
    const source = new Observable<number>((subscriber) => {
      for (let n = 1; n <= 1000 && !subscriber.closed; n++) {
        produced.push(n);
        subscriber.next(n);
      }
    });
    const batches: number[][] = [];

    source.pipe(bufferCountOrTime(2, 50), take(1)).subscribe((batch) => batches.push(batch));

    expect(batches).toEqual([[1, 2]]);
    expect(produced).toEqual([1, 2]);
  });

  it('begins every subscription with an empty batch', () => {
    inVirtualTime(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('  -a-b-c-d-e-f-|   ');
      const first = '       ^-----!          ';
      const second = '      ------^          ';
      const expected1 = '   ---x---          ';
      const expected2 = '   ---------y---(z|)';

      const result = source.pipe(bufferCountOrTime(2, 50));

      expectObservable(result, first).toBe(expected1, { x: ['a', 'b'] });
      expectObservable(result, second).toBe(expected2, { y: ['d', 'e'], z: ['f'] });
      expectSubscriptions(source.subscriptions).toBe(['^-----!', '------^------!']);
    });
  });

  it('keeps two subscribers apart', () => {
    inVirtualTime(({ hot, expectObservable }) => {
      const source = hot('  -a-b-c-d-e-|   ');
      const early = '       ^              ';
      const late = '        --^            ';
      const expected1 = '   ---x---y---(z|)';
      const expected2 = '   -----v---w-|   ';

      const result = source.pipe(bufferCountOrTime(2, 50));

      expectObservable(result, early).toBe(expected1, { x: ['a', 'b'], y: ['c', 'd'], z: ['e'] });
      expectObservable(result, late).toBe(expected2, { v: ['b', 'c'], w: ['d', 'e'] });
    });
  });

  it('goes on, full batches first, where the subscriber feeds the source', () => {
    const source = new Subject<number>();
    const batches: number[][] = [];
    source.pipe(bufferCountOrTime(2, 50, new CountingScheduler())).subscribe((batch) => {
      batches.push(batch);
      if (batch[0]! < 5) for (const value of [batch[0]! + 2, batch[0]! + 3]) source.next(value);
    });

    source.next(1);
    source.next(2);

    expect(batches).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('starts one timer for what the subscriber feeds back while it is given a batch', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    const batches: [number, string[]][] = [];
    source.pipe(bufferCountOrTime(10, 5, clock)).subscribe((batch) => {
      batches.push([clock.now(), batch]);
      if (batch[0] === 'a') source.next('again');
    });

    source.next('a');
    clock.advance(5);
    expect(clock.pending).toBe(1);
    clock.advance(100);

    expect(batches).toEqual([
      [5, ['a']],
      [10, ['again']],
    ]);
    expect(clock.pending).toBe(0);
  });

  it.each(['complete', 'error'] as const)(
    'ignores what its source emits after its end, also while the last batch is emitted: %s',
    (how) => {
      const clock = new CountingScheduler();
      let source!: Subscriber<string>;
      const notified: unknown[] = [];
      new Observable<string>((subscriber) => void (source = subscriber))
        .pipe(bufferCountOrTime(2, 5, clock))
        .subscribe({
          next(batch) {
            notified.push(batch);
            for (const late of ['b', 'c', 'd']) source.next(late);
            source.error('late');
          },
          error: (error: unknown) => notified.push(error),
          complete: () => notified.push('complete'),
        });

      source.next('a');
      source[how]('error');

      expect(notified).toEqual([['a'], how]);
      expect(clock.pending).toBe(0);
    },
  );

  it('starts no timer for a value that comes after it was unsubscribed', () => {
    const clock = new CountingScheduler();
    let source!: Subscriber<string>;
    const late = new Observable<string>((subscriber) => void (source = subscriber));

    late
      .pipe(bufferCountOrTime(2, 5, clock))
      .subscribe()
      .unsubscribe();
    source.next('a');

    expect(clock.pending).toBe(0);
  });

  it('gives a batch away for good: what its receiver does to it changes no other one', () => {
    const source = new Subject<number>();
    const lengths: number[] = [];
    source.pipe(bufferCountOrTime(2, Infinity)).subscribe((batch) => {
      lengths.push(batch.length);
      batch.push(0, 0, 0);
    });

    for (let n = 0; n < 6; n++) source.next(n);

    expect(lengths).toEqual([2, 2, 2]);
  });

  it.each([
    ['the source completes', (source: Subject<string>) => source.complete()],
    ['the source errors', (source: Subject<string>) => source.error(new Error())],
    ['the batch is full', (source: Subject<string>) => source.next('b')],
  ])('leaves no timer running when %s', (_when, end) => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    source.pipe(bufferCountOrTime(2, 10, clock)).subscribe({ error: () => undefined });
    source.next('a');
    expect(clock.pending).toBe(1);

    end(source);

    expect(clock.pending).toBe(0);
  });

  it('leaves no timer and no subscription behind when it is unsubscribed', () => {
    const clock = new CountingScheduler();
    const source = new Subject<string>();
    const subscription = source.pipe(bufferCountOrTime(2, 10, clock)).subscribe();
    source.next('a');

    subscription.unsubscribe();

    expect(clock.pending).toBe(0);
    expect(source.observed).toBe(false);
  });

  it('takes a synchronous source of any length', () => {
    const sizes: number[] = [];

    range(0, 100_001)
      .pipe(bufferCountOrTime(100, 50))
      .subscribe((batch) => sizes.push(batch.length));

    expect(sizes).toEqual([...Array.from({ length: 1000 }, () => 100), 1]);
  });

  it.each([
    [[0, 1], RangeError, 'Expected `count` to be a positive integer, got 0.'],
    [[-1, 1], RangeError, 'Expected `count` to be a positive integer, got -1.'],
    [[1.5, 1], RangeError, 'Expected `count` to be a positive integer, got 1.5.'],
    [[NaN, 1], RangeError, 'Expected `count` to be a positive integer, got NaN.'],
    [[Infinity, 1], RangeError, 'Expected `count` to be a positive integer, got Infinity.'],
    [['3', 1], TypeError, 'Expected `count` to be a positive integer, got "3".'],
    [[undefined, 1], TypeError, 'Expected `count` to be a positive integer, got undefined.'],
    [[1, -1], RangeError, 'Expected `time` to be a number of 0 or more, got -1.'],
    [[1, NaN], RangeError, 'Expected `time` to be a number of 0 or more, got NaN.'],
    [[1], TypeError, 'Expected `time` to be a number of 0 or more, got undefined.'],
    [[1, 1, { schedule: 5 }], TypeError, 'Expected `scheduler.schedule` to be a function, got 5.'],
    [[1, 1, 5], TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
    [[1, 1, { scheduler: {} }], TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
    [[1, 1, { scheduler: null }], TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
    [[1, 1, { sizeOf: 5 }], TypeError, 'Expected `sizeOf` to be a function, got 5.'],
    [[1, 1, { maxSize: 5 }], TypeError, 'Expected `maxSize` to be given together with `sizeOf`, got 5.'],
    [[1, 1, { maxSize: -1 }], TypeError, 'Expected `maxSize` to be given together with `sizeOf`, got -1.'],
    [[1, 1, { sizeOf: Number, maxSize: '5' }], TypeError, 'Expected `maxSize` to be a number above 0, got "5".'],
    [[1, 1, { sizeOf: Number, maxSize: 0 }], RangeError, 'Expected `maxSize` to be a number above 0, got 0.'],
    [[1, 1, { sizeOf: Number, maxSize: NaN }], RangeError, 'Expected `maxSize` to be a number above 0, got NaN.'],
    [[1, 1, null], TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
  ])('refuses %j when it is made', (args, kind, message) => {
    const make = () => (bufferCountOrTime as (...args: unknown[]) => unknown)(...args);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  describe('whatever the source does', () => {
    interface Step {
      readonly wait: number;
      readonly end?: 'complete' | 'error' | 'leave';
    }

    /** The batches and when they come, from the sentences of the documentation alone. */
    function model(count: number, time: number, steps: readonly Step[]): [number, number[]][] {
      const batches: [number, number[]][] = [];
      let batch: number[] = [];
      let now = 0;
      let due = Infinity;
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
        if (batch.length === 0) due = now + time;
        batch.push(n);
        if (batch.length === count) emit(now);
      }
      if (due < Infinity) emit(due);
      return batches;
    }

    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 20, arbitrary: fc.record({ wait: fc.nat(6) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          wait: fc.nat(6),
          end: fc.constantFrom('complete' as const, 'error' as const, 'leave' as const),
        }),
      },
    );

    test.prop([
      fc.integer({ min: 1, max: 5 }),
      fc.oneof(fc.nat(8), fc.constant(Infinity)),
      fc.array(step, { maxLength: 40 }),
    ])('emits what its documentation says, when it says, and leaves nothing running', (count, time, steps) => {
      const clock = new CountingScheduler();
      const source = new Subject<number>();
      const batches: [number, number[]][] = [];
      const note = (batch: number[]) => batches.push([clock.now(), batch]);
      const subscription = source
        .pipe(bufferCountOrTime(count, time, clock))
        .subscribe({ next: note, error: () => undefined });

      for (const [n, { wait, end }] of steps.entries()) {
        clock.advance(wait);
        if (end === 'complete') source.complete();
        else if (end === 'error') source.error(new Error());
        else if (end === 'leave') subscription.unsubscribe();
        else source.next(n);
        if (end) break;
      }
      clock.advance(20);

      expect(batches).toEqual(model(count, time, steps));
      expect(clock.pending).toBe(0);
    });
  });
});
