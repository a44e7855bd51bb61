import { asyncScheduler, catchError, config, EMPTY, map, retry, throwError, timer } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { atMost, connectionPool, multiplex, requestResponse } from '../../src/index.node.js';
import type { Answer, MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer, silence } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

/** Has the public members that sessions use, and nothing else: as a stand-in of somebody’s own has. */
function standIn(feed: Feed): Feed {
  const { messages, lifecycle, state } = feed;
  return {
    messages,
    lifecycle,
    state,
    get link() {
      return feed.link;
    },
  } as Feed;
}

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key, id) => ({ sub: key, id }),
  unsubscribe: (key, id) => ({ unsub: key, id }),
};
const short = ({ n }: Tick) => String(n);

/** What nobody handles. */
const unhandled: unknown[] = [];
afterEach(() => {
  unhandled.length = 0;
  config.onUnhandledError = null;
});
const collectUnhandled = () => {
  config.onUnhandledError = (error) => void unhandled.push(String(error));
};

describe('A stand-in of a connection', () => {
  it('asks for topics on each link, and to stop', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { key: 'a', n: 1 }, b: { key: 'b', n: 2 } };
      const server = scriptedServer(cold, ['-o-ab#', '-o-ab'], values);
      const sent = record(server.sent);
      const closes = record(server.closes);
      const topics = multiplex(standIn(retriedFeed(server.transport)), options);

      const logs = [record(topics('a'), short, timer(20)), record(topics('b'), short, timer(15))];
      flush();

      expect(closes).toEqual(['20 {"code":1000,"reason":""}']);

      expect(logs).toEqual([
        ['3 1', '10 1'],
        ['4 2', '11 2'],
      ]);
      expect(sent).toEqual([
        ...['1 {"sub":"a","id":1}', '1 {"sub":"b","id":2}'],
        ...['8 {"sub":"a","id":3}', '8 {"sub":"b","id":4}'],
        ...['15 {"unsub":"b","id":4}', '20 {"unsub":"a","id":3}'],
      ]);
    });
  });

  it('asks at once where it is open already, and for what comes later', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o--------a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const topics = multiplex(standIn(feed), options);
      const logs: string[][] = [];

      at(5, () => logs.push(record(topics('a'), short, timer(9))));
      at(7, () => logs.push(record(topics('b'), short, timer(9))));
      flush();

      expect(logs).toEqual([['10 1'], []]);
      expect(sent).toEqual([
        ...['5 {"sub":"a","id":1}', '7 {"sub":"b","id":2}'],
        ...['14 {"unsub":"a","id":1}', '16 {"unsub":"b","id":2}'],
      ]);
    });
  });

  it('asks for nothing between two links', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o-#', '--o']);
      const sent = record(server.sent);
      const topics = multiplex(standIn(retriedFeed(server.transport)), options);

      record(topics('a'), short, timer(20));
      at(4, () => record(topics('b'), short, timer(16)));
      flush();

      expect(sent.slice(0, 3)).toEqual(['1 {"sub":"a","id":1}', '7 {"sub":"a","id":2}', '7 {"sub":"b","id":3}']);
    });
  });

  it('asks again, and puts the mark before what comes then', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      const topics = multiplex(standIn(retriedFeed(server.transport)), {
        ...options,
        mark: (key) => ({ key, n: 0 }),
        pace: atMost(9, 1000),
      });

      const log = record(topics('a'), short, timer(9));
      at(2, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['0 0', '2 0', '4 1']);
      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '2 {"unsub":"a","id":1}', '2 {"sub":"a","id":2}', '9 {"unsub":"a","id":2}'],
      ]);
    });
  });

  it('takes an answer that comes after the last reader has left, while something else keeps it open', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { k: { answer: {} }, e: { answer: { error: 'no' } }, b: { key: 'b', n: 2 } };
      const server = scriptedServer(cold, ['o---k-----e-b'], values);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const topics = multiplex(standIn(feed), {
        ...options,
        unsubscribe: undefined,
        answerOf: ({ answer }) => answer as Answer<string> | undefined,
      });
      const logs: string[][] = [];

      record(topics('a'), short, timer(2));
      at(7, () => logs.push(record(topics('b'), short, timer(20)), record(topics('c'), short, timer(20))));
      flush();

      expect(logs).toEqual([['10 # SubscriptionError'], []]);
    });
  });

  it('reports what an option throws as an error that nobody handles', () => {
    collectUnhandled();
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-x-a'], { x: null, a: { key: 'a', n: 1 } });
      const topics = multiplex(standIn(retriedFeed(transport)), {
        ...options,
        unsubscribe: () => {
          throw new RangeError('cannot stop');
        },
      });

      const log = record(topics('a'), short, timer(9));
      flush();

      expect(log).toEqual(['4 1']);
      expect(unhandled).toEqual([expect.stringContaining('TypeError'), 'RangeError: cannot stop']);
    });
  });

  it('sends requests, and leads their responses', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['--o-b-a-c'], {
        a: { id: 1, n: 1 },
        b: { id: 2, n: 2 },
        c: { id: 3, n: 3 },
      });
      const sent = record(server.sent);
      const request = requestResponse(standIn(retriedFeed(server.transport)), { idOf: ({ id }) => id });

      const logs = [1, 2].map((id) => record(request(id, `ask ${id}`), short));
      at(5, () => logs.push(record(request(3, 'ask 3'), short)));
      flush();

      expect(logs).toEqual([
        ['6 1', '6 |'],
        ['4 2', '4 |'],
        ['8 3', '8 |'],
      ]);
      expect(sent).toEqual(['2 "ask 1"', '2 "ask 2"', '5 "ask 3"']);
    });
  });

  it('errors a request whose link ends, and sends no `cancel` on the next one', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o----#', 'o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const request = requestResponse(standIn(feed), { idOf: ({ id }) => id, cancel: (id) => ({ cancel: id }) });
      const logs: string[][] = [];

      at(1, () => logs.push(record(request(1, 'ask'), short), record(request(2, 'ask'), short, timer(2))));
      flush();

      expect(logs).toEqual([['5 # ConnectionClosedError'], []]);
      expect(sent).toEqual(['1 "ask"', '1 "ask"', '3 {"cancel":2}']);
    });
  });

  it('is left alone when nothing is left to be done', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a'], { a: { id: 1, n: 1 } });
      const closes = record(server.closes);
      const connection = standIn(retriedFeed(server.transport));
      const request = requestResponse(connection, { idOf: ({ id }) => id });

      record(request(1, 'ask'), short);
      record(multiplex(connection, options)('a'), short, timer(5));
      flush();

      expect(closes).toEqual(['5 {"code":1000,"reason":""}']);
      expect(asyncScheduler.now()).toBe(5);
    });
  });

  it('keeps a repeated request waiting for the next link, however often that cannot be made', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o--#', '-#', '-o--a'], { a: { id: 1, n: 1 } });
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const request = requestResponse(standIn(feed), { idOf: ({ id }) => id });
      const log: string[][] = [];

      record(feed.lifecycle, undefined, timer(30));
      at(1, () => log.push(record(request(1, 'ask').pipe(retry(9)), short)));
      flush();

      expect(log).toEqual([['12 1', '12 |']]);
      expect(sent).toEqual(['1 "ask"', '9 "ask"']);
    });
  });

  it('may lose its last reader while it closes, and an answer is still to come', () => {
    collectUnhandled();
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['(so)'], { s: silence() });
      const feed = retriedFeed(server.transport, { closeTimeout: 20 });
      const topics = multiplex(standIn(feed), { ...options, answerOf: () => undefined });
      const events = record(feed.lifecycle, brief);

      record(topics('a'), short, timer(5));
      at(3, () => void feed.close());
      flush();

      expect(events.at(-1)).toBe('23 |');
      expect(unhandled).toEqual([]);
    });
  });

  it.each([
    ['topic', (connection: Feed) => multiplex(connection, options)('a')],
    ['request', (connection: Feed) => requestResponse(connection, { idOf: ({ id }) => id })(1, 'ask')],
  ])('that fails at once is not connected again by its first %s', (_, streamOf) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      let runs = 0;
      const fail = () =>
        throwError(() => {
          runs++;
          return new RangeError('no');
        });

      const log = record(streamOf(standIn(feedOf(transport, {}, fail))));
      flush();

      expect(log).toEqual(['0 # RangeError']);
      expect(runs).toBe(1);
    });
  });

  it('begins anew where it has ended', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { a: { key: 'a', n: 1 }, r: { id: 1, n: 2 } };
      const connection = standIn(feedOf(scriptedServer(cold, ['o#', 'o-(ar)'], values).transport));
      const request = requestResponse(connection, { idOf: ({ id }) => id });
      const topics = multiplex(connection, options);
      const logs = [record(request(1, 'ask'), short), record(topics('a'), short)];

      at(5, () => logs.push(record(request(1, 'ask'), short), record(topics('a'), short, timer(9))));
      flush();

      expect(logs.slice(0, 2)).toEqual([['1 # ConnectionClosedError'], ['1 # ConnectionClosedError']]);
      expect(logs.slice(2)).toEqual([['7 2', '7 |'], ['7 1']]);
    });
  });

  it('is left alone when what asks to stop, which took its time, is sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(12));
      const topics = multiplex(standIn(feed), {
        ...options,
        unsubscribe: (key) => timer(6).pipe(map(() => ({ unsub: key }))),
      });

      record(topics('a'), short, timer(2));
      flush();

      expect(sent).toEqual(['0 {"sub":"a","id":1}', '8 {"unsub":"a"}']);
      expect(closes).toEqual(['12 {"code":1000,"reason":""}']);
    });
  });

  it('that is open takes its place in a pool, beside others', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-a', 'o-b'], { a: { key: 'a', n: 1 }, b: { key: 'b', n: 2 } });
      const feeds = [0, 1].map(() => retriedFeed(server.transport));
      for (const feed of feeds) record(feed.lifecycle, undefined, timer(20));
      const pool = connectionPool<Tick, unknown>({
        create: (index) => standIn(feeds[index]!),
        max: 2,
        keysPerConnection: 1,
      });
      const topics = multiplex(pool, options);
      const logs: string[][] = [];

      at(1, () => logs.push(record(topics('a'), short, timer(9)), record(topics('b'), short, timer(9))));
      flush();

      expect(logs).toEqual([['2 1'], ['2 2']]);
    });
  });

  it('errors a request when the link ends that it went out on, though it was asked before that was open', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o---#', '--o-b', 'o'], { b: { id: 2, n: 2 } });
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const request = requestResponse(standIn(feed), { idOf: ({ id }) => id });

      const logs = [record(request(1, 'before the first link'), short)];
      at(6, () => logs.push(record(request(2, 'between two links'), short)));
      flush();

      expect(logs).toEqual([['5 # ConnectionClosedError'], ['11 2', '11 |']]);
      expect(sent).toEqual(['1 "before the first link"', '9 "between two links"']);
    });
  });

  it('errors a request when the link ends that it went out on, though another one could not be made before', () => {
    collectUnhandled();
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-#', '-o--#', 'o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(30));
      const request = requestResponse(standIn(feed), { idOf: ({ id }) => id });

      const log = record(request(1, 'ask'), short);
      flush();

      expect(log).toEqual(['7 # ConnectionClosedError']);
      expect(sent).toEqual(['4 "ask"']);
      expect(unhandled).toEqual([]);
    });
  });

  it('that connects again by itself has the next one of a pool connect meanwhile', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = [
        ['--#', '----------o'],
        ['o-b', 'o'],
      ];
      const pool = connectionPool<Tick, unknown>({
        create: (index) =>
          standIn(retriedFeed(scriptedServer(cold, scripts[index]!, { b: { key: 'b', n: 2 } }).transport)),
        max: 2,
        keysPerConnection: 1,
      });
      const topics = multiplex(pool, options);

      const logs = ['a', 'b'].map((key) => record(topics(key), short, timer(9)));
      flush();

      expect(logs).toEqual([[], ['4 2']]);
    });
  });

  it.each([
    ['opens', ['-o-a', '-o-b'], [['3 1'], ['4 2']]],
    ['has failed to open', ['--#', '-o-b'], [[], ['5 2']]],
  ])('that is idle connects in a pool when the one before it %s', (_, scripts, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, scripts, { a: { key: 'a', n: 1 }, b: { key: 'b', n: 2 } });
      const pool = connectionPool<Tick, unknown>({
        create: () => standIn(feedOf(server.transport)),
        max: 2,
        keysPerConnection: 1,
      });
      const topics = multiplex(pool, options);

      const logs = ['a', 'b'].map((key) => record(topics(key).pipe(catchError(() => EMPTY)), short, timer(9)));
      flush();

      expect(logs.map((log) => log.filter((line) => !line.endsWith('|')))).toEqual(expected);
    });
  });
});
