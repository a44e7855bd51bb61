import { map, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, multiplex } from '../../src/index.node.js';
import type { MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => `sub ${key}`,
  unsubscribe: (key) => `unsub ${key}`,
};
const later = (text: string, delay: number) => timer(delay).pipe(map(() => text));

describe('The message that asks for a topic', () => {
  it('is not sent where making it has ended the connection', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', 'o']);
      const sent = record(server.sent, String);
      const feed = retriedFeed(server.transport);
      let made = 0;
      const topics = multiplex(feed, {
        ...options,
        subscribe(key) {
          if (++made === 1) feed.link!.terminate(new Error('enough'));
          return `sub ${key} ${made}`;
        },
      });

      record(feed.lifecycle, undefined, timer(20));
      at(2, () => record(topics('a'), undefined, timer(9)));
      flush();

      expect(sent).toEqual(['4 sub a 2', '11 unsub a']);
    });
  });

  it('that was made, and waits for the pace, is not sent where its topic was left meanwhile', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(1, 10) });
      record(feed.lifecycle, undefined, timer(60));
      feed.messages.next('first');
      let made = 0;
      const topics = multiplex(feed, { ...options, subscribe: () => later(`sub ${++made}`, 2) });

      record(topics('a'), undefined, timer(4));
      at(6, () => record(topics('a'), undefined, timer(30)));
      flush();

      expect(sent).toEqual(['0 first', '13 sub 2', '36 unsub a']);
    });
  });

  it('of several keys is enough for one that is left and read again while it is made', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const topics = multiplex(feedOf(server.transport), {
        keyOf: options.keyOf,
        subscribeMany: (keys) => later(`sub ${keys.join('')}`, 4),
        unsubscribeMany: (keys) => `unsub ${keys.join('')}`,
      });

      record(topics('a'), undefined, timer(1));
      record(topics('b'), undefined, timer(20));
      at(3, () => record(topics('a'), undefined, timer(17)));
      flush();

      expect(sent).toEqual(['4 sub ab', '20 unsub ba']);
    });
  });

  it('of several keys has a mark made for those alone that are still read', () => {
    inVirtualTime(({ cold, flush }) => {
      const marks: string[] = [];
      const topics = multiplex(feedOf(scriptedServer(cold, ['o']).transport), {
        keyOf: options.keyOf,
        subscribeMany: (keys) => later(`sub ${keys.join('')}`, 4),
        mark(key) {
          marks.push(key);
          return { key };
        },
      });

      [2, 9].forEach((until, index) => record(topics('ab'[index]!), undefined, timer(until)));
      flush();

      expect(marks).toEqual(['b']);
    });
  });

  it.each([
    ['the pace of the connection', { pace: atMost(2, 10) }, {}],
    ['a pace of its own', {}, { pace: atMost(2, 10) }],
  ])('is made when it may go, under %s one more at once than may go at once', (_, config, paced) => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport, config);
      const made: string[] = [];
      const topics = multiplex(feed, {
        ...options,
        ...paced,
        subscribe(key) {
          made.push(`${feed.stats.sent} ${key}`);
          return later(key, 3);
        },
      });

      [...'abcdef'].forEach((key) => record(topics(key), undefined, timer(60)));
      flush();

      expect(made).toEqual(['0 a', '0 b', '0 c', '3 d', '3 e', '3 f']);
    });
  });
});

describe('The message that asks to stop', () => {
  it('is reported once where it does not encode', () => {
    inVirtualTime(({ cold, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport);
      const events = record(feed.lifecycle, brief, timer(9));

      record(multiplex(feed, { ...options, unsubscribe: () => 1n })('a'), undefined, timer(3));
      flush();

      expect(events.slice(2)).toEqual(['3 dropped 1 unserializable']);
    });
  });
});

describe('A topic that is to be asked for anew', () => {
  it('is reported as nothing where nothing asks to stop', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const feed = feedOf(scriptedServer(cold, ['o']).transport);
      const events = record(feed.events, brief);
      const topics = multiplex(feed, { ...options, unsubscribe: undefined });
      record(topics('a'), undefined, timer(9));

      at(2, () => topics.resync('a'));
      flush();

      expect(events).toEqual(['0 connecting 1', '0 open 1']);
    });
  });

  it.each([
    ['its message is being made', { subscribe: (key: string) => later(`sub ${key}`, 4) }, ['4 sub a', '20 unsub a']],
    [
      'its message waits for the pace',
      { pace: atMost(1, 10), subscribe: (key: string) => `sub ${key}` },
      ['0 sub x', '11 sub a', '22 unsub x', '33 unsub a'],
    ],
  ])('is asked for once where %s', (_, some, expected) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      record(feed.lifecycle, undefined, timer(60));
      const topics = multiplex(feed, { ...options, ...some });
      if ('pace' in some) record(topics('x'), undefined, timer(20));
      record(topics('a'), undefined, timer(20));

      at(2, () => topics.resync('a'));
      flush();

      expect(sent).toEqual(expected);
    });
  });

  it('is part of a batch also where keys are taken back one by one', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const topics = multiplex(feedOf(server.transport), {
        keyOf: options.keyOf,
        subscribeMany: (keys) => `sub ${keys.join('')}`,
        unsubscribe: options.unsubscribe,
      });
      [...'abc'].forEach((key) => record(topics(key), undefined, timer(9)));

      at(2, () => [...'ca'].forEach((key) => topics.resync(key)));
      flush();

      expect(sent.slice(0, 4)).toEqual(['0 sub abc', '2 unsub c', '2 unsub a', '2 sub ca']);
    });
  });

  it('keeps its turn where that is asked for again', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const topics = multiplex(feedOf(server.transport), { ...options, pace: atMost(1, 10) });
      record(topics('a'), undefined, timer(60));

      at(2, () => topics.resync('a'));
      at(3, () => record(topics('b'), undefined, timer(57)));
      at(4, () => topics.resync('a'));
      flush();

      expect(sent.slice(0, 4)).toEqual(['0 sub a', '11 unsub a', '22 sub b', '33 sub a']);
    });
  });
});

describe('The pace of topics', () => {
  it('counts what is sent alone', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const topics = multiplex(feedOf(server.transport), { ...options, unsubscribe: undefined, pace: atMost(2, 10) });

      record(topics('a'), undefined, timer(30));
      at(3, () => record(topics('b'), undefined, timer(30)));
      flush();

      expect(sent).toEqual(['0 sub a', '3 sub b']);
    });
  });

  it('of their connection has them go before the outbox, where both begin to wait', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(2, 10) });
      record(feed.lifecycle, undefined, timer(60));
      const topics = multiplex(feed, { ...options, unsubscribe: undefined });
      record(topics('x'), undefined, timer(60));

      at(1, () => feed.link!.send('link 1'));
      at(2, () => feed.messages.next('out 1')); // has its turn, and then nothing waits
      at(13, () => feed.link!.send('link 2'));
      at(14, () => {
        feed.messages.next('out 2');
        record(topics('a'), undefined, timer(15));
      });
      flush();

      expect(sent).toEqual(['0 sub x', '1 link 1', '11 out 1', '13 link 2', '22 sub a', '24 out 2']);
    });
  });
});
