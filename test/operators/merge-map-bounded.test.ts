import { fc, test } from '@fast-check/vitest';
import {
  concat,
  EMPTY,
  ignoreElements,
  map,
  NEVER,
  Observable,
  of,
  range,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeMapBounded } from '../../operators/index.js';
import type { MergeMapBoundedOptions } from '../../operators/index.js';
import { isBufferOverflowError } from '../../src/protocol/error-guards.js';
import type { Pausable } from '../../src/protocol/pausable.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';

/** Writes down what is asked of it. */
function pausable({ canPause = true, log = [] as string[] } = {}): Pausable & { readonly log: string[] } {
  return {
    canPause,
    log,
    pause() {
      log.push('pause');
      return () => void log.push('release');
    },
  };
}

/** Numbers into inner streams that are ended by hand, and what becomes of them. */
function played(options: MergeMapBoundedOptions<number>) {
  const source = new Subject<number>();
  const inners: Subject<string>[] = [];
  const started: number[] = [];
  const dropped: number[] = [];
  const log: string[] = [];
  const project = (value: number) => {
    started.push(value);
    const inner = new Subject<string>();
    inners.push(inner);
    return inner;
  };
  const subscription = source
    .pipe(mergeMapBounded(project, { onDrop: (value) => dropped.push(value), ...options }))
    .subscribe({
      next: (result) => log.push(result),
      error: (error: unknown) => log.push(`# ${(error as Error).message}`),
      complete: () => log.push('|'),
    });
  const send = (...values: number[]) => values.forEach((value) => source.next(value));
  const end = (n: number) => inners[n - 1]!.complete();
  return { source, inners, started, dropped, log, subscription, send, end };
}

const range1 = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

const FAILURE = new Error('mine');
const thrower = () => {
  throw FAILURE;
};

describe('mergeMapBounded', () => {
  it('runs one inner stream at a time, in order', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -abcd-------------|');
      const inner = cold('    ---x|             ');
      const sub = '          ^-----------------!';
      const expected = '     ----a---b---c---d-|';
      const inners = [
        '                    -^---!             ',
        '                    -----^---!         ',
        '                    ---------^---!     ',
        '                    -------------^---! ',
      ];

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value))));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      expectSubscriptions(inner.subscriptions).toBe(inners);
    });
  });

  it('runs as many at once as `concurrency` says', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  abc-------|');
      const inner = cold('   ---(x|)    ');
      const expected = '     ---ab-c---|';
      const inners = [
        '                    ^--!       ',
        '                    -^--!      ',
        '                    ---^--!    ',
      ];

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value)), { concurrency: 2 }));

      expectObservable(result).toBe(expected);
      expectSubscriptions(inner.subscriptions).toBe(inners);
    });
  });

  it('runs everything at once where `concurrency` is Infinity', () => {
    const { send, started } = played({ concurrency: Infinity, highWaterMark: 0 });

    send(1, 2, 3);

    expect(started).toEqual([1, 2, 3]);
  });

  it('passes on all that an inner stream emits, whatever kind of stream it is', async () => {
    const results: number[] = [];

    await new Promise<void>((complete) =>
      of<(Promise<number> | number[])[]>([1, 2], Promise.resolve(3), [4])
        .pipe(mergeMapBounded((stream) => stream))
        .subscribe({ next: (result) => results.push(result), complete }),
    );

    expect(results).toEqual([1, 2, 3, 4]);
  });

  it('counts for `project` the values that had their turn', () => {
    const source = new Subject<string>();
    const gate = new Subject<never>();
    const calls: [string, number][] = [];
    const project = (value: string, index: number) => {
      calls.push([value, index]);
      return gate;
    };
    source.pipe(mergeMapBounded(project, { highWaterMark: 1, overflow: 'dropOldest' })).subscribe();

    for (const value of ['a', 'b', 'c']) source.next(value);
    gate.complete();

    expect(calls).toEqual([
      ['a', 0],
      ['c', 1],
    ]);
  });

  describe('without anything to pause', () => {
    it('lets as many wait as the mark says, beside those that run, and errors with the next one', () => {
      const { source, send, started, log, dropped, inners } = played({ concurrency: 2, highWaterMark: 3 });

      send(1, 2, 3, 4, 5);
      expect(log).toEqual([]);
      send(6);

      expect(log).toEqual(['# The buffer is full: 3 values wait for a slow consumer.']);
      expect(started).toEqual([1, 2]);
      expect(dropped).toEqual([]);
      expect([source, ...inners].map(({ observed }) => observed)).toEqual([false, false, false]);
    });

    it('errors with a BufferOverflowError that holds the mark', () => {
      let seen: unknown;

      range(1, 3)
        .pipe(mergeMapBounded(() => NEVER, { highWaterMark: 1 }))
        .subscribe({ error: (error: unknown) => (seen = error) });

      expect(seen).toSatisfy(isBufferOverflowError);
      expect(seen).toMatchObject({ highWaterMark: 1, fatal: false });
    });

    it('lets 1000 wait by default', () => {
      const { send, log } = played({});

      send(...range1(1001));
      expect(log).toEqual([]);
      send(1002);

      expect(log).toEqual(['# The buffer is full: 1000 values wait for a slow consumer.']);
    });

    it("gives up the oldest that waits under 'dropOldest'", () => {
      const { send, end, started, dropped, log } = played({ highWaterMark: 2, overflow: 'dropOldest' });

      send(1, 2, 3, 4, 5);
      for (const n of [1, 2, 3]) end(n);

      expect(dropped).toEqual([2, 3]);
      expect(started).toEqual([1, 4, 5]);
      expect(log).toEqual([]);
    });

    it("gives up the newest under 'dropNewest'", () => {
      const { send, end, started, dropped, log } = played({ highWaterMark: 2, overflow: 'dropNewest' });

      send(1, 2, 3, 4, 5);
      for (const n of [1, 2, 3]) end(n);

      expect(dropped).toEqual([4, 5]);
      expect(started).toEqual([1, 2, 3]);
      expect(log).toEqual([]);
    });

    it.each(['dropOldest', 'dropNewest'] as const)('lets nothing wait where the mark is 0; %s', (overflow) => {
      const { send, end, started, dropped } = played({ highWaterMark: 0, overflow });

      send(1, 2, 3);
      end(1);
      send(4, 5);

      expect(started).toEqual([1, 4]);
      expect(dropped).toEqual([2, 3, 5]);
    });

    it('drops as the diagram in the documentation shows', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const source = cold('  -abcd-------------|');
        const inner = cold('    ---x|             ');
        const expected = '     ----a---d---------|';

        const result = source.pipe(
          mergeMapBounded((value) => inner.pipe(map(() => value)), { highWaterMark: 1, overflow: 'dropOldest' }),
        );

        expectObservable(result).toBe(expected);
      });
    });

    it('drops without an `onDrop`', () => {
      const results: number[] = [];
      const source = new Subject<number>();
      const gate = new Subject<never>();
      source
        .pipe(mergeMapBounded((value) => concat(of(value), gate), { highWaterMark: 0, overflow: 'dropNewest' }))
        .subscribe((result) => results.push(result));

      for (const value of [1, 2]) source.next(value);
      gate.complete();

      expect(results).toEqual([1]);
    });

    it('asks nothing of what says that it cannot be paused', () => {
      const pausing = pausable({ canPause: false });
      const { send, dropped } = played({ highWaterMark: 1, overflow: 'dropNewest', pausing });

      send(1, 2, 3);

      expect(dropped).toEqual([3]);
      expect(pausing.log).toEqual([]);
    });
  });

  describe('with something to pause', () => {
    it('takes one lease at the high-water mark, and releases it at the low one', () => {
      const pausing = pausable();
      const { send, end } = played({ highWaterMark: 4, lowWaterMark: 1, pausing });

      send(1, 2, 3, 4);
      expect(pausing.log).toEqual([]);
      send(5);
      expect(pausing.log).toEqual(['pause']);
      end(1);
      end(2);
      expect(pausing.log).toEqual(['pause']);
      end(3);

      expect(pausing.log).toEqual(['pause', 'release']);
    });

    it('goes on at a quarter of the high-water mark by default', () => {
      const pausing = pausable();
      const { send, end } = played({ highWaterMark: 12, pausing });

      send(...range1(13));
      for (const n of range1(8)) end(n);
      expect(pausing.log).toEqual(['pause']);
      end(9);

      expect(pausing.log).toEqual(['pause', 'release']);
    });

    it('takes what still arrives, above the mark too, and loses nothing', () => {
      const pausing = pausable();
      const { source, send, end, started, dropped, log } = played({ highWaterMark: 2, pausing });

      send(...range1(50));
      source.complete();
      for (const n of range1(50)) end(n);

      expect(started).toEqual(range1(50));
      expect(dropped).toEqual([]);
      expect(pausing.log).toEqual(['pause', 'release']);
      expect(log).toEqual(['|']);
    });

    it('takes a lease anew each time', () => {
      const pausing = pausable();
      const { send, end } = played({ highWaterMark: 1, pausing });

      send(1, 2);
      end(1);
      send(3);
      end(2);

      expect(pausing.log).toEqual(['pause', 'release', 'pause', 'release']);
    });

    it('pauses while all run that may, where the mark is 0', () => {
      const pausing = pausable();
      const { send, end, started } = played({ concurrency: 2, highWaterMark: 0, pausing });

      send(1);
      expect(pausing.log).toEqual([]);
      send(2, 3);
      expect(pausing.log).toEqual(['pause']);
      end(1);
      end(2);

      expect(started).toEqual([1, 2, 3]);
      expect(pausing.log).toEqual(['pause', 'release']);
    });

    it('keeps order and mark where what was held back arrives while the lease is released', () => {
      const log: string[] = [];
      const source = new Subject<number>();
      const heldBack = range1(9).slice(3);
      let isPaused = false;
      const isFlowing = () => !isPaused && heldBack.length > 0;
      const pausing: Pausable = {
        canPause: true,
        pause: () => {
          isPaused = true;
          log.push('pause');
          return () => {
            isPaused = false;
            log.push('release');
            while (isFlowing()) source.next(heldBack.shift()!);
          };
        },
      };
      const inners: Subject<never>[] = [];
      const project = (value: number) => {
        log.push(`start ${value}`);
        inners.push(new Subject());
        return inners.at(-1)!;
      };
      source.pipe(mergeMapBounded(project, { highWaterMark: 2, lowWaterMark: 1, pausing })).subscribe();

      for (const n of [1, 2, 3]) source.next(n);
      for (let n = 0; n < 3; n++) inners[n]!.complete();

      expect(log).toEqual([
        'start 1',
        'pause',
        ...['start 2', 'release', 'pause'],
        ...['start 3', 'release', 'pause'],
        ...['start 4', 'release', 'pause'],
      ]);
    });

    it.each<[string, (run: ReturnType<typeof played>) => void, string[]]>([
      ['it is unsubscribed', ({ subscription }) => subscription.unsubscribe(), []],
      ['the source errors', ({ source }) => source.error(new Error('broken')), ['# broken']],
      ['an inner stream errors', ({ inners }) => inners[0]!.error(new Error('refused')), ['# refused']],
      ['the source completes, whatever still waits', ({ source }) => source.complete(), []],
    ])('releases its lease when %s', (_when, end, expected) => {
      const pausing = pausable();
      const run = played({ highWaterMark: 2, pausing });
      run.send(1, 2, 3, 4);

      end(run);

      expect(pausing.log).toEqual(['pause', 'release']);
      expect(run.log).toEqual(expected);
    });

    it('takes no lease once its subscriber has unsubscribed while it receives a result', () => {
      const pausing = pausable();
      const source = new Subject<number>();
      const subscription = source
        .pipe(mergeMapBounded((value) => concat(of(value), NEVER), { highWaterMark: 0, pausing }))
        .subscribe(() => subscription.unsubscribe());

      source.next(1);

      expect(pausing.log).toEqual([]);
    });

    it('takes no lease for what its subscriber fed back before it unsubscribed', () => {
      const pausing = pausable();
      const source = new Subject<number>();
      const subscription = source
        .pipe(mergeMapBounded((value) => [value], { highWaterMark: 1, pausing }))
        .subscribe(() => {
          for (const n of [2, 3]) source.next(n);
          subscription.unsubscribe();
        });

      source.next(1);

      expect(pausing.log).toEqual(['pause', 'release']);
    });

    it('keeps no lease of a synchronous source that was stopped in the middle', () => {
      const pausing = pausable();
      const gate = new Subject<string>();

      const subscription = new Observable<number>((subscriber) => {
        for (const n of range1(10)) subscriber.next(n);
        gate.next('seen');
        for (const n of range1(10)) subscriber.next(n);
      })
        .pipe(
          mergeMapBounded(() => gate, { highWaterMark: 2, pausing }),
          take(1),
        )
        .subscribe();

      expect(subscription.closed).toBe(true);
      expect(pausing.log).toEqual(['pause', 'release']);
    });

    it('errors with what the pausing throws', () => {
      const failure = new Error('cannot');
      let seen: unknown;
      const pausing: Pausable = {
        canPause: true,
        pause: () => {
          throw failure;
        },
      };

      range(1, 3)
        .pipe(mergeMapBounded(() => NEVER, { highWaterMark: 1, pausing }))
        .subscribe({ error: (error: unknown) => (seen = error) });

      expect(seen).toBe(failure);
    });
  });

  it('completes with an empty source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -----|');
      const sub = '          ^----!';
      const expected = '     -----|';

      const result = source.pipe(mergeMapBounded((value) => of(value)));

      expectObservable(result).toBe(expected);
      expectObservable(EMPTY.pipe(mergeMapBounded((value) => of(value)))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('stays silent with a source that never emits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  -----');
      const sub = '          ^---!';
      const expected = '     -----';

      const result = source.pipe(mergeMapBounded((value) => of(value)));

      expectObservable(result, sub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('completes when the source has, and nothing waits or runs', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  abc|        ');
      const inner = cold('   ---x|       ');
      const sub = '          ^--!        ';
      const expected = '     ---a---b---c|';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value))));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('passes an error of the source on at once, and ends what runs', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  ab---#  ');
      const inner = cold('   ---x--| ');
      const sub = '          ^----!  ';
      const expected = '     ---a-#  ';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value))));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      expectSubscriptions(inner.subscriptions).toBe(sub);
    });
  });

  it('passes an error of an inner stream on, unsubscribes from the source, and starts nothing more', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  ab-------|');
      const inner = cold('   ---#      ');
      const sub = '          ^--!      ';
      const expected = '     ---#      ';

      const result = source.pipe(mergeMapBounded(() => inner));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      expectSubscriptions(inner.subscriptions).toBe(sub);
    });
  });

  it.each<[string, MergeMapBoundedOptions<number> & { project: (value: number) => Observable<unknown> }]>([
    ['`project` throws', { project: thrower }],
    ['`onDrop` throws', { project: () => NEVER, highWaterMark: 1, overflow: 'dropOldest', onDrop: thrower }],
    ['an inner stream errors at once', { project: () => throwError(() => FAILURE) }],
  ])('errors with the very same where %s, and unsubscribes from the source', (_where, { project, ...options }) => {
    const source = new Subject<number>();
    let seen: unknown;
    source.pipe(mergeMapBounded(project, options)).subscribe({ error: (error: unknown) => (seen = error) });

    for (const n of [1, 2, 3]) source.next(n);

    expect(seen).toBe(FAILURE);
    expect(source.observed).toBe(false);
  });

  it('errors where `project` gives no stream', () => {
    let seen: unknown;

    of(1)
      .pipe(mergeMapBounded(() => undefined as never))
      .subscribe({ error: (error: unknown) => (seen = error) });

    expect(seen).toBeInstanceOf(TypeError);
  });

  it('ends what runs on unsubscription, and discards what waits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  abcd------|');
      const inner = cold('   ---x|      ');
      const sub = '          ^-----!    ';
      const expected = '     ---a---    ';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value))));

      expectObservable(result, sub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      expectSubscriptions(inner.subscriptions).toBe(['^---!', '----^-!']);
    });
  });

  it('starts nothing more where the subscriber unsubscribes while it receives a result', () => {
    const source = new Subject<number>();
    const gate = new Subject<string>();
    let started = 0;
    const subscription = source
      .pipe(mergeMapBounded(() => (++started === 1 ? gate : of('')), { highWaterMark: 9 }))
      .subscribe(() => subscription.unsubscribe());

    for (const n of range1(5)) source.next(n);
    gate.next('seen');
    gate.complete();

    expect(started).toBe(1);
    expect([source.observed, gate.observed]).toEqual([false, false]);
  });

  it('stops a synchronous source, and a synchronous inner stream, in the middle', () => {
    const produced: number[] = [];
    const counting = new Observable<number>((subscriber) => {
      for (let n = 1; n <= 1000 && !subscriber.closed; n++) {
        produced.push(n);
        subscriber.next(n);
      }
    });
    const results: number[] = [];

    const first = counting.pipe(
      mergeMapBounded((value) => of(value)),
      take(2),
    );
    const second = of('once').pipe(
      mergeMapBounded(() => counting),
      take(2),
    );
    first.subscribe((result) => results.push(result));
    second.subscribe((result) => results.push(result));

    expect(results).toEqual([1, 2, 1, 2]);
    expect(produced).toEqual([1, 2, 1, 2]);
  });

  it('begins every subscription with nothing waiting, and counts anew', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = cold('  abc-----|');
      const inner = cold('   --x|     ');
      const first = '        ^--!';
      const second = '       -----^';
      const expected1 = '    --x-';
      const expected2 = '    -------x--y--z|';

      const result = source.pipe(mergeMapBounded((value, index) => inner.pipe(map(() => value + String(index)))));

      expectObservable(result, first).toBe(expected1, { x: 'a0' });
      expectObservable(result, second).toBe(expected2, { x: 'a0', y: 'b1', z: 'c2' });
    });
  });

  it('keeps two subscribers apart', () => {
    inVirtualTime(({ hot, cold, expectObservable }) => {
      const source = hot('  -a-b-c------|');
      const inner = cold('   ---x|        ');
      const early = '       ^            ';
      const late = '        --^          ';
      const expected1 = '   ----a---b---c|';
      const expected2 = '   ------b---c-|';

      const result = source.pipe(mergeMapBounded((value) => inner.pipe(map(() => value))));

      expectObservable(result, early).toBe(expected1);
      expectObservable(result, late).toBe(expected2);
    });
  });

  it('takes what the subscriber feeds back in order, even while an inner stream ends at once', () => {
    const source = new Subject<number>();
    const results: number[] = [];
    source.pipe(mergeMapBounded((value) => of(value))).subscribe((result) => {
      results.push(result);
      if (result < 10) for (const next of [result * 10, result * 10 + 1]) source.next(next);
    });

    for (const n of [1, 2]) source.next(n);

    expect(results).toEqual([1, 10, 11, 2, 20, 21]);
  });

  it('completes where the subscriber ends the source while it is given the last result', () => {
    const source = new Subject<number>();
    const log: (number | string)[] = [];
    source.pipe(mergeMapBounded((value) => of(value))).subscribe({
      next: (result) => {
        log.push(result);
        source.complete();
      },
      complete: () => log.push('|'),
    });

    source.next(1);

    expect(log).toEqual([1, '|']);
  });

  it('starts the next inner stream when the one before is torn down', () => {
    const order: string[] = [];
    const gate = new Subject<never>();
    const project = (value: string) =>
      new Observable<never>((subscriber) => {
        order.push(`${value} begins`);
        gate.subscribe(subscriber);
        return () => order.push(`${value} is gone`);
      });
    of('a', 'b').pipe(mergeMapBounded(project)).subscribe();

    gate.complete();

    expect(order).toEqual(['a begins', 'a is gone', 'b begins', 'b is gone']);
  });

  it('needs no stack for inner streams that end at once, however many wait', () => {
    const source = new Subject<number>();
    const gate = new Subject<never>();
    let ended = 0;
    let last = 0;
    source
      .pipe(mergeMapBounded((value) => (value === 1 ? gate : of(value)), { highWaterMark: Infinity }))
      .subscribe({ next: (value) => (last = value), complete: () => ended++ });
    for (const n of range1(100_000)) source.next(n);
    source.complete();

    gate.complete();

    expect({ ended, last }).toEqual({ ended: 1, last: 100_000 });
  });

  it('leaves nothing running when it is unsubscribed', () => {
    const clock = new CountingScheduler();
    const source = new Subject<number>();
    const subscription = source.pipe(mergeMapBounded(() => timer(10, clock), { concurrency: 3 })).subscribe();
    for (const n of range1(5)) source.next(n);
    expect(clock.pending).toBe(3);

    subscription.unsubscribe();

    expect(clock.pending).toBe(0);
    expect(source.observed).toBe(false);
  });

  const project = () => EMPTY;

  it.each<[unknown[], ErrorConstructor, string]>([
    [[], TypeError, 'Expected `project` to be a function, got undefined.'],
    [[project, { concurrency: 0 }], RangeError, 'Expected `concurrency` to be an integer of 1 or more, got 0.'],
    [[project, { concurrency: 1.5 }], RangeError, 'Expected `concurrency` to be an integer of 1 or more, got 1.5.'],
    [[project, { concurrency: '2' }], TypeError, 'Expected `concurrency` to be an integer of 1 or more, got "2".'],
    [[project, { highWaterMark: -1 }], RangeError, 'Expected `highWaterMark` to be an integer of 0 or more, got -1.'],
    [[project, { highWaterMark: NaN }], RangeError, 'Expected `highWaterMark` to be an integer of 0 or more, got NaN.'],
    [[project, { lowWaterMark: -1 }], RangeError, 'Expected `lowWaterMark` to be a number of 0 or more, got -1.'],
    [[project, { lowWaterMark: 1001 }], RangeError, 'Expected `lowWaterMark` to be at most highWaterMark, got 1001.'],
    [[project, { pausing: {} }], TypeError, 'Expected `pausing.pause` to be a function, got undefined.'],
    [[project, { pausing: null }], TypeError, 'Expected `pausing.pause` to be a function, got undefined.'],
    [
      [project, { overflow: 'dropAll' }],
      RangeError,
      'Expected `overflow` to be one of error, dropOldest, dropNewest, got "dropAll".',
    ],
    [[project, { onDrop: 'log' }], TypeError, 'Expected `onDrop` to be a function, got "log".'],
    [[project, { conflateBy: 'id' }], TypeError, 'Expected `conflateBy` to be a function, got "id".'],
    [[project, { delayError: 1 }], TypeError, 'Expected `delayError` to be a boolean, got 1.'],
  ])('refuses %j when it is made', (args, kind, message) => {
    const make = () => (mergeMapBounded as (...args: unknown[]) => unknown)(...args);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  describe('whatever the source and the inner streams do', () => {
    interface Step {
      readonly wait: number;
      /** How long the inner stream of this value takes; 0 is at once. */
      readonly takes: number;
      readonly fails?: boolean;
      readonly key?: number;
      readonly end?: 'complete' | 'error' | 'leave';
    }
    interface Options {
      readonly concurrency: number;
      readonly highWaterMark: number;
      readonly overflow: NonNullable<MergeMapBoundedOptions<number>['overflow']>;
      readonly canPause: boolean | undefined;
      readonly lowWaterMark: number;
      readonly conflates: boolean;
      readonly delayError: boolean;
    }

    /** What happens and when, from the sentences of the documentation alone: a desk, a queue, and a clock that ticks. */
    function model(options: Options, steps: readonly Step[]): string[] {
      const { concurrency, highWaterMark, lowWaterMark, overflow, canPause, conflates, delayError } = options;
      const log: string[] = [];
      let desk: { readonly n: number; readonly due: number }[] = [];
      let queue: number[] = [];
      let now = 0;
      let isOver = false as boolean;
      let isComplete = false;
      let last = '|';
      let isPaused = false;

      const note = (what: string) => log.push(`${now} ${what}`);
      const release = () => {
        if (isPaused) note('release');
        isPaused = false;
      };
      const over = (last?: string) => {
        if (last) note(last);
        isOver = true;
        queue = [];
        desk = [];
        release();
      };
      const finish = (n: number) => {
        if (steps[n]!.fails) over('# refused');
        else note(`done ${n}`);
      };
      const fillDesk = () => {
        while (!isOver && desk.length < concurrency && queue.length > 0) {
          const n = queue.shift()!;
          const { takes } = steps[n]!;
          if (takes === 0) finish(n);
          else desk.push({ n, due: now + takes });
        }
        if (isOver) return;
        if (queue.length <= lowWaterMark) release();
        if (isComplete && queue.length + desk.length === 0) over(last);
      };
      const tick = (until: number) => {
        for (; now <= until; now++) {
          for (const done of desk.filter(({ due }) => due === now)) {
            if (isOver) break;
            desk = desk.filter((other) => other !== done);
            finish(done.n);
            fillDesk();
          }
        }
        now = until;
      };

      let at = 0;
      for (const [n, { wait, end }] of steps.entries()) {
        at += wait;
        tick(at);
        if (isOver || isComplete) break;
        if (end === 'leave') over();
        else if (end === 'error' && !delayError) over('# broken');
        else if (end) {
          isComplete = true;
          if (end === 'error') last = '# broken';
          release();
          fillDesk();
        } else {
          const { key } = steps[n]!;
          const older = queue.findIndex((m) => conflates && key !== undefined && steps[m]!.key === key);
          if (older < 0) queue.push(n);
          else note(`drop ${queue.splice(older, 1, n)[0]}`);
          fillDesk();
          // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- filling the desk may end it
          if (isOver || desk.length < concurrency) continue;
          if (canPause) {
            if (queue.length >= highWaterMark && !isPaused) {
              note('pause');
              isPaused = true;
            }
          } else if (queue.length > highWaterMark) {
            if (overflow === 'error') over('# overflow');
            else note(`drop ${overflow === 'dropOldest' ? queue.shift() : queue.pop()}`);
          }
        }
      }
      if (!isOver) tick(at + 1000);
      return log;
    }

    const step: fc.Arbitrary<Step> = fc.record(
      {
        wait: fc.nat(3),
        takes: fc.nat(6),
        fails: fc.integer({ min: 0, max: 40 }).map((n) => n === 0),
        key: fc.nat(2),
        end: fc
          .integer({ min: 0, max: 120 })
          .map((n) => (['complete', 'error', 'leave'] as const)[n])
          .filter((end) => end !== undefined),
      },
      { requiredKeys: ['wait', 'takes'] },
    );
    const options: fc.Arbitrary<Options> = fc.nat(4).chain((highWaterMark) =>
      fc.record({
        concurrency: fc.integer({ min: 1, max: 3 }),
        highWaterMark: fc.constant(highWaterMark),
        lowWaterMark: fc.nat(highWaterMark),
        overflow: fc.constantFrom('error' as const, 'dropOldest' as const, 'dropNewest' as const),
        canPause: fc.constantFrom(true, false, undefined),
        conflates: fc.boolean(),
        delayError: fc.boolean(),
      }),
    );

    test.prop([options, fc.array(step, { maxLength: 60 })], { numRuns: 1000 })(
      'does what its documentation says, when it says, and leaves nothing running',
      ({ canPause, conflates, ...rest }, steps) => {
        const clock = new CountingScheduler();
        const source = new Subject<number>();
        const log: string[] = [];
        const note = (what: string) => log.push(`${clock.now()} ${what}`);
        const project = (n: number) => {
          const { takes, fails } = steps[n]!;
          const result = fails ? throwError(() => new Error('refused')) : of(`done ${n}`);
          return takes === 0 ? result : concat(timer(takes, clock).pipe(ignoreElements()), result);
        };
        const pausing: Pausable = {
          canPause: canPause ?? false,
          pause: () => {
            note('pause');
            return () => note('release');
          },
        };
        const subscription = source
          .pipe(
            mergeMapBounded(project, {
              ...rest,
              ...(canPause !== undefined && { pausing }),
              ...(conflates && { conflateBy: (n: number) => steps[n]!.key }),
              onDrop: (n) => note(`drop ${n}`),
            }),
          )
          .subscribe({
            next: note,
            error: (error: unknown) =>
              note(`# ${isBufferOverflowError(error) ? 'overflow' : (error as Error).message}`),
            complete: () => note('|'),
          });

        for (const [n, { wait, end }] of steps.entries()) {
          clock.advance(wait);
          if (end === 'complete') source.complete();
          else if (end === 'error') source.error(new Error('broken'));
          else if (end === 'leave') subscription.unsubscribe();
          else source.next(n);
          if (end) break;
        }
        clock.advance(1000);

        expect(log).toEqual(model({ ...rest, canPause, conflates }, steps));
        expect(clock.pending).toBe(0);
      },
    );
  });
});
