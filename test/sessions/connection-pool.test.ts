import { fc } from '@fast-check/vitest';
import { asyncScheduler, filter, firstValueFrom, retry, Subject, switchMap, takeUntil, timer } from 'rxjs';
import type { Observable, Subscription } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  connectionPool,
  heartbeat,
  mergeMapBounded,
  multiplex,
  observeWebSocket,
  requestResponse,
  retryWithBackoff,
} from '../../src/index.node.js';
import type {
  ConnectionPoolOptions,
  MultiplexOptions,
  Supervision,
  WebSocketConfig,
  WebSocketConnection,
} from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { TestServer } from '../helpers/server.js';
import { VirtualServer } from './virtual-server.js';
import type { Said } from './virtual-server.js';

leavesNothingBehind();

interface Tick {
  key?: string;
  id?: number;
}
type Feed = WebSocketConnection<Tick, Said>;

const topics: MultiplexOptions<Tick, Said, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => ({ sub: key }),
  unsubscribe: (key) => ({ unsub: key }),
};

const atOnce = () => retryWithBackoff({ delays: Array<number>(99).fill(2) }) as Supervision;

/** A pool on one server, and the connections that it has made. */
function poolOn(
  transport: (index: number) => WebSocketConfig['transport'],
  { supervision = [], config = {}, ...limits }: Limits,
) {
  const feeds: Feed[] = [];
  const pool = connectionPool<Tick, Said>({
    create(index) {
      expect(index).toBe(feeds.length);
      const feed = observeWebSocket<Tick, Said>(
        { url: `ws://test/${index}`, transport: transport(index)!, ...config },
        ...supervision,
      );
      feeds.push(feed);
      return feed;
    },
    max: 9,
    keysPerConnection: 1,
    ...limits,
  });
  return { pool, feeds, nameOf: (feed: Feed) => `feed ${feeds.indexOf(feed)}` };
}

interface Limits extends Partial<ConnectionPoolOptions<Tick, Said>> {
  supervision?: Supervision[];
  config?: Partial<WebSocketConfig<Tick, Said>>;
}

describe('connectionPool', () => {
  it('makes and connects nothing until a key is used', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, feeds } = poolOn(() => server.transport, {});

      const logs = [record(pool.lifecycle), record(pool.messages), record(pool.state)];
      pool.use('a');
      flush();

      const nothing = { idle: 0, connecting: 0, open: 0, reconnecting: 0, closing: 0, closed: 0, failed: 0 };
      expect(feeds).toEqual([]);
      expect(logs).toEqual([[], [], [`0 ${JSON.stringify(nothing)}`]]);
      expect(pool.state.value).toEqual(nothing);
      expect(pool.stats).toMatchObject({ received: 0, opens: 0, latency: undefined });
    });
  });

  it('leases the same connection for the same key, until the last lease is over', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, {});

      const first = record(pool.use('a'), nameOf, timer(5));
      const second = record(pool.use('a'), nameOf, timer(9));
      timer(8).subscribe(() => expect(server.open).toHaveLength(1));
      flush();

      expect([first, second]).toEqual([['0 feed 0'], ['0 feed 0']]);
      expect(server.peers).toHaveLength(1);
      expect(server.open).toEqual([]);
    });
  });

  it('gives a key to the connection in use that has the fewest, and opens another one where all are full', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, { keysPerConnection: 2 });
      const leave = new Subject<void>();
      const use = (key: string, leaving: Observable<unknown> = timer(50)) => record(pool.use(key), nameOf, leaving);

      const logs = ['a', 'b', 'c', 'd', 'e'].map((key) => use(key, ['a', 'c', 'd'].includes(key) ? leave : timer(50)));
      timer(10).subscribe(() => leave.next()); // 0 has one, 1 has none, 2 has one
      timer(11).subscribe(() => logs.push(use('f')));
      timer(12).subscribe(() => logs.push(use('g')));
      timer(13).subscribe(() => logs.push(use('h')));
      flush();

      expect(logs).toEqual([
        ['0 feed 0'],
        ['0 feed 0'],
        ['1 feed 1'],
        ['1 feed 1'],
        ['2 feed 2'],
        ['11 feed 0'],
        ['12 feed 2'],
        ['13 feed 1'],
      ]);
    });
  });

  it('errors where all connections are full, and lets the others be', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, { max: 2, keysPerConnection: 2 });
      let refusal: unknown;

      const logs = ['a', 'b', 'c', 'd'].map((key) => record(pool.use(key), nameOf, timer(5)));
      pool.use('e').subscribe({ error: (error: unknown) => (refusal = error) });
      const known = record(pool.use('a'), nameOf, timer(5));
      timer(6).subscribe(() => logs.push(record(pool.use('e'), nameOf, timer(9))));
      flush();

      expect(refusal).toMatchObject({
        name: 'WebSocketError',
        message: 'All 2 connections are full, with 2 keys each.',
      });
      expect(logs.map((log) => log.length)).toEqual([1, 1, 1, 1, 1]);
      expect(known).toEqual(['0 feed 0']);
    });
  });

  it('lets go of an emptied connection, which closes after its own linger', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const { pool } = poolOn(() => server.transport, { config: { linger: 7 } });
      record(pool.lifecycle);
      record(pool.messages);

      record(pool.use('a'), () => '', timer(5));
      flush();

      expect(closes).toEqual(['12 {"code":1000,"reason":""}']);
    });
  });

  it('keeps its connection for a key that follows another at once, also where it is full', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, { max: 1 });

      const log = record(cold('a--b--b--a').pipe(switchMap((key) => pool.use(key))), nameOf, timer(12));
      flush();

      expect(log).toEqual(['0 feed 0', '3 feed 0', '6 feed 0', '9 feed 0']);
      expect(server.peers).toHaveLength(1);
    });
  });

  it('opens connections one after another: the next one when the one before has opened, or failed to', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = ['---o', '--#', '----o', 'o'];
      const { pool, feeds, nameOf } = poolOn((index) => scriptedServer(cold, [scripts[index]!, '-----o']).transport, {
        supervision: [atOnce()],
      });
      const events = record(pool.lifecycle, ({ connection, event }) => `${feeds.indexOf(connection)} ${brief(event)}`);

      const logs = ['a', 'b', 'c', 'd'].map((key) => record(pool.use(key), nameOf, timer(20)));
      flush();

      expect(logs).toEqual([['0 feed 0'], ['3 feed 1'], ['5 feed 2'], ['9 feed 3']]);
      expect(events).toEqual([
        '0 0 connecting 1',
        '3 0 open 1',
        '3 1 connecting 1',
        '5 1 error HandshakeError',
        '5 1 close 1006 remote unclean',
        '5 2 connecting 1',
        '5 1 reconnecting 1 in 2 after HandshakeError',
        '7 1 connecting 2',
        '9 2 open 1',
        '9 3 connecting 1',
        '9 3 open 1',
        '12 1 open 2',
      ]);
    });
  });

  it('connects nothing for a key that was left before its turn', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, {});

      const logs = [timer(9), timer(0), timer(9)].map((leaving, n) => record(pool.use(n), nameOf, leaving));
      flush();

      expect(logs).toEqual([['0 feed 0'], [], ['1 feed 2']]);
      expect(server.peers).toHaveLength(2);
    });
  });

  it('tells the leases of a connection that failed for good, and nobody else; a new lease tries again', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = [['o'], ['o----#', 'o'], ['o']];
      const { pool, feeds, nameOf } = poolOn((index) => scriptedServer(cold, scripts[index]!).transport, {
        keysPerConnection: 2,
      });
      const events = record(pool.lifecycle, ({ connection }) => nameOf(connection), timer(50));
      const messages = record(pool.messages);

      const logs = ['a', 'b', 'c', 'd', 'e'].map((key) => record(pool.use(key), nameOf, timer(20)));
      timer(9).subscribe(() => {
        expect(pool.state.value).toMatchObject({ open: 2, failed: 1 });
        logs.push(record(pool.use('c'), nameOf, timer(20)), record(pool.use('f'), nameOf, timer(20)));
      });
      flush();

      expect(logs).toEqual([
        ['0 feed 0'],
        ['0 feed 0'],
        ['0 feed 1', '5 # ConnectionClosedError'],
        ['0 feed 1', '5 # ConnectionClosedError'],
        ['0 feed 2'],
        ['9 feed 2'],
        ['9 feed 1'],
      ]);
      expect(feeds).toHaveLength(3);
      expect(events.filter((line) => line.includes('#'))).toEqual([]);
      expect(messages).toEqual([]);
    });
  });

  it('errors where a connection fails while it is subscribed to, and is not blocked by it', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer();
      const { pool, nameOf } = poolOn(() => server.transport, {
        config: {
          url() {
            if (server.peers.length === 0) throw new Error('no url');
            return 'ws://test';
          },
        },
      });

      const first = record(pool.use('a'), nameOf);
      const second = record(pool.use('b').pipe(retry(1)), nameOf);
      flush();

      expect(first).toEqual(['0 # HandshakeError']);
      expect(second).toEqual(['0 # HandshakeError']);
      expect(pool.state.value).toMatchObject({ failed: 1 });
    });
  });

  it('makes an error of the lease of what `create` throws', () => {
    inVirtualTime(({ flush }) => {
      const pool = connectionPool({
        create() {
          throw new SyntaxError('mine');
        },
        max: 1,
        keysPerConnection: 1,
      });

      const logs = [record(pool.use('a')), record(pool.use('a'))];
      flush();

      expect(logs).toEqual([['0 # SyntaxError'], ['0 # SyntaxError']]);
    });
  });

  it('tags messages with their connection, of those in use and those to come', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = ['o-a-a-a', '-o--b-b-b'];
      const values = { a: { key: 'a' }, b: { key: 'b' } };
      const { pool, feeds } = poolOn((index) => scriptedServer(cold, [scripts[index]!], values).transport, {});
      record(pool.use('a'), () => '', timer(5));
      const logs: string[][] = [];

      timer(1).subscribe(() => {
        logs.push(record(pool.messages, ({ connection, message }) => `${feeds.indexOf(connection)} ${message.key}`));
      });
      timer(2).subscribe(() => record(pool.use('b'), () => '', timer(6)));
      flush();

      expect(logs).toEqual([['2 0 a', '4 0 a', '6 1 b', '8 1 b']]);
    });
  });

  it('counts its connections by their status, and sums their stats', () => {
    inVirtualTime(({ cold, flush }) => {
      const scripts = ['o-a-a', 'o---a'];
      const { pool } = poolOn((index) => scriptedServer(cold, [scripts[index]!], { a: { key: 'a' } }).transport, {
        supervision: [heartbeat({ interval: 10, random: () => 0 })],
      });
      const states = record(pool.state, (counts) => JSON.stringify(Object.entries(counts).filter(([, n]) => n > 0)));

      for (const key of ['a', 'b']) record(pool.use(key).pipe(switchMap(({ messages }) => messages)));
      timer(6).subscribe(() => {
        expect(pool.stats).toMatchObject({ received: 3, opens: 2, latency: 0, sent: 0, queued: 0, dropped: 0 });
        void pool.close();
      });
      flush();

      expect(states).toEqual([
        '0 []',
        '0 [["idle",1]]',
        '0 [["connecting",1]]',
        '0 [["idle",1],["connecting",1]]',
        '0 [["idle",1],["open",1]]',
        '0 [["connecting",1],["open",1]]',
        '0 [["open",2]]',
        '6 [["open",1],["closing",1]]',
        '6 [["open",1],["closed",1]]',
        '6 [["closing",1],["closed",1]]',
        '6 [["closed",2]]',
      ]);
    });
  });

  describe('close', () => {
    it('closes every connection with the code, completes leases and streams, and connects none that waits', async () => {
      const done: string[] = [];
      inVirtualTime(({ cold, flush }) => {
        const servers = [scriptedServer(cold, ['o']), scriptedServer(cold, ['--------o'])];
        const closes = servers.map((server) => record(server.closes));
        const { pool, nameOf } = poolOn((index) => servers[index]?.transport, { max: 3 });
        const streams = [record(pool.lifecycle, ({ event }) => brief(event)), record(pool.messages)];

        const logs = ['a', 'b', 'c'].map((key) => record(pool.use(key), nameOf));
        timer(5).subscribe(() => void pool.close(4000, 'enough').then(() => done.push('closed')));
        flush();

        expect(closes).toEqual([['5 {"code":4000,"reason":"enough"}'], []]);
        expect(logs).toEqual([['0 feed 0', '5 |'], ['0 feed 1', '5 |'], ['5 |']]);
        expect(streams[0]!.slice(-2)).toEqual(['5 close 4000 enough local', '5 close 1006 local unclean']);
        expect(pool.state.value).toMatchObject({ closed: 2, idle: 1 });
      });
      await vi.waitFor(() => expect(done).toEqual(['closed']));
    });

    it('completes both streams, and a later lease begins anew', async () => {
      const server = await TestServer.start();
      const { pool } = poolOn(() => wsTransport(), { config: { url: server.url } });
      const ends: string[] = [];
      pool.lifecycle.subscribe({ complete: () => ends.push('lifecycle') });
      pool.messages.subscribe({ complete: () => ends.push('messages') });
      const opened = () => firstValueFrom(pool.state.pipe(filter(({ open }) => open === 1)));
      pool.use('a').subscribe({ complete: () => ends.push('lease') });
      await opened();

      await pool.close();
      const again = pool.use('a').subscribe();
      await opened();
      again.unsubscribe();

      expect(ends).toEqual(['lease', 'lifecycle', 'messages']);
      expect(server.peers).toHaveLength(2);
    });

    it('refuses a code that may not be sent, and closes nothing', async () => {
      const server = await TestServer.start();
      const { pool } = poolOn(() => wsTransport(), { config: { url: server.url } });
      const ended: string[] = [];
      const lease = pool.use('a').subscribe({ complete: () => ended.push('a') });
      lease.add(pool.use('b').subscribe({ complete: () => ended.push('b, before its turn') }));

      await expect(pool.close(1001)).rejects.toThrow(RangeError);

      await firstValueFrom(pool.state.pipe(filter(({ open }) => open === 2)));
      lease.unsubscribe();
      expect(ended).toEqual([]);
    });
  });

  it.each([
    [{ create: 1 }, TypeError, 'Expected `create` to be a function, got 1.'],
    [{ max: 0 }, RangeError, 'Expected `max` to be an integer of 1 or more, got 0.'],
    [{ max: '2' }, TypeError, 'Expected `max` to be an integer of 1 or more, got "2".'],
    [{ keysPerConnection: 1.5 }, RangeError, 'Expected `keysPerConnection` to be an integer of 1 or more, got 1.5.'],
  ])('refuses %o when it is made', (bad, Kind, message) => {
    const make = () => connectionPool({ create: () => observeWebSocket('ws://test'), max: 1, keysPerConnection: 1, ...bad } as never); // prettier-ignore

    expect(make).toThrow(new Kind(message));
  });

  it('refuses options that are none', () => {
    expect(() => connectionPool(undefined as never)).toThrow('Expected `options` to be an object, got undefined.');
  });

  it('is paused as a whole, connections to come included, until every lease is released', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-a', 'o-b']);
      const { pool, nameOf } = poolOn(() => server.transport, {});
      const log = record(
        pool.messages,
        ({ connection, message }) => `${nameOf(connection)} ${JSON.stringify(message)}`,
      );

      pool
        .use('x')
        .pipe(takeUntil(timer(20)))
        .subscribe();
      const release = pool.pause();
      const releaseToo = pool.pause();
      at(3, () =>
        pool
          .use('y')
          .pipe(takeUntil(timer(17)))
          .subscribe(),
      );
      at(10, () => {
        release();
        release();
      });
      at(15, releaseToo);
      at(16, () =>
        pool
          .use('z')
          .pipe(takeUntil(timer(4)))
          .subscribe(),
      );
      flush();

      expect(log).toEqual(['15 feed 0 "a"', '15 feed 1 "b"', '18 feed 2 "b"']);
    });
  });

  it('can be paused where each of its connections can', () => {
    inVirtualTime(({ cold, flush }) => {
      const transports = [scriptedServer(cold, ['o']).transport, { ...new VirtualServer().transport, canPause: false }];
      const { pool } = poolOn((index) => transports[index], {});

      pool
        .use('x')
        .pipe(takeUntil(timer(9)))
        .subscribe();
      expect(pool.canPause).toBe(true);

      pool
        .use('y')
        .pipe(takeUntil(timer(9)))
        .subscribe();
      expect(pool.canPause).toBe(false);
      flush();
    });
  });

  it('stops its servers for a consumer that is slow', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o(abcd)']);
      const { pool, feeds } = poolOn(() => server.transport, {});
      const slowly = mergeMapBounded(() => timer(3), { highWaterMark: 2, lowWaterMark: 1, pausing: pool });

      const log = record(
        multiplex(pool, { keyOf: () => 'x', subscribe: (sub) => ({ sub }) })('x').pipe(slowly),
        () => 'saved',
        timer(20),
      );
      at(3, () => expect(feeds[0]!.stats.received).toBe(3));
      flush();

      expect(log).toEqual(['4 saved', '7 saved', '10 saved', '13 saved']);
    });
  });

  it('serves multiplex: each key on its connection, again after a reconnect, and closed when it is emptied', () => {
    inVirtualTime(({ at, flush }) => {
      const server = new VirtualServer((said, peer) => {
        if (typeof said === 'object' && 'sub' in said) asyncScheduler.schedule(() => peer.send({ key: said.sub }), 2);
      });
      const { pool } = poolOn(() => server.transport, { keysPerConnection: 2, supervision: [atOnce()] });
      const topic = multiplex(pool, topics);

      const logs = ['a', 'b', 'c', 'a'].map((key) => record(topic(key), (tick) => tick.key!, timer(20)));
      at(5, () => server.peers[0]!.drop());
      flush();

      expect(logs).toEqual([['3 a', '10 a'], ['3 b', '10 b'], ['4 c'], ['3 a', '10 a']]);
      expect(server.peers.map(({ heard }) => heard.map((said) => Object.values(said)[0] as string))).toEqual([
        ['a', 'b'],
        ['c', 'c'],
        ['a', 'b', 'a', 'b'],
      ]);
      expect(server.open).toEqual([]);
    });
  });

  it('serves requestResponse: a request leases a connection for as long as it takes, and no key makes room for it', () => {
    inVirtualTime(({ flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 3));
      const { pool, nameOf } = poolOn(() => server.transport, { max: 2, config: { linger: 5 } });
      const request = requestResponse(pool, { idOf: ({ id }) => id, timeout: 100 });

      const logs = [1, 2, 3].map((id) => record(request(id, { id }), (answer) => String(answer.id)));
      logs.push(...['a', 'b', 'c'].map((key) => record(pool.use(key), nameOf, timer(9))));
      timer(6).subscribe(() => logs.push(record(request(4, { id: 4 }), (answer) => String(answer.id))));
      flush();

      expect(logs).toEqual([
        ...[1, 2, 3].map((id) => [`4 ${id}`, '4 |']),
        ...[['0 feed 0'], ['1 feed 1'], ['0 # WebSocketError']],
        ['9 4', '9 |'],
      ]);
      expect(server.peers).toHaveLength(2);
      expect(server.open).toEqual([]);
    });
  });

  it('holds what the servers believe equal to what is subscribed, whatever happens', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), fc.constantFrom(0, 6), (deeds, linger) => {
        inVirtualTime(({ at, flush }) => {
          const server = new VirtualServer();
          const { pool, feeds } = poolOn(() => server.transport, { max: 3, keysPerConnection: 2, config: { linger }, supervision: [atOnce()] }); // prettier-ignore
          const topic = multiplex(pool, topics);
          const subscriptions = new Map<string, Subscription[]>();
          const subscribed = () => [...subscriptions].flatMap(([key, { length }]) => (length ? key : [])).sort();
          const refusals: string[] = [];
          let now = 0;

          for (const { wait, what, key } of deeds) {
            at((now += wait), () => {
              const mine = subscriptions.get(key) ?? [];
              subscriptions.set(key, mine);
              const use = () => {
                const isFull = subscribed().length === 6 && mine.length === 0;
                const subscription = topic(key).subscribe({
                  error: (error: unknown) => refusals.push(isFull ? '' : String(error)),
                });
                expect(subscription.closed).toBe(isFull);
                if (!isFull) mine.push(subscription);
              };
              if (what === 'subscribe') use();
              if (what === 'leave') mine.pop()?.unsubscribe();
              if (what === 'return' && mine.length > 0) {
                mine.pop()!.unsubscribe();
                use();
              }
              if (what === 'drop' && server.open.length > 0) server.open[wait % server.open.length]!.drop();
              if (what === 'refuse') server.isUp = false;
              if (what === 'accept') server.isUp = true;
            });
          }
          at(now + 1, () => (server.isUp = true));
          at(now + 20, () => {
            expect(server.topics).toEqual(subscribed());
            expect(pool.state.value.open).toBe(server.open.length);
            for (const { topics } of server.open) expect([1, 2]).toContain(topics.size);
          });
          at(now + 21, () => {
            for (const one of [...subscriptions.values()].flat()) one.unsubscribe();
          });
          flush();

          expect(refusals.join('')).toBe('');
          expect(feeds.length).toBeLessThanOrEqual(3);
          expect(server.faults).toEqual([]);
          expect(server.open).toEqual([]);
        });
      }),
      { numRuns: 300 },
    );
  });
});

const deed = fc.record({
  wait: fc.nat({ max: 3 }),
  what: fc.constantFrom('subscribe', 'subscribe', 'subscribe', 'leave', 'return', 'drop', 'refuse', 'accept'),
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
});
