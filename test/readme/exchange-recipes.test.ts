import * as rxjs from 'rxjs';
import { of, timer } from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  atMost,
  heartbeat,
  inSequence,
  observeWebSocket,
  ofType,
  retryWithBackoff,
  WebSocketError,
} from '../../src/index.node.js';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';
import { raw, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { blocksIn } from './pages.js';

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
