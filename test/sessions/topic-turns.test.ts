import { map, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool, multiplex, requestResponse } from '../../src/index.node.js';
import type { Later, MultiplexOptions } from '../../src/index.node.js';
import { scriptedServer, silence } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';
import { answer, answerOptions } from './answering.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

const options: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => `sub ${key}`,
  unsubscribe: (key) => `unsub ${key}`,
};
const short = ({ n }: Tick) => String(n);
const slow = (text: string, delay: number) => timer(delay).pipe(map(() => text));
/** One message in 10 ms. */
const pace = atMost(1, 10);

describe('Topics under a pace', () => {
  it('go before what is sent in the very millisecond in which the next message may go', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace });
      const topics = multiplex(feed, options);

      at(11, () => feed.messages.next('late')); // it is there before the pace has noticed
      feed.messages.next('first');
      record(feed.lifecycle, undefined, timer(30));
      at(2, () => record(topics('a'), undefined, timer(28)));
      flush();

      expect(sent.slice(0, 3)).toEqual(['0 first', '11 sub a', '22 late']);
    });
  });

  it('are asked for in their order on a new connection, whatever order they had to be asked for in before', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, [`o${'-'.repeat(14)}#`, 'o']);
      const sent = record(server.sent, String);
      const topics = multiplex(retriedFeed(server.transport), { ...options, unsubscribe: undefined, pace });

      for (const key of 'abc') record(topics(key), undefined, timer(60));
      at(12, () => topics.resync('b')); // c, b
      at(18, () => topics.resync('b')); // not asked for yet
      flush();

      expect(sent).toEqual(['0 sub a', '11 sub b', '17 sub a', '28 sub b', '39 sub c']);
    });
  });

  it('are taken back in the order in which that can be done', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o----k'], { k: answer({ key: 'a', as: 1 }) });
      const sent = record(server.sent, String);
      const topics = multiplex(feedOf(server.transport), {
        ...{ ...options, answerOf: answerOptions.answerOf, pace },
        unsubscribe: (key: string, _id: number, as: unknown) => `unsub ${key} ${String(as)}`,
      });

      record(topics('a'), undefined, timer(2));
      record(topics('b'), undefined, timer(60));
      at(3, () => record(topics('c'), undefined, timer(57)));
      flush();

      expect(sent.slice(0, 4)).toEqual(['0 sub a', '11 sub b', '22 sub c', '33 unsub a 1']);
    });
  });

  it('do not wait for one that has nothing to send', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const made: Record<string, Later<unknown>> = { a: timer(3).pipe(map(() => undefined)), b: slow('sub b', 4) };
      const topics = multiplex(feedOf(server.transport), {
        ...{ ...options, pace: atMost(2, 10) },
        subscribe: (key) => made[key] ?? `sub ${key}`,
      });

      for (const key of 'abcd') record(topics(key), undefined, timer(30));
      flush();

      expect(sent.slice(0, 3)).toEqual(['0 sub c', '0 sub d', '11 sub b']);
    });
  });

  it('are not asked for with what was made in time, and is for nobody by its turn', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      const topics = multiplex(feed, {
        ...{ ...options, pace },
        subscribe: (key) => (key === 'a' ? 'sub a' : slow(`sub ${key}`, 2)),
      });

      record(topics('b'), undefined, timer(5));
      record(topics('a'), undefined, timer(40));
      flush();

      expect(sent).toEqual(['0 sub a', '40 unsub a']);
    });
  });

  it('are not taken back where the server has ended them before that was their turn', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o----d'], { d: answer({ key: 'a', done: true }) });
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport);
      const events = record(feed.lifecycle, brief, timer(60));
      const topics = multiplex(feed, { ...options, answerOf: answerOptions.answerOf, pace });

      record(topics('a'), undefined, timer(2));
      record(topics('b'), undefined, timer(60));
      flush();

      expect(sent).toEqual(['0 sub a', '11 sub b', '60 unsub b']);
      expect(events.filter((line) => /dropped|rejected/.test(line))).toEqual([]);
    });
  });

  it('have no timer run where nothing waits', () => {
    const scheduler = new CountingScheduler();
    const transport = playedSockets();
    const feed = feedOf(transport, { scheduler });
    const topics = multiplex(feed, { ...options, pace });
    const reader = topics('a').subscribe();
    transport.socket.open();
    scheduler.advance(1);

    const { scheduled, pending } = scheduler;
    feed.messages.next('now');

    expect(transport.socket.calls).toEqual(['send "sub a"', 'send "now"']);
    expect([scheduler.scheduled, scheduler.pending]).toEqual([scheduled, pending]);
    expect(pending).toBe(0);
    reader.unsubscribe();
  });
});

describe('What has nothing to send', () => {
  it.each<[string, (feed: Feed) => Observable<unknown>]>([
    ['a topic', (feed) => multiplex(feed, options)('a')],
    ['a request', (feed) => requestResponse(feed, { idOf: ({ id }) => id })(1, 'ask')],
  ])('has nothing wait, though nothing may wait: %s', (_, streamOf) => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const feed = feedOf(server.transport, { pace: atMost(9, 10), outbox: { capacity: 0 } });
      record(feed.lifecycle, undefined, timer(9));

      at(1, () => record(streamOf(feed), undefined, timer(6)));
      at(3, () => feed.messages.next('now'));
      flush();

      expect(sent[1]).toBe('3 now');
    });
  });
});

describe('Messages with ids', () => {
  it.each([
    ['that is sent', (keys: readonly string[]) => `unsub ${keys.join('')}`],
    ['that nothing is sent for', () => undefined],
  ])('are for nobody where the id is that of what asked to stop, %s', (_, unsubscribeMany) => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { a: { id: 1, n: 1 }, b: { id: 2, n: 2 }, c: { id: 3, n: 3 } };
      const { transport } = scriptedServer(cold, ['o----abc'], values);
      const topics = multiplex(feedOf(transport), {
        subscribe: options.subscribe,
        ...{ unsubscribeMany, idOf: ({ id }: Tick) => id },
      });
      const log = record(topics('a'), short, timer(9));

      at(2, () => topics.resync('a'));
      flush();

      expect(log).toEqual(['7 3']);
    });
  });
});

describe('The message that asks for a topic', () => {
  it('has the place of its key in a pool given back where it is not waited for any more', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent, String);
      const pool = connectionPool({ create: () => feedOf(server.transport), max: 1, keysPerConnection: 1 });
      const topics = multiplex(pool, { ...options, subscribe: (key) => slow(`sub ${key}`, 3) });

      record(topics('a'), undefined, timer(2));
      record(pool.messages, undefined, timer(20));
      at(2, () => record(topics('b'), undefined, timer(9)));
      flush();

      expect(sent).toEqual(['5 sub b', '11 unsub b']);
    });
  });
});

describe('What stands on one connection', () => {
  it('asks in the order in which it has come to that', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-------#', 'o']);
      const sent = record(server.sent, String);
      const feed = retriedFeed(server.transport);
      record(feed.lifecycle, undefined, timer(20));
      const [one, other] = [multiplex(feed, options), multiplex(feed, options)];

      record(one('a'), undefined, timer(3));
      at(1, () => record(other('b'), undefined, timer(19)));
      at(5, () => record(one('c'), undefined, timer(15)));
      flush();

      expect(sent.filter((line) => line.startsWith('10 '))).toEqual(['10 sub b', '10 sub c']);
    });
  });
});

describe('A connection that is replaced with an overlap', () => {
  it('knows of what was asked before there was nobody left, as long as the answer is to come', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const values = { k: answer({ key: 'a' }), e: answer({ error: 'no' }) };
      const { transport } = scriptedServer(cold, ['ok', 'o-------------e'], values);
      const feed = feedOf(transport);
      record(feed.lifecycle, undefined, timer(40));
      const topics = multiplex(feed, { ...answerOptions, unsubscribe: undefined });
      const logs: string[][] = [];

      at(2, () => feed.reconnect({ overlap: 10 }));
      record(topics('a'), undefined, timer(4));
      at(6, () => logs.push(record(topics('b'), short, timer(30))));
      flush();

      expect(logs).toEqual([[]]);
    });
  });

  it('is forgotten where what was still to be taken back was all there was', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o', 'o------#', 'o---------b'], { b: { id: 2, n: 1 } });
      const feed = retriedFeed(transport);
      record(feed.lifecycle, undefined, timer(40));
      const topics = multiplex(feed, {
        ...{ subscribe: options.subscribe, idOf: ({ id }: Tick) => id },
        unsubscribe: () => slow('stop', 9),
      });
      const logs: string[][] = [];

      record(topics('a'), undefined, timer(1));
      at(3, () => feed.reconnect({ overlap: 2 }));
      at(15, () => logs.push(record(topics('b'), short, timer(20))));
      flush();

      expect(logs).toEqual([['22 1']]);
    });
  });

  it('reports a message of the new one that has waited, and is no good', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['(so)', 'o-x'], { s: silence(), x: null }); // is still there as x is told
      const feed = feedOf(transport);
      const rejected = record(feed.lifecycle, brief, timer(20));
      record(multiplex(feed, options)('a'), undefined, timer(20));

      at(2, () => feed.reconnect({ overlap: 6 }));
      flush();

      expect(rejected.filter((line) => line.includes('rejected'))).toEqual(['8 rejected null']);
    });
  });
});
