import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, multiplex } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
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
});
