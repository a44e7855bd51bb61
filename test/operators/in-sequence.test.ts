import { fc, test } from '@fast-check/vitest';
import { EMPTY, map, NEVER, of, range, Subject, take, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { inSequence } from '../../operators/index.js';
import type { InSequenceOptions } from '../../operators/index.js';
import { inVirtualTime } from '../helpers/marbles.js';

type Number_ = number | bigint;
type Sequence = Number_ | readonly [Number_, Number_] | undefined;

/** What arrives: its sequence, and what else a test wants to know of it. */
interface Update {
  readonly seq: Sequence;
  readonly key?: string | undefined;
  readonly isSnapshot?: boolean;
}

const seqOf = ({ seq }: Update) => seq;
const keyOf = ({ key }: Update) => key;
const isStart = ({ isSnapshot = false }: Update) => isSnapshot;
const update = (seq: Sequence, key?: string): Update => ({ seq, key });
const snapshot = (seq: Sequence, key?: string): Update => ({ seq, key, isSnapshot: true });
const updates = (...all: Sequence[]) => all.map((seq) => update(seq));

const textOf = ({ seq, key = '', isSnapshot = false }: Update) =>
  `${isSnapshot ? 'S' : ''}${key}${Array.isArray(seq) ? seq.join('…') : String(seq)}`;

/** What comes of updates, in order: values, gaps where they are noted, and the error. */
function played(all: readonly Update[], options: InSequenceOptions<Update> = {}): string[] {
  const log: string[] = [];
  of(...all)
    .pipe(inSequence(seqOf, options), map(textOf))
    .subscribe({ next: (value) => log.push(value), error: (error: unknown) => log.push(String(error)) });
  return log;
}

function noted(all: readonly Update[], options: InSequenceOptions<Update> = {}): string[] {
  const log: string[] = [];
  of(...all)
    .pipe(
      inSequence(seqOf, {
        onGap: ({ key = '', expected, got }) => log.push(`${String(key)}${expected}?${got}`),
        ...options,
      }),
    )
    .subscribe({ next: (value) => log.push(textOf(value)), error: (error: unknown) => log.push(String(error)) });
  return log;
}

describe('inSequence', () => {
  it('lets a sequence pass, drops repeats, and errors at a gap', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  1-2-2-1-3-6-7-|');
      const sub = '          ^---------!    ';
      const expected = '     1-2-----3-#    ';
      const error: unknown = expect.objectContaining({ name: 'SequenceGapError', expected: 4, got: 6, value: '6' });

      const result = source.pipe(inSequence(Number));

      expectObservable(result).toBe(expected, undefined, error);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('calls `onGap`, and goes on with the value behind the gap', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const source = cold('  1-2-2-3-6-7-|');
      const sub = '          ^-----------!';
      const expected = '     1-2---3-6-7-|';
      const onGap = vi.fn();

      const result = source.pipe(inSequence(Number, { onGap }));

      expectObservable(result).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(sub);
      flush();
      expect(onGap.mock.calls).toEqual([[{ key: undefined, expected: 4, got: 6, value: '6' }]]);
    });
  });

  it('waits for a start, at the beginning and behind a gap, where there is an `isStart`', () => {
    inVirtualTime(({ cold, expectObservable, flush }) => {
      const source = cold('  8-S-x-z-y-T-z-|', { 8: '8', S: 'S9', x: '10', y: '11', z: '13', T: 'T12' });
      const expected = '     --S-x-----T-z-|';
      const onGap = vi.fn();
      const options = { isStart: (value: string) => /[ST]/.test(value), onGap };

      const result = source.pipe(inSequence((value) => Number(value.replace(/[ST]/, '')), options));

      expectObservable(result).toBe(expected, { S: 'S9', x: '10', z: '13', T: 'T12' });
      flush();
      expect(onGap.mock.calls).toEqual([[{ key: undefined, expected: 11, got: 13, value: '13' }]]);
    });
  });

  it('begins with the first value, whatever its number is', () => {
    expect(played(updates(-3, -2, -1, 0, 1))).toEqual(['-3', '-2', '-1', '0', '1']);
    expect(played(updates([100, 120], [121, 121]))).toEqual(['100…120', '121…121']);
  });

  describe('of ranges', () => {
    it('takes one that begins one above the last number, or earlier, and ends above it', () => {
      expect(played(updates([1, 5], [6, 8], [4, 9], [9, 12], 13, [14, 14]))).toEqual([
        '1…5',
        '6…8',
        '4…9',
        '9…12',
        '13',
        '14…14',
      ]);
    });

    it('drops one that does not end above the last number', () => {
      expect(played(updates([1, 5], [1, 5], [2, 4], [5, 5], [3, 6]))).toEqual(['1…5', '3…6']);
    });

    it('drops an empty one, as keep-alives have, and notices by it what is missing', () => {
      expect(noted(updates([1, 5], [6, 5], [6, 5], [6, 7], [9, 8], 9))).toEqual(['1…5', '6…7', '8?9', '9…8', '9']);
    });

    it('may begin with an empty one', () => {
      expect(played(updates([6, 5], [6, 7], [1, 5]))).toEqual(['6…5', '6…7']);
    });

    it('has a gap where one begins later, and expects what is missing first', () => {
      expect(noted(updates([1, 5], [7, 8], [9, 9]))).toEqual(['1…5', '6?7', '7…8', '9…9']);
    });

    it('takes what exchanges send', () => {
      // https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams: U and u, and a snapshot between.
      const binance = [snapshot(160), update([157, 160]), update([158, 165]), update([166, 167])];
      // https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-order-book-channel: prevSeqId and seqId.
      const okx = [snapshot([0, 10]), update([11, 15]), update([16, 15]), update([16, 16])];

      expect(noted(binance, { isStart })).toEqual(['S160', '158…165', '166…167']);
      expect(noted(okx, { isStart })).toEqual(['S0…10', '11…15', '16…16']);
    });
  });

  describe('of bigints', () => {
    it('counts above what numbers can', () => {
      const n = 2n ** 64n;

      expect(noted(updates(n, n + 1n, n + 1n, n + 3n, [n + 4n, n + 9n]))).toEqual([
        ...['18446744073709551616', '18446744073709551617', '18446744073709551618?18446744073709551619'],
        ...['18446744073709551619', '18446744073709551620…18446744073709551625'],
      ]);
    });

    it('compares them with numbers by their value', () => {
      expect(noted(updates(1, 2n, 2, 3, [4n, 5], [5, 6n], 7n, 9, 10n))).toEqual([
        ...['1', '2', '3', '4…5', '5…6', '7', '8?9', '9', '10'],
      ]);
    });

    it('goes on above the greatest safe integer with them', () => {
      const { MAX_SAFE_INTEGER: max } = Number;

      expect(played(updates(max - 1, max, BigInt(max) + 1n, BigInt(max) + 2n))).toHaveLength(4);
    });
  });

  describe('with starts', () => {
    it('lets every start pass, whatever its number is', () => {
      const all = [snapshot(9), snapshot(9), snapshot(3), update(4), snapshot(90), update(91)];

      expect(noted(all, { isStart })).toEqual(['S9', 'S9', 'S3', '4', 'S90', '91']);
    });

    it('takes an update whose number is that of the start for a repeat', () => {
      expect(noted([update(9), snapshot(9), update(9), update(10)], { isStart })).toEqual(['S9', '10']);
    });

    it('is silent about what comes between a gap and the next start', () => {
      const all = [snapshot(1), update(3), update(4), update(9), update(2), snapshot(9), update(10)];

      expect(noted(all, { isStart })).toEqual(['S1', '2?3', 'S9', '10']);
    });

    it('errors at a gap where there is no `onGap`', () => {
      expect(played([update(7), snapshot(1), update(3)], { isStart })).toEqual([
        'S1',
        'SequenceGapError: There is a gap in the sequence: expected 2, got 3.',
      ]);
    });

    it('begins with the next number where a start has none', () => {
      expect(noted([update(7), snapshot(undefined), update(20), update(22)], { isStart })).toEqual([
        'Sundefined',
        '20',
        '21?22',
      ]);
    });

    it('takes the end of a range for the number of a start', () => {
      expect(noted([snapshot([4, 8]), update(8), update(9)], { isStart })).toEqual(['S4…8', '9']);
    });
  });

  describe('where a value has no number', () => {
    it('lets it pass and forgets the sequence', () => {
      expect(noted(updates(undefined, 5, 6, undefined, undefined, 1, 2, 4))).toEqual([
        ...['undefined', '5', '6', 'undefined', 'undefined', '1', '2', '3?4', '4'],
      ]);
    });

    it('waits for a start behind it, where there is an `isStart`', () => {
      const all = [update(undefined), update(5), snapshot(5), update(undefined), update(6), snapshot(7), update(8)];

      expect(noted(all, { isStart })).toEqual(['undefined', 'S5', 'undefined', 'S7', '8']);
    });

    it('forgets the sequence of its own key alone', () => {
      const all = [update(1, 'a'), update(1, 'b'), update(undefined, 'a'), update(7, 'a'), update(3, 'b')];

      expect(noted(all, { keyOf })).toEqual(['a1', 'b1', 'aundefined', 'a7', 'b2?3', 'b3']);
    });
  });

  describe('with keys', () => {
    it('keeps the sequences apart', () => {
      const all = [update(1, 'a'), update(8, 'b'), update(2, 'a'), update(9, 'b'), update(4, 'a'), update(10, 'b')];

      expect(noted(all, { keyOf })).toEqual(['a1', 'b8', 'a2', 'b9', 'a3?4', 'a4', 'b10']);
    });

    it('compares them as a Map does', () => {
      const keys = [{}, {}, NaN, null, undefined];
      const all = [1, 2, 2].flatMap((seq) => keys.map((key) => ({ seq, key })));
      const passed: unknown[] = [];

      of(...all)
        .pipe(inSequence(({ seq }) => seq, { keyOf: ({ key }) => key }))
        .subscribe((value) => passed.push(value));

      expect(passed).toEqual(all.slice(0, 2 * keys.length));
    });

    it('waits for the start of each', () => {
      const all = [snapshot(1, 'a'), update(2, 'b'), update(2, 'a'), snapshot(7, 'b'), update(8, 'b'), update(3, 'a')];

      expect(noted(all, { keyOf, isStart })).toEqual(['Sa1', 'a2', 'Sb7', 'b8', 'a3']);
    });

    it('names the key in the error', () => {
      expect(played([update(1, 'BTC'), update(3, 'BTC')], { keyOf })[1]).toBe(
        'SequenceGapError: There is a gap in the sequence of BTC: expected 2, got 3.',
      );
    });
  });

  describe('where `onGap` does something at once', () => {
    function fed(whenGap: (source: Subject<Update>) => void, options: InSequenceOptions<Update>, all: Update[]) {
      const source = new Subject<Update>();
      const log: string[] = [];
      const subscription = source
        .pipe(
          inSequence(seqOf, {
            onGap: ({ expected, got }) => {
              log.push(`${expected}?${got}`);
              whenGap(source);
            },
            ...options,
          }),
        )
        .subscribe((value) => log.push(textOf(value)));
      for (const value of all) source.next(value);
      return { log, subscription };
    }

    it('lets what was missing pass before the value behind the gap', () => {
      const fill = (source: Subject<Update>) => updates(2, 3).forEach((value) => source.next(value));

      expect(fed(fill, {}, updates(1, 4, 5)).log).toEqual(['1', '2?4', '2', '3', '4', '5']);
    });

    it.each([
      ['what came before the gap', [1, 2, 3]],
      ['the value behind the gap', [2, 3, 4]],
    ])('drops repeats: %s, sent again with what was missing', (_, sent) => {
      const fill = (source: Subject<Update>) => updates(...sent).forEach((value) => source.next(value));

      expect(fed(fill, {}, updates(1, 4, 5)).log).toEqual(['1', '2?4', '2', '3', '4', '5']);
    });

    it('lets a start pass, and the value behind it only where it follows', () => {
      const sendSnapshot = (seq: number) => (source: Subject<Update>) => source.next(snapshot(seq));
      const all = [snapshot(1), update(4), update(5)];

      expect(fed(sendSnapshot(3), { isStart }, all).log).toEqual(['S1', '2?4', 'S3', '4', '5']);
      expect(fed(sendSnapshot(4), { isStart }, all).log).toEqual(['S1', '2?4', 'S4', '5']);
      expect(fed(sendSnapshot(9), { isStart }, all).log).toEqual(['S1', '2?4', 'S9']);
    });

    it('is called once for one value, also where the start that it sends leaves a gap', () => {
      const all = [snapshot(1), update(4), update(5)];

      const { log } = fed((source) => source.next(snapshot(1)), { isStart }, all);

      expect(log).toEqual(['S1', '2?4', 'S1', '2?5', 'S1']);
    });

    it('lets a mark pass that clears what there is', () => {
      const mark = (source: Subject<Update>) => source.next(update(undefined));

      expect(fed(mark, {}, updates(1, 4, 5)).log).toEqual(['1', '2?4', 'undefined', '4', '5']);
      expect(fed(mark, { isStart }, [snapshot(1), update(4), snapshot(6), update(7)]).log).toEqual([
        ...['S1', '2?4', 'undefined', 'S6', '7'],
      ]);
    });

    it('emits nothing more where it unsubscribes', () => {
      const source = new Subject<Update>();
      const log: string[] = [];
      const subscription = source
        .pipe(inSequence(seqOf, { onGap: () => subscription.unsubscribe() }))
        .subscribe((value) => log.push(textOf(value)));

      for (const value of updates(1, 3, 4)) source.next(value);

      expect(log).toEqual(['1']);
      expect(source.observed).toBe(false);
    });
  });

  it('takes in order what the subscriber feeds back', () => {
    const source = new Subject<Update>();
    const log: string[] = [];
    source.pipe(inSequence(seqOf)).subscribe((value) => {
      log.push(textOf(value));
      if (value.seq === 1) for (const next of updates(2, 3, 3)) source.next(next);
    });

    for (const value of updates(1, 2, 4)) source.next(value);

    expect(log).toEqual(['1', '2', '3', '4']);
  });

  it.each([
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
    [1.5, '1.5'],
    [2 ** 53, '9007199254740992'],
    ['7', '"7"'],
    [null, 'null'],
    [true, 'true'],
    [{}, 'object'],
    [[], 'object'],
    [[1], 'object'],
    [[1, 2, 3], 'object'],
    [[1, '2'], 'object'],
    [[undefined, 2], 'object'],
    [new Set([1, 2]), 'object'],
  ])('errors where `sequenceOf` returns %o', (sequence, got) => {
    const source = new Subject<unknown>();
    const seen: unknown[] = [];
    source.pipe(inSequence((value) => value as number)).subscribe({ error: (error: unknown) => seen.push(error) });

    source.next(sequence);

    expect(seen[0]).toBeInstanceOf(TypeError);
    expect((seen[0] as Error).message).toBe(
      `Expected \`sequenceOf(value)\` to be a safe integer, a bigint, [from, to] of these, or undefined, got ${got}.`,
    );
    expect(source.observed).toBe(false);
  });

  it.each([
    [3, 1],
    [3n, 1],
    [9, -9n],
  ])('errors where `sequenceOf` returns a range from %s to %s, which ends before it begins', (from, to) => {
    expect(played(updates([from, to]))).toEqual([
      `TypeError: Expected \`sequenceOf(value)\` to be a range that begins at most one above its end, got "[${from}, ${to}]".`,
    ]);
  });

  it.each(['sequenceOf', 'keyOf', 'isStart', 'onGap'])('errors with what `%s` throws', (name) => {
    const failure = new Error('mine');
    const thrower = () => {
      throw failure;
    };
    const source = new Subject<number>();
    const seen: unknown[] = [];
    const { sequenceOf, ...options } = { sequenceOf: Number, [name]: thrower };
    source.pipe(inSequence(sequenceOf, options)).subscribe({ error: (error: unknown) => seen.push(error) });

    for (const value of [1, 3]) source.next(value);

    expect(seen).toEqual([failure]);
    expect(source.observed).toBe(false);
  });

  it('calls each function once a value', () => {
    const functions = { keyOf: vi.fn(keyOf), isStart: vi.fn(isStart) };
    const asked = vi.fn(seqOf);
    const all = [snapshot(1), update(2), update(2), update(4), update(undefined)];

    of(...all)
      .pipe(inSequence(asked, { ...functions, onGap: () => undefined }))
      .subscribe();

    for (const { mock } of [asked, functions.keyOf, functions.isStart]) {
      expect(mock.calls).toEqual(all.map((value) => [value]));
    }
  });

  it('completes with an empty source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<string>('--|');

      expectObservable(source.pipe(inSequence(Number))).toBe('--|');
      expectObservable(EMPTY.pipe(inSequence(Number))).toBe('|');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    });
  });

  it('stays silent with a source that never emits', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<string>('-');

      expectObservable(source.pipe(inSequence(Number)), '^--!').toBe('-');
      expectObservable(NEVER.pipe(inSequence(Number))).toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('passes an error of the source on', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('1-2-#', undefined, 'failure');

      expectObservable(source.pipe(inSequence(Number))).toBe('1-2-#', undefined, 'failure');
      expectObservable(throwError(() => 'failure').pipe(inSequence(Number))).toBe('#', undefined, 'failure');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('unsubscribes from the source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  1-2-3-4');
      const unsub = '        ^--!   ';
      const expected = '     1-2-   ';

      expectObservable(source.pipe(inSequence(Number)), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
    });
  });

  it('stops a synchronous source that is unsubscribed in the middle', () => {
    const seen: number[] = [];

    range(1, Infinity)
      .pipe(inSequence(Number), take(3))
      .subscribe((value) => seen.push(value));

    expect(seen).toEqual([1, 2, 3]);
  });

  it('begins every subscription anew, and keeps two subscribers apart', () => {
    inVirtualTime(({ hot, expectObservable }) => {
      const source = hot('   1-2-3-3-5');
      const early = '        ^--!     ';
      const late = '         ---^-----';
      const expected1 = '    1-2-     ';
      const expected2 = '    ----3---#';
      const error: unknown = expect.objectContaining({ expected: 4, got: 5 });

      const result = source.pipe(inSequence(Number));

      expectObservable(result, early).toBe(expected1);
      expectObservable(result, late).toBe(expected2, undefined, error);
    });
  });

  describe('whatever arrives', () => {
    /** One update of one of two books, from one number on, of some length. */
    interface Step {
      readonly kind: 'number' | 'bigint' | 'range' | 'snapshot' | 'mark';
      readonly key: string;
      readonly from: number;
      readonly length: number;
    }

    const toUpdate = ({ kind, key, from, length }: Step): Update => {
      switch (kind) {
        case 'number':
          return update(from, key);
        case 'bigint':
          return update(BigInt(from), key);
        case 'range':
          return update([from, BigInt(from + length - 1)], key);
        case 'snapshot':
          return snapshot(from, key);
        case 'mark':
          return update(undefined, key);
      }
    };

    /** By sets of numbers, from the sentences of the documentation alone. */
    function model(steps: readonly Step[], hasStarts: boolean, hasOnGap: boolean): string[] {
      const log: string[] = [];
      /** The greatest number of each book that has begun. */
      const books = new Map<string, number>();
      for (const step of steps) {
        const { kind, key, from, length } = step;
        const value = textOf(toUpdate(step));
        const covered = Array.from({ length: kind === 'range' ? length : 1 }, (_, n) => from + n);
        const end = kind === 'range' ? from + length - 1 : from;
        const last = books.get(key);

        if (kind === 'mark') books.delete(key);
        else if (kind === 'snapshot' && hasStarts) books.set(key, end);
        else if (last === undefined) {
          if (hasStarts) continue;
          books.set(key, end);
        } else {
          const missing = Array.from({ length: Math.max(0, from - last - 1) }, (_, n) => last + 1 + n);
          if (missing.length > 0) {
            log.push(`${key}${missing[0]}?${from}`);
            if (!hasOnGap) return log;
            if (hasStarts) {
              books.delete(key);
              continue;
            }
          } else if (covered.every((number) => number <= last)) {
            continue;
          }
          books.set(key, end);
        }
        log.push(value);
      }
      return log;
    }

    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('number' as const, 'bigint' as const, 'range' as const) },
        { weight: 1, arbitrary: fc.constantFrom('snapshot' as const, 'mark' as const) },
      ),
      key: fc.constantFrom('a', 'b'),
      from: fc.nat(12),
      length: fc.nat(4),
    });
    /** Mostly in order, with repeats and gaps. */
    const steps = fc
      .array(fc.tuple(step, fc.integer({ min: -3, max: 4 })), { maxLength: 60 })
      .map((all) => all.map(([one, jump], n) => ({ ...one, from: n + (Math.abs(jump) < 3 ? 0 : jump) })));

    test.prop([fc.oneof(fc.array(step, { maxLength: 60 }), steps), fc.boolean(), fc.boolean()], { numRuns: 1000 })(
      'passes what its documentation says',
      (all, hasStarts, hasOnGap) => {
        const log: string[] = [];
        const note = ({ key, expected, got }: { key: unknown; expected: Number_; got: Number_ }) =>
          log.push(`${String(key)}${expected}?${got}`);
        of(...all.map(toUpdate))
          .pipe(inSequence(seqOf, { keyOf, ...(hasStarts && { isStart }), ...(hasOnGap && { onGap: note }) }))
          .subscribe({ next: (value) => log.push(textOf(value)), error: note });

        expect(log).toEqual(model(all, hasStarts, hasOnGap));
      },
    );
  });
});
