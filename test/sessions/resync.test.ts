import { map, retry, switchMap, take, tap, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool, multiplex } from '../../src/index.node.js';
import type { MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => ({ sub: key }),
  unsubscribe: (key) => ({ unsub: key }),
};

describe('resync', () => {
  it('asks the server to stop and then again, while the readers stay', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---a'], { a: { key: 'a' } });
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), options);
      const logs = [record(topics('a'), undefined, timer(9)), record(topics('a'), undefined, timer(9))];

      at(2, () => topics.resync('a'));
      flush();

      expect(logs).toEqual([['4 {"key":"a"}'], ['4 {"key":"a"}']]);
      expect(sent).toEqual(['0 {"sub":"a"}', '2 {"unsub":"a"}', '2 {"sub":"a"}', '9 {"unsub":"a"}']);
    });
  });

  it.each<[string, () => unknown, unknown[]]>([
    ['there is', () => timer(3).pipe(map(() => 'stop')), ['5 "stop"', '5 "a"']],
    ['there is none', () => timer(3).pipe(map(() => undefined)), ['5 "a"']],
    ['it cannot be made', () => timer(3).pipe(switchMap(() => throwError(() => new Error('no')))), ['5 "a"']],
  ])('asks anew when the message that asks it to stop took its time, and %s', (_, unsubscribe, expected) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-------a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, { keyOf: options.keyOf, subscribe: (key) => key, unsubscribe });
      const reader = record(topics('a'), ({ n }) => String(n), timer(9));

      at(2, () => topics.resync('a'));
      flush();

      expect(sent.filter((line) => Number(line.split(' ')[0]) < 9)).toEqual(['0 "a"', ...expected]);
      expect(reader).toEqual(['8 1']);
    });
  });

  it('asks anew where nothing asks it to stop', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), { ...options, unsubscribe: undefined });
      record(topics('a'), undefined, timer(9));

      at(2, () => topics.resync('a'));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '2 {"sub":"a"}']);
    });
  });

  it('does nothing for a key that nobody reads, before it was asked for, and while offline', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['--o--#', '--o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const topics = multiplex(feed, options);
      record(feed.lifecycle, undefined, timer(30));
      record(topics('a'), undefined, timer(20));

      for (const frame of [0, 1, 6, 8]) at(frame, () => topics.resync('a'));
      at(3, () => topics.resync('b'));
      at(20, () => topics.resync('a')); // left, and not swept yet
      at(25, () => topics.resync('a'));
      flush();

      expect(sent).toEqual(['2 {"sub":"a"}', '9 {"sub":"a"}', '20 {"unsub":"a"}']);
    });
  });

  it('does nothing where nothing is asked for', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---a'], { a: { key: 'a' } });
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), { keyOf: ({ key }: Tick) => key });
      const log = record(topics('a'), undefined, timer(9));

      at(2, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['4 {"key":"a"}']);
      expect(sent).toEqual([]);
    });
  });

  it('is one for several calls before their turn', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      const topics = multiplex(feed, options);
      record(topics('a'), undefined, timer(80));

      for (const frame of [2, 3, 12]) at(frame, () => topics.resync('a')); // at 12 it waits to be asked for again
      at(30, () => topics.resync('a'));
      flush();

      expect(sent).toEqual([
        ...['0 {"sub":"a"}', '11 {"unsub":"a"}', '22 {"sub":"a"}'],
        ...['33 {"unsub":"a"}', '44 {"sub":"a"}', '80 {"unsub":"a"}'],
      ]);
    });
  });

  it('is part of the batches', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), {
        keyOf: ({ key }: Tick) => key,
        subscribeMany: (keys: readonly string[]) => ({ sub: keys.join('') }),
        unsubscribeMany: (keys) => ({ unsub: keys.join('') }),
      });
      [...'abc'].forEach((key) => record(topics(key), undefined, timer(9)));

      at(2, () => {
        topics.resync('c');
        topics.resync('a');
        topics.resync('c');
      });
      flush();

      expect(sent).toEqual(['0 {"sub":"abc"}', '2 {"unsub":"ca"}', '2 {"sub":"ca"}', '9 {"unsub":"abc"}']);
    });
  });

  it('is of no effect where its readers have unsubscribed before its turn', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.messages, undefined, timer(80));
      const topics = multiplex(feed, options);
      record(topics('a'), undefined, timer(5));

      at(2, () => topics.resync('a'));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '11 {"unsub":"a"}']);
    });
  });

  it('mends a gap from within a message', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { key: 'a', n: 1 }, c: { key: 'a', n: 3 } };
      const server = scriptedServer(cold, ['o-a-c-a'], values);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), options);
      const isGap = ({ n }: Tick) => n === 3;

      const log = record(
        topics('a').pipe(tap((tick) => isGap(tick) && topics.resync('a'))),
        ({ n }) => String(n),
        timer(9),
      );
      flush();

      expect(log).toEqual(['2 1', '4 3', '6 1']);
      expect(sent).toEqual(['0 {"sub":"a"}', '4 {"unsub":"a"}', '4 {"sub":"a"}', '9 {"unsub":"a"}']);
    });
  });

  it('reaches the connection of a pool that serves the key', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const servers = [scriptedServer(cold, ['o']), scriptedServer(cold, ['o'])];
      const logs = servers.map((server) => record(server.sent));
      const pool = connectionPool({
        create: (index) => feedOf(servers[index]!.transport),
        max: 2,
        keysPerConnection: 1,
      });
      const topics = multiplex(pool, options);
      [...'ab'].forEach((key) => record(topics(key), undefined, timer(9)));

      at(2, () => topics.resync('b'));
      flush();

      expect(logs).toEqual([
        ['0 {"sub":"a"}', '9 {"unsub":"a"}'],
        ['0 {"sub":"b"}', '2 {"unsub":"b"}', '2 {"sub":"b"}', '9 {"unsub":"b"}'],
      ]);
    });
  });

  it('errors the key where it cannot be asked for any more', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      let asked = 0;
      const topics = multiplex(feedOf(server.transport), {
        ...options,
        subscribe(key) {
          if (asked++) throw new SyntaxError('mine');
          return { sub: key };
        },
      });
      const log = record(topics('a'));

      at(2, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['2 # SyntaxError']);
      expect(sent).toEqual(['0 {"sub":"a"}', '2 {"unsub":"a"}']);
    });
  });
});

describe('mark', () => {
  const marked = { ...options, mark: (key: string): Tick => ({ key, mark: true }) };
  const brief = ({ n, mark }: Tick) => (mark ? 'mark' : String(n));

  it('comes each time the server has been asked for a key, before what it sends then', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { a: { key: 'a', n: 1 } };
      const { transport } = scriptedServer(cold, ['o-a-----#', 'oa'], values);
      const topics = multiplex(retriedFeed(transport), marked);
      const logs = [record(topics('a'), brief, timer(15)), record(topics('b'), brief, timer(15))];

      at(3, () => logs.push(record(topics('a'), brief, timer(12)))); // nothing is asked for it
      at(5, () => topics.resync('a'));
      flush();

      expect(logs).toEqual([
        ['0 mark', '2 1', '5 mark', '10 mark', '11 1'],
        ['0 mark', '10 mark'],
        ['5 mark', '10 mark', '11 1'],
      ]);
    });
  });

  it('comes with each message of several keys, and where nothing is sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const feed = retriedFeed(transport, { pace: atMost(1, 10) });
      const many = multiplex(feed, {
        keyOf: options.keyOf,
        mark: marked.mark,
        keysPerMessage: 2,
        subscribeMany: () => 'sub',
      });
      const silent = multiplex(feed, { keyOf: options.keyOf, mark: marked.mark, subscribe: () => undefined });
      const logs = [...'abc'].map((key) => record(many(key), brief, timer(30)));
      logs.push(record(silent('a'), brief, timer(30)));
      flush();

      expect(logs).toEqual([['1 mark'], ['1 mark'], ['12 mark'], ['23 mark']]);
    });
  });

  it('comes at each open where nothing is asked for', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['-oa-#', '-oa'], { a: { key: 'a', n: 1 } });
      const topics = multiplex(retriedFeed(transport), { keyOf: options.keyOf, mark: marked.mark });
      const logs = [record(topics('a'), brief, timer(15))];
      at(3, () => logs.push(record(topics('a'), brief, timer(12)), record(topics('b'), brief, timer(12))));
      flush();

      expect(logs).toEqual([['1 mark', '2 1', '7 mark', '8 1'], ['7 mark', '8 1'], ['7 mark']]);
    });
  });

  it('does not come on a connection that was open before, where nothing is asked for', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o---a'], { a: { key: 'a', n: 1 } });
      const feed = feedOf(transport);
      record(feed.messages, undefined, timer(15));
      const topics = multiplex(feed, { keyOf: options.keyOf, mark: marked.mark });
      const logs: string[][] = [];
      at(2, () => logs.push(record(topics('a'), brief, timer(12))));
      flush();

      expect(logs).toEqual([['4 1']]);
    });
  });

  it('is not put in where the message that asks does not encode', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const topics = multiplex(feedOf(transport), { ...marked, subscribe: () => 1n });

      const log = record(topics('a'), brief);
      flush();

      expect(log).toEqual(['0 # MessageDroppedError']);
    });
  });

  it('errors its key where it throws, and the server is asked to stop', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), {
        ...options,
        mark(key) {
          if (key === 'a') throw new SyntaxError('mine');
          return { key, mark: true };
        },
      });

      const logs = [record(topics('a'), brief, timer(9)), record(topics('b'), brief, timer(9))];
      flush();

      expect(logs).toEqual([['1 # SyntaxError'], ['1 mark']]);
      expect(sent).toEqual(['1 {"sub":"a"}', '1 {"sub":"b"}', '1 {"unsub":"a"}', '9 {"unsub":"b"}']);
    });
  });

  it('where it throws is made anew for a reader that comes back at once', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o---a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      let made = 0;
      const topics = multiplex(feedOf(server.transport), {
        ...options,
        mark(key) {
          if (++made < 3) throw new SyntaxError('mine');
          return { key, mark: true };
        },
      });

      const log = record(topics('a').pipe(retry(2)), brief, timer(9));
      flush();

      expect(log).toEqual(['1 mark', '5 1']);
      const anew = ['1 {"unsub":"a"}', '1 {"sub":"a"}'];
      expect(sent).toEqual(['1 {"sub":"a"}', ...anew, ...anew, '9 {"unsub":"a"}']);
    });
  });

  it.each<[string, (topic: Observable<Tick>, log: (line: string) => void) => void]>([
    [
      'several readers',
      (topic, log) => {
        for (const name of ['x', 'y']) topic.pipe(retry(1)).subscribe((tick) => log(`${name} ${brief(tick)}`));
      },
    ],
    [
      'a reader, from the listener of its error,',
      (topic, log) => {
        const again = () => topic.subscribe((tick) => log(`x ${brief(tick)}`));
        topic.subscribe({ error: again });
        topic.subscribe({ error: () => topic.subscribe((tick) => log(`y ${brief(tick)}`)) });
      },
    ],
  ])('where it throws is made anew for %s that come back at once, also on the next connection', (_, read) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o---a-#', '-o-a'], { a: { key: 'a', n: 1 } });
      const sent = record(server.sent);
      let made = 0;
      const feed = retriedFeed(server.transport);
      const topics = multiplex(feed, {
        ...options,
        mark(key) {
          if (++made === 1) throw new SyntaxError('mine');
          return { key, mark: true };
        },
      });
      const log: string[] = [];

      read(topics('a'), (line) => log.push(line));
      at(20, () => void feed.close());
      flush();

      const all = ['x mark', 'y mark', 'x 1', 'y 1'];
      expect(log).toEqual([...all, ...all]);
      expect(sent).toEqual(['1 {"sub":"a"}', '1 {"unsub":"a"}', '1 {"sub":"a"}', '10 {"sub":"a"}']);
    });
  });

  it('where it throws ends its key where the server is asked for nothing', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o---a'], { a: { key: 'a', n: 1 } });
      const feed = feedOf(transport);
      let made = 0;
      const topics = multiplex(feed, {
        keyOf: options.keyOf,
        mark(key) {
          if (++made === 1) throw new SyntaxError('mine');
          return { key, mark: true };
        },
      });

      const log = record(topics('a'), brief);
      flush();

      expect(log).toEqual(['1 # SyntaxError']);
      expect(feed.state.value).toEqual({ status: 'idle' }); // nothing is left that keeps it open
    });
  });

  it('may make its reader unsubscribe, resync, or close', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, marked);
      let resyncs = 0;

      const logs = [
        record(topics('a').pipe(take(1)), brief),
        record(topics('b').pipe(tap(() => resyncs++ || topics.resync('b'))), brief),
        record(topics('c').pipe(tap(() => void feed.close())), brief),
      ];
      flush();

      expect(logs).toEqual([
        ['1 mark', '1 |'],
        ['1 mark', '1 |'],
        ['1 mark', '1 |'],
      ]);
      expect(sent).toEqual(['1 {"sub":"a"}', '1 {"sub":"b"}', '1 {"sub":"c"}']);
    });
  });
});

describe('who reads a key again before the server was asked to stop', () => {
  it('gets what a first reader gets: the key is asked for anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.messages, undefined, timer(80));
      const topics = multiplex(feed, options);

      record(topics('a'), undefined, timer(2));
      at(5, () => record(topics('a'), undefined, timer(30)));
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '11 {"unsub":"a"}', '22 {"sub":"a"}', '35 {"unsub":"a"}']);
    });
  });

  it('begins a new run where the connection failed meanwhile', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-#', 'o']);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), options);

      record(topics('a').pipe(map(() => 1), retry(1)), undefined, timer(9)); // prettier-ignore
      flush();

      expect(sent).toEqual(['0 {"sub":"a"}', '2 {"sub":"a"}', '9 {"unsub":"a"}']);
    });
  });
});
