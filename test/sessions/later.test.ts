import { EMPTY, NEVER, Observable, of, throwError, timer } from 'rxjs';
import { concat, map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { atMost, multiplex } from '../../src/index.node.js';
import type { Later } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { playedServer } from '../helpers/played-server.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

const keyOf = ({ key }: Tick) => key;
const signed = (key: string, delay: number) => timer(delay).pipe(map(() => ({ sub: key })));

describe('A message that takes its time', () => {
  it('goes when it is there, and what follows does not wait for it', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o----#', 'o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const topics = multiplex(feed, {
        keyOf,
        subscribe: (key: string): Later<unknown> => (key === 'slow' ? signed(key, 3) : { sub: key }),
        unsubscribe: (key) => ({ unsub: key }),
      });

      record(topics('slow'), undefined, timer(20));
      record(topics('fast'), undefined, timer(20));
      feed.messages.next('queued');
      flush();

      expect(sent).toEqual([
        ...['1 {"sub":"fast"}', '1 "queued"', '4 {"sub":"slow"}'],
        ...['8 {"sub":"fast"}', '11 {"sub":"slow"}'],
        ...['20 {"unsub":"slow"}', '20 {"unsub":"fast"}'],
      ]);
    });
  });

  it.each<[string, Later<unknown>, string[]]>([
    ['a string', 'text', ['"text"']],
    ['an array', ['a', 'b'], ['["a","b"]']],
    ['null', null, ['null']],
    ['an Observable that has one at once', of('now', 'later'), ['"now"']],
    ['the first value of an Observable', concat(timer(2).pipe(map(() => 'one')), of('two')), ['"one"']],
    ['nothing', undefined, []],
    ['an Observable without a value', EMPTY, []],
    ['an Observable of undefined', of(undefined), []],
    ['an Observable that never emits', NEVER, []],
  ])('may be %s', (_name, message, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, (value) => JSON.stringify(value));
      const topics = multiplex(feedOf(server.transport), { keyOf, subscribe: () => message });

      const log = record(topics('a'), undefined, timer(9));
      flush();

      expect(sent.map((line) => line.replace(/^\d+ /, ''))).toEqual(expected);
      expect(log).toEqual([]);
    });
  });

  it.each<[string, () => Later<unknown>]>([
    ['a promise', () => Promise.resolve('signed')],
    ['whatever has a `then`', () => ({ then: (done: (value: string) => void) => done('signed') })],
  ])('may be %s', async (_name, subscribe) => {
    const transport = playedServer();
    const topic = multiplex(feedOf(transport), { keyOf, subscribe })('a').subscribe();

    transport.accept();
    await vi.waitFor(() => expect(transport.calls).toEqual(['send "signed"']));
    topic.unsubscribe();
  });

  it('counts as asked where it is undefined: once a connection, and to be taken back', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o----#', 'o']);
      const sent = record(server.sent);
      const made: string[] = [];
      const topics = multiplex(retriedFeed(server.transport), {
        keyOf,
        subscribe: (key: string) => void made.push(key),
        unsubscribe: (key) => ({ unsub: key }),
      });

      record(topics('a'), undefined, timer(9));
      at(2, () => record(topics('a'), undefined, timer(7)));
      flush();

      expect(made).toEqual(['a', 'a']);
      expect(sent).toEqual(['9 {"unsub":"a"}']);
    });
  });

  it('is given up where nobody reads the topic any more', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const source = cold('----a', { a: 'late' });
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(20));
      const topics = multiplex(feed, {
        keyOf,
        subscribe: () => source,
        unsubscribe: (key: string) => ({ unsub: key }),
      });

      record(topics('a'), undefined, timer(2));
      at(10, () => record(topics('a'), undefined, timer(9)));
      flush();

      expect(
        source.subscriptions.map(({ subscribedFrame, unsubscribedFrame }) => [subscribedFrame, unsubscribedFrame]),
      ).toEqual([
        [0, 2],
        [10, 14],
      ]);
      expect(sent).toEqual(['14 "late"', '19 {"unsub":"a"}']);
    });
  });

  it('of several keys goes where one of them is read, and the others are taken back then', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(20));
      const topics = multiplex(feed, {
        keyOf,
        subscribeMany: (keys: readonly string[]) => signed(keys.join(''), 4),
        unsubscribeMany: (keys) => ({ unsub: keys.join('') }),
      });

      record(topics('a'), undefined, timer(2));
      record(topics('b'), undefined, timer(9));
      flush();

      expect(sent).toEqual(['4 {"sub":"ab"}', '4 {"unsub":"a"}', '9 {"unsub":"b"}']);
    });
  });

  it('of several keys is given up where nobody reads any of them', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(20));
      const topics = multiplex(feed, { keyOf, subscribeMany: (keys: readonly string[]) => signed(keys.join(''), 4) });

      record(topics('a'), undefined, timer(2));
      record(topics('b'), undefined, timer(3));
      at(3, () => record(topics('b'), undefined, timer(0))); // at once: it has not left
      at(5, () => record(topics('b'), undefined, timer(9)));
      flush();

      expect(sent).toEqual(['9 {"sub":"b"}']);
    });
  });

  it('is discarded with the connection that it was made for', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--#', 'o']);
      const sent = record(server.sent);
      let made = 0;
      const topics = multiplex(retriedFeed(server.transport), {
        keyOf,
        subscribe: () => timer(4).pipe(map(() => `token ${++made}`)),
      });

      record(topics('a'), undefined, timer(20));
      flush();

      expect(made).toBe(1);
      expect(sent).toEqual(['9 "token 1"']);
    });
  });

  it('that waits for the pace is discarded with its connection too', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o----#', 'o']);
      const sent = record(server.sent);
      let made = 0;
      const feed = retriedFeed(server.transport, { pace: atMost(1, 10) });
      feed.messages.next('first');
      const topics = multiplex(feed, { keyOf, subscribe: () => timer(2).pipe(map(() => `token ${++made}`)) });

      record(topics('a'), undefined, timer(30));
      flush();

      expect(sent).toEqual(['0 "first"', '9 "token 2"']);
    });
  });

  it.each<[string, Later<unknown>]>([
    ['rejects', throwError(() => new SyntaxError('mine'))],
    ['rejects later', concat(timer(0), throwError(() => new SyntaxError('mine'))).pipe(map(() => { throw new SyntaxError('mine'); }))], // prettier-ignore
  ])('errors its key where it %s, and a new subscriber asks again', (_name, failing) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const events = record(feed.lifecycle, brief, timer(9));
      let isRefused = true;
      const topics = multiplex(feed, { keyOf, subscribe: (key: string) => (isRefused ? failing : { sub: key }) });

      const log = record(topics('a'));
      at(3, () => {
        isRefused = false;
        record(topics('a'), undefined, timer(3));
      });
      flush();

      expect(log).toEqual(['0 # SyntaxError']);
      expect(sent).toEqual(['3 {"sub":"a"}']);
      expect(events.filter((line) => line.includes('dropped'))).toEqual([]);
    });
  });

  it('that asks to stop is waited for before the key is asked for again', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(30));
      const topics = multiplex(feed, {
        keyOf,
        subscribe: (key: string) => ({ sub: key }),
        unsubscribe: (key) => timer(4).pipe(map(() => ({ unsub: key }))),
      });

      record(topics('a'), undefined, timer(2));
      at(4, () => record(topics('a'), undefined, timer(10)));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '6 {"unsub":"a"}', '6 {"sub":"a"}', '18 {"unsub":"a"}']);
    });
  });

  it('that asks to stop and rejects is reported as dropped', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = feedOf(server.transport);
      const events = record(feed.lifecycle, brief, timer(9));
      const topics = multiplex(feed, {
        keyOf,
        subscribe: (key: string) => ({ sub: key }),
        unsubscribe: () => timer(2).pipe(map(() => { throw new SyntaxError('mine'); })), // prettier-ignore
      });

      record(topics('a'), undefined, timer(2));
      flush();

      expect(events.filter((line) => line.includes('dropped'))).toEqual(['4 dropped 1 unserializable']);
    });
  });

  it('is made when it may go: under a pace one more at once than may go at once', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const made: string[] = [];
      const feed = feedOf(server.transport, { pace: atMost(2, 10) });
      const topics = multiplex(feed, {
        keyOf,
        subscribe: (key: string) =>
          new Observable<string>((subscriber) => {
            made.push(`${feed.stats.sent} ${key}`);
            return signed(key, 3).subscribe(() => subscriber.next(key));
          }),
      });

      [...'abcdef'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(sent).toEqual(['3 "a"', '3 "b"', '14 "c"', '17 "d"', '25 "e"', '28 "f"']);
      expect(made).toEqual(['0 a', '0 b', '0 c', '3 d', '3 e', '3 f']);
    });
  });

  it('that is never there keeps no other key from being asked for, under a pace either', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      const topics = multiplex(feed, {
        keyOf,
        subscribe: (key: string): Later<unknown> => (key === 'never' ? NEVER : { sub: key }),
      });

      ['never', 'a', 'b'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '11 {"sub":"b"}']);
    });
  });
});
