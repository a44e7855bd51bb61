import * as rxjs from 'rxjs';
import { asyncScheduler, of, takeUntil, timer } from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  bufferCountOrTime,
  heartbeat,
  inSequence,
  multiplex,
  observeWebSocket,
  ofType,
  retryWithBackoff,
  WebSocketError,
} from '../../src/index.node.js';
import type { ReconnectOptions, SubscriptionError, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { raw, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { blocksIn } from './pages.js';
import { blockOf, runBlock } from './run-block.js';

/** What a block of the guide defines, with these globals. */
function defined(name: string, globals: Record<string, unknown>): unknown {
  const { code } = blocksIn('ts').find(
    ({ page, code }) => page === 'docs/exchange.md' && code.includes(`const ${name} = `),
  )!;
  const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of our own page
  return new Function(...Object.keys(globals), `${outputText}\nreturn ${name};`)(...Object.values(globals));
}

/** A message as the guide has them: `?` the mark, `s5` a snapshot, `6` or `6-8` a change. */
function message(word: string) {
  const [, letter, first, last = first] = /^([?s]?)(\d*)(?:-(\d+))?$/.exec(word)!;
  const type = { '?': 'asked', s: 'snapshot' }[letter!] ?? 'change';
  return { type, symbol: 'A', first: Number(first), last: Number(last), changes: [word], word };
}

type Word = ReturnType<typeof message>;

/** What comes of messages, one a millisecond, and when a resync was asked for. */
function comesOf(
  name: string,
  words: string,
  globals: Record<string, unknown> = {},
  onNext: (value: Word) => void = () => {},
) {
  const log: string[] = [];
  inVirtualTime(({ flush, cold }) => {
    const script = words.split(' ').map((word) => (word === '.' ? undefined : message(word)));
    const values = Object.fromEntries(script.map((value, index) => [String.fromCharCode(97 + index), value]));
    const marbles = script.map((value, index) => (value ? String.fromCharCode(97 + index) : '-')).join('');
    const topics = Object.assign(() => cold(marbles, values), { resync: () => log.push('resync') });
    const changes = defined(name, { ...rxjs, topics, inSequence, ...globals }) as (
      symbol: string,
    ) => rxjs.Observable<Word>;
    changes('A').subscribe((value) => {
      onNext(value);
      log.push(value.word);
    });
    flush();
  });
  return log.join(' ');
}

describe('A book of the guide to exchanges', () => {
  class Book {
    changes: unknown[] = [];
    apply(changes: readonly unknown[]) {
      this.changes.push(...changes);
    }
  }

  it('begins with a snapshot, and asks for another one after a gap', () => {
    expect(comesOf('changesOf', '3 s4 4 5 7 8 s9 10', { Book })).toBe('s4 5 resync s9 10');
  });

  const stored = (words: string) => {
    const books = new Map<string, { last: number }>();
    return comesOf('storedChangesOf', words, { books }, ({ last }) => books.set('A', { last }));
  };

  it.each([
    ['takes a snapshot of what it has for a repeat', '? s5 6 7 ? s6 7 8', 's5 6 7 8'],
    ['takes what comes before a snapshot for no gap', '? s5 6 ? 9 10 s10 11', 's5 6 s10 11'],
    ['asks for a snapshot after a gap, of whatever number', '? s5 6 8 9 s5 6 7', 's5 6 resync s5 6 7'],
    ['asks for one when a snapshot is followed by a gap', '? s5 6 ? s6 8', 's5 6 resync'],
  ])('of which changes are stored %s', (_, words, expected) => {
    expect(stored(words)).toBe(expected);
  });

  it('loads its snapshot, while changes wait, and drops those that are in it', () => {
    const loadSnapshot = () => timer(3).pipe(rxjs.map(() => message('s7')));

    expect(comesOf('withSnapshots', '? 6 7-8 9 10', { loadSnapshot })).toBe('s7 7-8 9 10');
  });

  /** What the server is asked for is in the log as `ask A`; a batch takes 2 ms here. */
  const asked = (words: string) => {
    const books = new Map<string, { last: number }>();
    const log: string[] = [];
    const exchange = { messages: { next: ({ symbols }: { symbols: string[] }) => log.push(`ask ${symbols.join()}`) } };
    const globals = { books, exchange, bufferCountOrTime: (count: number) => bufferCountOrTime(count, 2) };
    const passed = comesOf('withAskedSnapshots', words, globals, ({ last }) => books.set('A', { last }));
    return [passed, ...log];
  };

  it.each([
    ['asks for its snapshot when the server was asked for the symbol', '? 6 . . s7 8', ['s7 8', 'ask A']],
    [
      'asks for another one after a gap, whatever the number of that is',
      '? s7 8 10 11 s7 8',
      ['s7 8 s7 8', 'ask A', 'ask A'],
    ],
    ['takes one of what it has already for a repeat', '? s7 8 ? 9 s9 10', ['s7 8 9 10', 'ask A', 'ask A']],
    ['begins anew with one of more than it has', '? s7 8 ? s12 13', ['s7 8 s12 13', 'ask A', 'ask A']],
  ])('%s, over the connection', (_, words, expected) => {
    expect(asked(words)).toEqual(expected);
  });

  it('loads it again where it was too old', () => {
    const loadSnapshot = () => of(message('s3'));

    expect(comesOf('withSnapshots', '? 6', { loadSnapshot })).toBe('s3 resync');
  });
});

describe('An operator of the guide to exchanges', () => {
  const own = (name: string) =>
    defined(name, { ...rxjs, heartbeat, observeWebSocket, retryWithBackoff, WebSocketError });

  it('answers pings that are messages, before what waits for the pace, and delivers none', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport, sent } = scriptedServer(cold, ['o-pa'], { p: raw('{"ping":7}') });
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport, pace: atMost(1, 10) },
        own('answerPings') as Supervision,
      );
      const [sents, messages] = [record(sent), record(feed.messages, undefined, timer(30))];
      for (const word of ['x', 'y']) feed.messages.next(word);
      flush();

      expect(sents).toEqual(['0 "x"', '11 {"pong":7}', '22 "y"']);
      expect(messages).toEqual(['3 "a"']);
    });
  });

  it('ends a connection that has no data, but not one that is paused', () => {
    const closes = (act: (feed: WebSocketConnection) => void) => {
      let log: string[] = [];
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['o 900ms a 1099ms a']);
        const watchData = own('watchData') as (silence: number) => Supervision;
        const feed = observeWebSocket<unknown>({ url: 'ws://test', transport }, watchData(1000));
        log = record(feed.lifecycle.pipe(ofType('close')), brief, timer(10_000));
        act(feed);
        flush();
      });
      return log;
    };

    expect(closes(() => {})).toEqual(['1901 close 1006 local unclean', '1901 # WebSocketError']);
    expect(closes((feed) => feed.pause())).toEqual([]);
  });
});

describe('A planned end of the guides', () => {
  const HOUR = 3_600_000;

  it.each(['docs/exchange.md', 'docs/lifecycle.md'])('comes while a connection is open, and only then: %s', (page) => {
    inVirtualTime(({ flush, cold, at }) => {
      const busy = refuseWith(429, { 'retry-after': `${24 * 3600}` });
      const server = scriptedServer(cold, ['o', `o ${22 * HOUR}ms #`, 'x', 'o'], { x: busy });
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ maxRetryAfter: 48 * HOUR, random: () => 0 }),
      );
      const begun: number[] = [];
      feed.lifecycle.subscribe(
        ({ type }) => type === 'connecting' && begun.push(Math.floor(asyncScheduler.now() / HOUR)),
      );
      let planned = 0;
      const reconnect = (options: ReconnectOptions) => {
        planned++;
        feed.reconnect(options);
      };
      void runBlock(blockOf(page, '23 * HOUR'), {
        globals: { feed: { state: feed.state, reconnect } },
      });
      at(80 * HOUR, () => void feed.close());
      at(100 * HOUR, () => expect(planned).toBe(1)); // ends the test, where the plan goes on for ever

      flush();

      expect(begun).toEqual([0, 23, 45, 69]);
    });
  });
});

describe('A symbol of a refused message', () => {
  it.each([
    ['asks again where the reason does not name it', 'no such symbol: GONE', [1, 1002], undefined],
    ['is refused where it is the reason', 'no such symbol: BTCEUR', [1], 'BTCEUR'],
  ])('%s', (_, error, asked, refused) => {
    inVirtualTime(({ flush, cold }) => {
      const times: number[] = [];
      const server = scriptedServer(
        cold,
        ['-o'],
        {},
        {
          reply: (ask) => {
            const { id, symbols } = ask as { id: number; symbols: string[] };
            times.push(asyncScheduler.now());
            return times.length > 1 ? [] : [{ id, error, symbols }];
          },
        },
      );
      const feed = observeWebSocket<BookMessage, Ask>({ url: 'ws://test', transport: server.transport });
      const topics = multiplex(feed, {
        keyOf: ({ symbol }) => symbol,
        subscribeMany: (symbols: readonly string[], id): Ask => ({ op: 'subscribe', id, symbols }),
        answerOf: ({ id, error }) => (id === undefined ? undefined : { id, error }),
      });
      let key: unknown;
      const asking = (symbol: string) => {
        void runBlock(blockOf('docs/exchange.md', "includes('BTCEUR')"), {
          globals: {
            topics: () => ({
              pipe: (operator: rxjs.MonoTypeOperatorFunction<BookMessage>) =>
                topics(symbol)
                  .pipe(operator, takeUntil(timer(2000)))
                  .subscribe({ error: (failure: unknown) => (key = (failure as SubscriptionError).key) }),
            }),
          },
        });
      };
      asking('BTCEUR');

      flush();

      expect(times).toEqual(asked);
      expect(key).toBe(refused);
    });
  });
});
