import { config, merge, NEVER, Subject, take, tap, timer } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { atMost, multiplex, onOpen } from '../../src/index.node.js';
import type { Answer, Link, MultiplexOptions, Supervision } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf } from './feeds.js';
import type { Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key, id) => ({ sub: key, id }),
  unsubscribe: (key, id) => ({ unsub: key, id }),
  answerOf: ({ answer }) => answer as Answer<string> | Answer<string>[] | undefined,
};
const byId: MultiplexOptions<Tick, unknown, string> = { ...options, keyOf: undefined, idOf: ({ id }) => id };
const short = ({ n }: Tick) => String(n);

afterEach(() => {
  config.onUnhandledError = null;
});

describe('The readers of a topic', () => {
  it('keep the connection until the last one has left', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o----a'], { a: { key: 'a', n: 1 } });
      const closes = record(server.closes);
      const topics = multiplex(feedOf(server.transport), options);

      const logs = [3, 9].map((until) => record(topics('a'), short, timer(until)));
      flush();

      expect(logs).toEqual([[], ['5 1']]);
      expect(closes).toEqual(['9 {"code":1000,"reason":""}']);
    });
  });

  it('all receive a message, also where one of them ends the connection with it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b'], { a: { key: 'a', n: 1 }, b: { key: 'a', n: 2 } });
      const failure = new Subject<never>();
      const topics = multiplex(
        feedOf(transport, {}, (source) => merge(source, failure)),
        options,
      );
      const fail = ({ n }: Tick) => n === 2 && failure.error(new RangeError('enough'));

      const logs = [topics('a').pipe(tap(fail)), topics('a'), topics('b')].map((topic) => record(topic, short));
      flush();

      expect(logs).toEqual([['2 1', '4 2', '4 # RangeError'], ['2 1', '4 2', '4 # RangeError'], ['4 # RangeError']]);
    });
  });

  it('keep no connection that the server has ended all topics of', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { answer: { id: 1, done: true } }, b: { answer: { id: 2, error: 'no' } } };
      const server = scriptedServer(cold, ['o-a-b'], values);
      const closes = record(server.closes);
      const topics = multiplex(feedOf(server.transport), options);

      const logs = [...'ab'].map((key) => record(topics(key), short));
      flush();

      expect(logs).toEqual([['2 |'], ['4 # SubscriptionError']]);
      expect(closes).toEqual(['4 {"code":1000,"reason":""}']);
    });
  });

  it('keep a topic that is asked for anew with the message that would have ended it', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { d: { key: 'a', n: 1, answer: { id: 1, done: true, deliver: true } }, a: { key: 'a', n: 2 } };
      const { transport } = scriptedServer(cold, ['o-d-a'], values);
      const topics = multiplex(feedOf(transport), { ...options, unsubscribe: undefined });

      const log = record(topics('a').pipe(tap(() => topics.resync('a'))), short, timer(9));
      flush();

      expect(log).toEqual(['2 1', '4 2']);
    });
  });

  it.each([
    ['without an id', { n: 9 }],
    ['with the id of a message of several keys', { id: 1, n: 9 }],
  ])('by id receive no message %s', (_, message) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-k-m'], { k: { answer: { id: 1 } }, m: message });
      const topics = multiplex(feedOf(transport), {
        ...byId,
        subscribe: undefined,
        unsubscribe: undefined,
        subscribeMany: (keys) => ({ sub: keys }),
      });

      const logs = [...'ab'].map((key) => record(topics(key), short, timer(9)));
      flush();

      expect(logs).toEqual([[], []]);
    });
  });

  it('receive what one of several answers delivers', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { k: { key: 'b', n: 1, answer: [{ id: 1 }, { id: 2, deliver: true }] } };
      const topics = multiplex(feedOf(scriptedServer(cold, ['o-k'], values).transport), options);

      const logs = [...'ab'].map((key) => record(topics(key), short, timer(9)));
      flush();

      expect(logs).toEqual([[], ['2 1']]);
    });
  });

  it.each([
    ['an id', byId, { id: 1 }],
    ['an answer', options, { answer: { id: 1 } }],
  ])('are asked for after the set-up, in which a message with %s is for nobody', (_, some, message) => {
    inVirtualTime(({ cold, at, flush }) => {
      const logIn = onOpen((link: Link<Tick>) => link.messages.pipe(take(1))) as Supervision;
      const server = scriptedServer(cold, ['o-m'], { m: message });
      const sent = record(server.sent);
      const feed = feedOf(server.transport, {}, logIn);
      const events = record(feed.events, brief);

      const log = record(multiplex(feed, some)('a'), short);
      at(9, () => void feed.close());
      flush();

      expect(log).toEqual(['9 |']);
      expect(sent).toEqual(['2 {"sub":"a","id":1}']);
      expect(events.slice(0, 2)).toEqual(['0 connecting 1', '2 open 1']);
    });
  });

  it('may all have left as a message comes, which is nobody’s then', () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { key: 'a', n: 1 }, b: { key: 'b', n: 2 } };
      const topics = multiplex(feedOf(scriptedServer(cold, ['o----ab'], values).transport), {
        ...options,
        unsubscribe: () => NEVER,
      });

      const logs = [record(topics('a'), short, timer(3)), record(topics('b'), short, timer(9))];
      flush();

      expect(logs).toEqual([[], ['6 2']]);
      expect(unhandled).toEqual([]);
    });
  });

  it('that have left before a connection takes the place of another one are forgotten with that', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', '-o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, { ...options, pace: atMost(1, 10) });

      record(topics('a'), short, timer(12));
      record(topics('b'), short, timer(40));
      at(14, () => feed.reconnect({ overlap: 5 }));
      flush();

      expect(sent).toEqual([
        ...['0 {"sub":"a","id":1}', '11 {"sub":"b","id":2}'],
        ...['15 {"sub":"b","id":3}', '40 {"unsub":"b","id":3}'],
      ]);
    });
  });

  it('are asked for once on a connection that replaces another one, and taken back there', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', '-o']);
      const sent = record(server.sent);
      const feed = feedOf(server.transport);

      record(multiplex(feed, options)('a'), short, timer(15));
      at(2, () => feed.reconnect({ overlap: 5 }));
      flush();

      expect(sent).toEqual(['0 {"sub":"a","id":1}', '3 {"sub":"a","id":2}', '15 {"unsub":"a","id":2}']);
    });
  });

  it('get the server’s own id taken back, also after an answer without it', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-x-k'], { x: { answer: { id: 1, as: 7 } }, k: { answer: { key: 'a' } } });
      const sent = record(server.sent);
      const topics = multiplex(feedOf(server.transport), { ...byId, unsubscribe: (_key, _id, as) => ({ unsub: as }) });

      record(topics('a'), short, timer(9));
      flush();

      expect(sent).toEqual(['0 {"sub":"a","id":1}', '9 {"unsub":7}']);
    });
  });
});
