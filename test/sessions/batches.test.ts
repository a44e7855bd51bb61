import { timer } from 'rxjs';
import type { Subscription } from 'rxjs';
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
  subscribeMany: (keys, id) => ({ sub: keys.join(''), id }),
  unsubscribeMany: (keys, id) => ({ unsub: keys.join(''), id }),
};

const all = (topics: (key: string) => { subscribe(): Subscription }, keys: string) =>
  [...keys].map((key) => topics(key).subscribe());

const leave = (subscriptions: readonly Subscription[]) => {
  for (const one of subscriptions) one.unsubscribe();
};

describe('subscribeMany', () => {
  it('is one message for all keys that wait as a connection opens, ahead of the outbox', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['--o--#', 'o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const topics = multiplex(feed, options);

      const first = all(topics, 'ab');
      feed.messages.next('queued');
      at(1, () => first.push(...all(topics, 'c')));
      at(9, () => leave(first));
      flush();

      expect(sent).toEqual([
        '2 {"sub":"abc","id":1}',
        '2 "queued"',
        '7 {"sub":"abc","id":2}',
        '9 {"unsub":"abc","id":3}',
      ]);
    });
  });

  it('is one message for what is subscribed to in one turn on an open connection, sent when the scheduler runs next', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = feedOf(server.transport);
      const sent = record(server.sent);
      const topics = multiplex(feed, options);
      record(feed.messages, undefined, timer(20));

      at(3, () => {
        const some = all(topics, 'abc');
        expect(sent).toEqual([]);
        at(6, () => leave(some.slice(0, 2)));
      });
      at(3, () => all(topics, 'd'));
      flush();

      expect(sent).toEqual(['3 {"sub":"abcd","id":1}', '9 {"unsub":"ab","id":2}']);
    });
  });

  it('is as many messages as the keys fill', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, { ...options, keysPerMessage: 2 });
      record(feed.messages, undefined, timer(9));

      const some = all(topics, 'abcde');
      at(5, () => leave(some));
      flush();

      expect(sent.map((line) => line.replace(/,"id".*/, ''))).toEqual([
        ...['0 {"sub":"ab"', '0 {"sub":"cd"', '0 {"sub":"e"'],
        ...['5 {"unsub":"ab"', '5 {"unsub":"cd"', '5 {"unsub":"e"'],
      ]);
    });
  });

  it('asks for nobody who has unsubscribed by then', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, options);
      record(feed.messages, undefined, timer(9));

      leave(all(topics, 'ab').slice(1));
      at(4, () => {
        leave(all(topics, 'cd').slice(1));
        leave(all(topics, 'e'));
      });
      flush();

      expect(sent).toEqual(['2 {"sub":"a","id":1}', '4 {"sub":"c","id":2}']);
    });
  });

  it('is not sent early by what others send', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(9));
      const topics = multiplex(feed, options);
      const others = multiplex(feed, { keyOf: ({ key }) => key, subscribe: (key: string) => ({ one: key }) });

      at(3, () => {
        all(topics, 'a');
        all(others, 'x');
        feed.messages.next('mine');
        all(topics, 'b');
      });
      flush();

      expect(sent).toEqual(['3 {"one":"x"}', '3 "mine"', '3 {"sub":"ab","id":2}']);
    });
  });

  it('holds under a pace what waits when the next message may go', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.messages, undefined, timer(50));
      const topics = multiplex(feed, options);

      all(topics, 'a');
      at(2, () => all(topics, 'b'));
      at(5, () => leave(all(topics, 'cd').slice(0, 1)));
      flush();

      expect(sent).toEqual(['0 {"sub":"a","id":1}', '11 {"sub":"bd","id":2}']);
    });
  });

  it('errors the keys of its message alone where it throws', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), {
        ...options,
        keysPerMessage: 2,
        subscribeMany(keys, id) {
          if (keys.includes('b')) throw new SyntaxError('mine');
          return options.subscribeMany!(keys, id);
        },
      });

      const logs = [...'abcd'].map((key) => record(topics(key), undefined, timer(5)));
      flush();

      expect(logs).toEqual([['1 # SyntaxError'], ['1 # SyntaxError'], [], []]);
      expect(sent).toEqual(['1 {"sub":"cd","id":2}', '5 {"unsub":"cd","id":3}']);
    });
  });

  it('asks for nobody who unsubscribes at the `open` event', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = retriedFeed(server.transport);
      const topics = multiplex(feed, options);

      const [, second] = all(topics, 'abc');
      feed.lifecycle.subscribe(({ type }) => {
        if (type === 'open') second!.unsubscribe();
      });
      flush();

      expect(sent).toEqual(['0 {"sub":"ac","id":1}']);
    });
  });

  it.each([
    ['in the message', 'a', ['0 sub ab', '0 sub cd', '0 sub e', '0 unsub a']],
    ['in a later one', 'c', ['0 sub ab', '0 sub de']],
  ])('asks for nobody who unsubscribes as a message is made, %s', (_, left, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const readers = new Map<string, Subscription>();
      const topics = multiplex<Tick, unknown, string>(retriedFeed(server.transport), {
        keyOf: ({ key }) => key,
        keysPerMessage: 2,
        subscribeMany(keys) {
          readers.get(left)?.unsubscribe();
          return `sub ${keys.join('')}`;
        },
        unsubscribeMany: (keys) => `unsub ${keys.join('')}`,
      });

      for (const key of 'abcde') readers.set(key, topics(key).subscribe());
      flush();

      expect(sent).toEqual(expected);
    });
  });

  it.each<[string, string, string, string[]]>([
    ['nobody', '', '', ['0 sub ab', '11 sub cd', '22 sub e']],
    ['the reader of a key that was asked for', 'a', '', ['0 sub ab', '11 sub cd', '22 sub e', '33 unsub a']],
    ['the reader of a key that waits', 'c', '', ['0 sub ab', '11 sub de']],
    ['the reader of a key that waits, and is read again at once,', 'c', 'c', ['0 sub ab', '11 sub cd', '22 sub e']],
    ['one reader, and another comes,', 'c', 'f', ['0 sub ab', '11 sub de', '22 sub f']],
  ])('fills its messages under a pace where %s unsubscribes meanwhile', (_, left, came, expected) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = retriedFeed(server.transport, { pace: atMost(1, 10) });
      const topics = multiplex<Tick, unknown, string>(feed, {
        keyOf: ({ key }) => key,
        keysPerMessage: 2,
        subscribeMany: (keys) => `sub ${keys.join('')}`,
        unsubscribeMany: (keys) => `unsub ${keys.join('')}`,
      });

      const readers = new Map([...'abcde'].map((key) => [key, topics(key).subscribe()]));
      at(5, () => readers.get(left)?.unsubscribe());
      at(5, () => void all(topics, came));
      flush();

      expect(sent).toEqual(expected);
    });
  });

  it.each([
    ['nothing has changed', '', ['1 sub ab', '5 sub ab', '16 sub cd', '27 sub e']],
    ['a reader has left', 'd', ['1 sub ab', '5 sub ab', '16 sub ce']],
  ])('asks for all keys again where the connection was lost before all were asked for, and %s', (_, left, expected) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o-#', 'o']);
      const sent = record(server.sent, String);
      const topics = multiplex<Tick, unknown, string>(retriedFeed(server.transport, { pace: atMost(1, 10) }), {
        keyOf: ({ key }) => key,
        keysPerMessage: 2,
        subscribeMany: (keys) => `sub ${keys.join('')}`,
      });

      const readers = new Map([...'abcde'].map((key) => [key, topics(key).subscribe()]));
      at(2, () => readers.get(left)?.unsubscribe());
      flush();

      expect(sent).toEqual(expected);
    });
  });

  it('serves each connection of a pool', () => {
    inVirtualTime(({ cold, flush }) => {
      const servers = [scriptedServer(cold, ['o']), scriptedServer(cold, ['o'])];
      const logs = servers.map((server) => record(server.sent));
      const pool = connectionPool({
        create: (index) => feedOf(servers[index]!.transport),
        max: 2,
        keysPerConnection: 3,
      });
      const topics = multiplex(pool, options);

      [...'abcde'].forEach((key) => record(topics(key), undefined, timer(5)));
      flush();

      expect(logs).toEqual([
        ['0 {"sub":"abc","id":1}', '5 {"unsub":"abc","id":2}'],
        ['0 {"sub":"de","id":1}', '5 {"unsub":"de","id":2}'],
      ]);
    });
  });
});

describe('subscribe', () => {
  it('goes with unsubscribeMany, and subscribeMany with unsubscribe, which is given the id that asked for the key', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      record(feed.messages, undefined, timer(9));
      const { keyOf, subscribeMany, unsubscribeMany } = options;
      const one = multiplex(feed, { keyOf, unsubscribeMany, subscribe: (key: string, id) => ({ sub: key, id }) });
      const other = multiplex(feed, { keyOf, subscribeMany, unsubscribe: (key: string, id) => ({ unsub: key, id }) });

      [...'ab'].forEach((key) => record(one(key), undefined, timer(5)));
      [...'cd'].forEach((key) => record(other(key), undefined, timer(5)));
      flush();

      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '0 {"sub":"b","id":2}', '0 {"sub":"cd","id":3}'],
        ...['5 {"unsub":"ab","id":4}', '5 {"unsub":"c","id":3}', '5 {"unsub":"d","id":3}'],
      ]);
    });
  });

  it('is given an id that is drawn when its message is sent', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['---o']);
      const sent = record(server.sent);
      let drawn = 0;
      const topics = multiplex(feedOf(server.transport), {
        keyOf: ({ key }) => key,
        subscribe: (key: string, id: string) => ({ key, id }),
        nextId: () => `n${++drawn}`,
      });

      const left = topics('a').subscribe();
      record(topics('b'), undefined, timer(9));
      at(1, () => left.unsubscribe());
      at(2, () => expect(drawn).toBe(0));
      flush();

      expect(sent).toEqual(['3 {"key":"b","id":"n1"}']);
    });
  });
});
