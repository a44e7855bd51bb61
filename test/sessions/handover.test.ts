import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, multiplex } from '../../src/index.node.js';
import type { Answer, MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { record } from '../helpers/record.js';
import { feedOf } from './feeds.js';
import type { Tick } from './feeds.js';

describe('A connection that is replaced with an overlap', () => {
  it.each([
    ['is not used up', 5, '13 news'],
    ['is used up by what topics ask at once', 4, '13 news'],
    ['keeps the last topic waiting', 3, '1113 news'],
    ['keeps topics waiting, and is then used up', 2, '1113 news'],
  ])('ends when the overlap is over, where the pace %s', (_, messages, delivered) => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o', '--oa'], { a: { key: 'a', news: 'news' } });
      const feed = feedOf(transport, { pace: atMost(messages, 1000) });
      const topics = multiplex<Tick, unknown, string>(feed, { keyOf: ({ key }) => key, subscribe: (key) => key });
      const [log] = [...'abcd'].map((key) => record(topics(key), ({ news }) => String(news), timer(5000)));

      at(1, () => feed.reconnect({ overlap: 10 }));
      flush();

      expect(log).toEqual([delivered]);
    });
  });

  it('takes nothing more from the outbox, whose messages the pace of the new one lets go', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport, sent } = scriptedServer(cold, ['o', '--o']);
      const log = record(sent, String);
      const feed = feedOf(transport, { pace: atMost(1, 10) });
      record(feed.messages, undefined, timer(40));
      for (const n of [1, 2, 3]) feed.messages.next(n);

      at(1, () => feed.reconnect({ overlap: 30 }));
      flush();

      expect(log).toEqual(['0 1', '3 2', '14 3']);
    });
  });

  // Each connection has its own channels, and the second one has them the other way round.
  describe.each(['the old one', 'the new one'])('reads what it held back by the channels of %s', (held) => {
    it.each(['first', 'second'])('though that connection has ended meanwhile, in the %s handover', (which) => {
      inVirtualTime(({ at, flush }) => {
        const { sockets, feed, topics, transport } = played({
          idOf: ({ id }) => id,
          subscribe: (key) => ({ sub: key }),
          answerOf: ({ key, as }) => (key === undefined ? undefined : { key, as }),
        });
        record(feed.lifecycle, undefined, timer(199));
        const logs = ['a', 'b'].map((key) => record(topics(key), ({ news }) => String(news), timer(199)));
        transport.socket.open().say({ key: 'a', as: 1 }, { key: 'b', as: 2 });
        let release = () => {};
        const handOver = (start: number, [a, b]: [number, number]) => {
          at(start, () => feed.reconnect({ overlap: 10 }));
          at(start + 1, () => sockets.at(-1)!.open().say({ key: 'a', as: a }, { key: 'b', as: b }));
        };
        const isSecond = which === 'second';
        if (isSecond) handOver(2, [1, 2]);

        handOver(62, [2, 1]);
        const [old, next] = isSecond ? [1, 2] : [0, 1];
        if (held === 'the old one') {
          at(64, () => (release = feed.pause()));
          at(65, () => sockets[old]!.say({ id: 1, news: 'old a' }, { id: 2, news: 'old b' }));
          at(90, () => release());
          at(91, () => sockets[next]!.say({ id: 2, news: 'new a' }, { id: 1, news: 'new b' }));
        } else {
          at(65, () => sockets[next]!.say({ id: 2, news: 'new a' }, { id: 1, news: 'new b' }));
          at(66, () => sockets[next]!.closed(1000));
        }
        flush();

        const news = logs.map((log) =>
          log.map((line) => line.replace(/^\d+ /, '')).filter((line) => /old|new/.test(line)),
        );
        expect(news).toEqual(
          ['a', 'b'].map((key) => (held === 'the old one' ? [`old ${key}`, `new ${key}`] : [`new ${key}`])),
        );
      });
    });
  });

  it.each<[string, (message: Tick) => Answer<string>]>([
    ['name the key', ({ key, as }) => ({ key, as })],
    ['name the message', ({ re, as }) => ({ id: re, as })],
    ['name both', ({ key, re, as }) => ({ key, id: re, as })],
    ['name neither', ({ as }) => ({ as })],
  ])('learns its channels from answers that come meanwhile, and %s', (_, answerOf) => {
    inVirtualTime(({ at, flush }) => {
      const { sockets, feed, topics, transport } = played({
        idOf: ({ id }) => id,
        subscribe: (key, id) => ({ sub: key, id }),
        answerOf: (message) => ('as' in message ? answerOf(message) : undefined),
      });
      const logs = ['a', 'b'].map((key) => record(topics(key), ({ news }) => String(news), timer(99)));
      transport.socket.open();

      at(2, () => feed.reconnect({ overlap: 10 }));
      at(3, () => sockets[1]!.open());
      at(5, () => sockets[0]!.say({ key: 'a', re: 1, as: 2 }, { key: 'b', re: 2, as: 1 }));
      at(6, () => sockets[0]!.say({ id: 2, news: 'old a' }, { id: 1, news: 'old b' }));
      at(7, () => sockets[1]!.say({ key: 'a', re: 3, as: 1 }, { key: 'b', re: 4, as: 2 }));
      at(20, () => sockets[1]!.say({ id: 1, news: 'new a' }, { id: 2, news: 'new b' }));
      flush();

      expect(logs).toEqual([
        ['6 old a', '20 new a'],
        ['6 old b', '20 new b'],
      ]);
    });
  });

  it('learns no channel of a topic that was left there', () => {
    inVirtualTime(({ at, flush }) => {
      const { sockets, feed, topics, transport } = played({
        idOf: ({ id }) => id,
        subscribe: (key, id) => ({ sub: key, id }),
        unsubscribe: (key, id) => ({ unsub: key, id }),
        answerOf: ({ re, as }) => (as === undefined ? undefined : { id: re, as }),
      });
      record(topics('a'), undefined, timer(1));
      const log = record(topics('b'), ({ news }) => String(news), timer(99));
      transport.socket.open();

      at(2, () => feed.reconnect({ overlap: 10 }));
      at(3, () => sockets[1]!.open());
      at(5, () =>
        sockets[0]!.say({ re: 1, as: 2 }, { re: 2, as: 1 }, { id: 2, news: 'old a' }, { id: 1, news: 'old b' }),
      );
      flush();

      expect(log).toEqual(['5 old b']);
    });
  });

  // The answers of this server carry no id: each is for the message that has waited longest.
  it.each<[string, Scene]>([
    ['came on the new one before its reader has left', { old: 0, next: [5], leave: 7 }],
    ['came on the new one after its reader has left', { old: 0, next: [7], leave: 5 }],
    ['comes when the new one is alone', { old: 0, next: [20], leave: 5 }],
    ['came on the old one while the new one has one, too', { old: 9, next: [7], leave: 5 }],
    ['came on the old one before it had a successor, with no reader', { old: 9, next: [], leave: 1 }],
    ['came on the new one before somebody reads again', { old: 0, next: [7, 10], leave: 5, comeBack: 9 }],
    ['came on the new one after somebody reads again', { old: 0, next: [11, 12], leave: 5, comeBack: 9 }],
  ])('takes no later answer for one that %s', (_, { old, next, leave, comeBack }) => {
    inVirtualTime(({ at, flush }) => {
      const { sockets, feed, topics, transport } = played({
        keyOf: ({ key }) => key,
        subscribe: (key) => ({ sub: key }),
        answerOf: ({ error }) => (error === undefined ? undefined : { error }),
      });
      record(feed.lifecycle);
      const reader = topics('a').subscribe();
      transport.socket.open();

      at(old, () => sockets[0]!.say({ error: null }));
      at(2, () => feed.reconnect({ overlap: 10 }));
      at(3, () => sockets[1]!.open());
      for (const time of next) at(time, () => sockets[1]!.say({ error: null }));
      at(leave, () => reader.unsubscribe());
      if (comeBack) at(comeBack, () => record(topics('a')));
      let log: string[] = [];
      at(29, () => (log = record(topics('b'))));
      at(30, () => sockets[1]!.say({ error: 'no such symbol' }));
      at(40, () => void feed.close());
      flush();

      expect(log).toEqual(['30 # SubscriptionError']);
    });
  });
});

/** A connection whose sockets the test plays, and topics on it. */
function played(options: MultiplexOptions<Tick, unknown, string>) {
  const transport = playedSockets();
  const feed = feedOf(transport);
  return { transport, sockets: transport.sockets, feed, topics: multiplex(feed, options) };
}

interface Scene {
  /** When the old connection answers. */
  readonly old: number;
  /** When the new one does. */
  readonly next: readonly number[];
  readonly leave: number;
  readonly comeBack?: number;
}
