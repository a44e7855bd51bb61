import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Account, Meter } from '../../examples/exchange/account.js';
import { Book } from '../../examples/exchange/book.js';
import { planBreaks, waysOf } from '../../examples/exchange/breaks.js';
import { Market } from '../../examples/exchange/market.js';
import { rangeOf } from '../../examples/exchange/messages.js';
import type { Message } from '../../examples/exchange/messages.js';
import type { Row, RowStore } from '../../examples/exchange/row-store.js';
import { RowTally } from '../../examples/exchange/row-tally.js';
import { SETTINGS } from '../../examples/exchange/rules.js';
import type { Rules } from '../../examples/exchange/rules.js';
import { liveScreen, plainScreen } from '../../examples/exchange/screen.js';
import { readSettings } from '../../examples/exchange/settings.js';
import { rowSpoiler } from '../../examples/exchange/spoil-rows.js';
import { TrialHistory } from '../../examples/exchange/trial-history.js';
import { deltaMessage, snapshotMessage } from '../../examples/exchange/wire.js';
import type { Stage } from '../../examples/ingest/history-log.js';
import { seededRandom } from '../../examples/ingest/strikes.js';

describe('the client of the example exchange', () => {
  it('has at most 120 lines', () => {
    const text = readFileSync(new URL('../../examples/exchange/client.ts', import.meta.url), 'utf8');

    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });
});

describe('a book of the example exchange', () => {
  it('sets amounts, and removes those of 0', () => {
    const book = new Book(1, [
      ['bid', 99, 5],
      ['ask', 101, 7],
    ]);

    book.apply(2, [
      ['bid', 99, 0],
      ['ask', 101, 8],
      ['bid', 98, 1],
    ]);

    expect(book.number).toBe(2);
    expect(book.levels).toEqual([
      ['bid', 98, 1],
      ['ask', 101, 8],
    ]);
  });
});

describe('the market of the example exchange', () => {
  const market = new Market(['A', 'B'], 3, seededRandom('seed'));
  const moves = Array.from({ length: 50 }, () => market.move(2)).flat();

  it('changes books in sequence', () => {
    for (const symbol of market.symbols) {
      const ranges = moves.filter((delta) => delta.symbol === symbol);

      expect(ranges.length).toBeGreaterThan(10);
      expect(ranges.map(({ from }) => from)).toEqual([2, ...ranges.slice(0, -1).map(({ to }) => to + 1)]);
    }
  });

  it('knows the books that were, and no others', () => {
    const { to } = moves.find(({ symbol }) => symbol === 'A')!;

    expect(market.bookAt('A', market.book('A').number)!.levels).toEqual(market.book('A').levels);
    expect(market.bookAt('A', to)!.levels).not.toEqual(market.book('A').levels);
    expect(market.bookAt('A', 1_000_000)).toBeUndefined();
    expect(market.bookAt('C', 1)).toBeUndefined();
  });
});

describe('the history of a trial of the example exchange', () => {
  const folder = mkdtempSync(join(tmpdir(), 'trial-history-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const market = new Market(['A'], 9, seededRandom('seed'));
  const numbers = [1, ...Array.from({ length: 5 }, () => market.move(1)[0]!.to)];

  /** What is wrong where 1 to 6 are given, and then what the words say: `4`, `s4` for a snapshot. */
  function faultsOf(name: string, passages: Partial<Record<Stage, string>>) {
    const history = new TrialHistory(folder, name, market);
    const record = (stage: Stage, words: string) => {
      for (const word of words.split(' ')) {
        const [, snapshot, ordinal] = /^(s?)(\d)$/.exec(word)!;
        const n = numbers[Number(ordinal) - 1]!;
        history.record({ stage, key: 'A', n, place: 'p', isSnapshot: snapshot === 's' });
      }
    };
    record('given', '1 2 3 4 5 6');
    for (const stage of ['sent', 'received', 'delivered', 'stored'] as const) record(stage, passages[stage]!);
    return history.faults();
  }

  it.each([
    ['all', 's1 2 3 4', 's1 2 3 4', 's1 2 3 4', 's1 2 3 4', ''],
    ['what a snapshot stands for', 's1 2 s4 5', 's1 2 s4 5', 's1 2 s4 5', 's1 2 s4 5', ''],
    ['what the exchange repeats', 's1 2 2 3', 's1 2 2 3', 's1 2 3', 's1 2 3', ''],
    ['a row that is not stored, though a snapshot is', 's1 2 s4', 's1 2 s4', 's1 2 s4', 's1 s4', '1 lost'],
    ['a repeat that is delivered', 's1 2 2 3', 's1 2 2 3', 's1 2 2 3', 's1 2 3', '1 doubled'],
    ['a connection that is out of order', 's1 2 3', 's1 3 2', 's1 2 3', 's1 2 3', '1 reordered'],
    ['what was not sent', 's1 2', 's1 2 3', 's1 2', 's1 2', '1 early'],
    ['what nobody delivers', 's1 2 3 4', 's1 2 3 4', 's1 2 4', 's1 2 4', '1 lost'],
  ])('knows %s', async (what, sent, received, delivered, stored, expected) => {
    expect((await faultsOf(what, { sent, received, delivered, stored })).split('\n')[0]).toBe(expected);
  });
});

describe('what spoils rows of the example exchange', () => {
  it('loses a row, doubles one, and has one overtaken by the next of its symbol', () => {
    const spoil = rowSpoiler();
    const rows = Array.from({ length: 1400 }, (_, index): Row => {
      const to = index + 1;
      return { symbol: to % 2 ? 'A' : 'B', isSnapshot: false, from: to, to, changes: [] };
    });

    const spoilt = [rows.slice(0, 700), rows.slice(700)].flatMap(spoil).map(({ to }) => to);

    expect(spoilt.slice(0, 999)).toEqual(rows.slice(0, 999).map(({ to }) => to));
    expect(spoilt.slice(998)).toEqual(
      [999, ...Array.from({ length: 400 }, (_, index) => 1001 + index)]
        .flatMap((to) => (to === 1100 ? [to, to] : [to]))
        .filter((to) => to !== 1200)
        .flatMap((to) => (to === 1202 ? [1202, 1200] : [to])),
    );
  });
});

describe('an account of the example exchange', () => {
  it('may do so much in any window of time', () => {
    const meter = new Meter({ messages: 2, per: 1000 });

    expect([0, 500, 999, 1600, 1601].map((now) => meter.take(now))).toEqual([true, true, false, true, false]);
  });

  it('is banned for its third violation, for a minute', () => {
    const account = new Account(SETTINGS['spot-like']);

    for (const now of [0, 1, 2]) account.violated('Too many requests', now);

    expect(account.bans).toBe(1);
    expect([2, 60_001, 60_002].map((now) => account.isBanned(now))).toEqual([true, true, false]);
  });
});

describe('the messages of the example exchange', () => {
  const delta = { symbol: 'A', from: 7, to: 9, changes: [] };
  const range = (rules: Rules) => rangeOf(deltaMessage(rules, delta, 1) as Message);

  it('say which numbers they stand for, each in its way', () => {
    const { 'spot-like': spot, 'swap-like': swap, 'stock-like': stock } = SETTINGS;

    expect([range(spot), range(swap), range(stock)]).toEqual([
      [7, 9],
      [7, 9],
      [9, 9],
    ]);
  });

  it('carry a symbol, or the id that it was given', () => {
    const { 'spot-like': spot, 'stock-like': stock } = SETTINGS;
    const book = new Book(9, []);

    expect(deltaMessage(spot, delta, 1)).toEqual({ event: 'delta', symbol: 'A', first: 7, number: 9, changes: [] });
    expect(deltaMessage(stock, delta, 1)).toEqual({ event: 'delta', channel: 1, number: 9, changes: [] });
    expect(snapshotMessage(spot, 'A', book, 1)).toEqual({ event: 'snapshot', symbol: 'A', number: 9, changes: [] });
    expect(snapshotMessage(stock, 'A', book, 1)).toEqual({ event: 'snapshot', channel: 1, number: 9, changes: [] });
  });
});

/** What is counted of rows: a snapshot is `s5`, a delta `6` or `6-8`. */
function tallyOf(rows: string, part?: readonly [number, number]) {
  const tally = new RowTally(part);
  for (const row of rows.split(' ')) {
    const [, snapshot, first, last = first] = /^(s?)(\d+)(?:-(\d+))?$/.exec(row)!;
    const to = Number(last);
    tally.take({ symbol: 'A', isSnapshot: snapshot === 's', from: Number(first), to, changes: [['bid', 1, to]] });
  }
  const { unlinked, repeated, missed, books } = tally;
  return { unlinked, repeated, missed, levels: books.get('A')!.levels };
}

describe('the tally of the example exchange', () => {
  it.each([
    ['all in sequence', 's5 6 7-9 10', { unlinked: 0, repeated: 0, missed: 0, levels: [['bid', 1, 10]] }],
    ['a delta that follows nothing', 's5 7', { unlinked: 1, repeated: 0, missed: 0, levels: [['bid', 1, 7]] }],
    ['a first delta', '6', { unlinked: 1, repeated: 0, missed: 0, levels: [['bid', 1, 6]] }],
    ['a snapshot after a gap', 's5 6 s9 10', { unlinked: 0, repeated: 0, missed: 3, levels: [['bid', 1, 10]] }],
    ['a snapshot of what is there', 's5 6 s6 7', { unlinked: 0, repeated: 1, missed: 0, levels: [['bid', 1, 7]] }],
    ['a delta twice', 's5 6 6', { unlinked: 0, repeated: 1, missed: 0, levels: [['bid', 1, 6]] }],
  ])('knows %s', (_, rows, expected) => {
    expect(tallyOf(rows)).toEqual(expected);
  });

  it('knows books that were wrong, though a snapshot has healed them', async () => {
    const rows: readonly Row[] = [
      { symbol: 'A', isSnapshot: true, from: 1, to: 1, changes: [['bid', 1, 1]] },
      { symbol: 'A', isSnapshot: false, from: 3, to: 3, changes: [['bid', 3, 3]] },
      { symbol: 'A', isSnapshot: true, from: 4, to: 4, changes: [['bid', 4, 4]] },
      { symbol: 'B', isSnapshot: true, from: 1, to: 1, changes: [['bid', 1, 1]] },
    ];
    const truth = (_: string, number: number) => new Book(number, [['bid', number === 3 ? 2 : number, number]]);
    const store = { rows: () => rows } as unknown as RowStore;

    expect([...(await RowTally.of(store, undefined, truth)).wrong]).toEqual(['A']);
    expect([...(await RowTally.of(store)).wrong]).toEqual([]);
  });

  it('counts what was missed in a part of the rows only', () => {
    const rows = 's1 s3 s6 s10';

    expect([tallyOf(rows, [1, 3]).missed, tallyOf(rows, [2, 3]).missed, tallyOf(rows, [3, 4]).missed]).toEqual([
      5, 3, 4,
    ]);
  });
});

describe('the breaks of the example exchange', () => {
  const titles = (isShort: boolean, count: number) => {
    const plan = planBreaks(isShort, seededRandom('seed'));
    return Array.from({ length: count }, () => plan.next().value.title);
  };

  it.each([
    ['the short', true],
    ['the full', false],
  ])('are all in the first round of %s form', (_, isShort) => {
    expect(new Set(titles(isShort, waysOf(isShort))).size).toBe(waysOf(isShort));
  });

  it('come again in other orders', () => {
    const ways = waysOf(true);
    const all = titles(true, 2 * ways);

    expect(new Set(all.slice(ways))).toEqual(new Set(all.slice(0, ways)));
    expect(all.slice(ways)).not.toEqual(all.slice(0, ways));
  });
});

describe('the screen of the example exchange', () => {
  it('prints lines and tables one after another in a pipe, the head of the table once', () => {
    let text = '';
    const screen = plainScreen((more) => (text += more));

    screen.say('begins');
    screen.show(['a', 'b']);
    screen.show(['a', 'c']);

    expect(text).toBe('begins\na\nb\nc\n');
  });

  it('draws the table in its place on a terminal, below the lines, and no wider than that', () => {
    let text = '';
    const screen = liveScreen(
      (more) => (text += more),
      () => 5,
    );

    screen.show(['a', 'b23456']);
    screen.say('begins');

    const plain = text.replaceAll(/\x1b\[\d*m/g, '');
    expect(plain).toBe('a\nb234\n\x1b[2A\x1b[Jbegins\na\nb234\n');
  });
});

describe('the settings of the example exchange', () => {
  it('are those of the full form', () => {
    expect(readSettings(['--seed', 's'])).toEqual({
      ...{ settings: ['spot-like', 'swap-like', 'stock-like'], without: [], isShort: false, symbols: 500 },
      spoilsRows: false,
      ...{ changes: 600, ends: 20, gaps: 50, seed: 's' },
    });
  });

  it('are fewer in the short form', () => {
    expect(readSettings(['--short', '--setting', 'swap-like', '--without', 'pace', '--symbols', '9'])).toMatchObject({
      ...{ settings: ['swap-like'], without: ['pace'], isShort: true, symbols: 9 },
      ...{ changes: 300, ends: 8, gaps: 12 },
    });
  });

  it('are none where help is wanted', () => {
    expect(readSettings(['-h'])).toBeUndefined();
  });

  it.each([
    [['--setting', 'moon'], 'Expected --setting to be one of spot-like, swap-like, stock-like, got moon.'],
    [['--without', 'luck'], 'Expected --without to be one of inSequence, pace, overlap, got luck.'],
    [['--symbols', '0'], 'Expected --symbols to be an integer of 1 or more, got 0.'],
  ])('name what is wrong: %s', (args, message) => {
    expect(() => readSettings(args)).toThrow(new RangeError(message));
  });
});
