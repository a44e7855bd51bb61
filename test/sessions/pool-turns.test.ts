import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool, multiplex } from '../../src/index.node.js';
import type { ConnectionPoolOptions } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

function poolOf(create: (index: number) => Feed, limits: Partial<ConnectionPoolOptions<Tick, unknown>> = {}) {
  const feeds: Feed[] = [];
  const pool = connectionPool<Tick, unknown>({
    create: (index) => (feeds[index] = create(index)),
    max: 9,
    keysPerConnection: 1,
    ...limits,
  });
  const only =
    (...types: string[]) =>
    ({ connection, event }: { connection: Feed; event: Parameters<typeof brief>[0] }) =>
      types.length && !types.includes(event.type) ? '' : `${feeds.indexOf(connection)} ${brief(event)}`;
  const events = (...types: string[]) => record(pool.lifecycle, only(...types));
  return { pool, feeds, events, nameOf: (feed: Feed) => `feed ${feeds.indexOf(feed)}` };
}

const said = (lines: string[]) => lines.filter((line) => !line.endsWith(' '));

describe('reconnect of a pool', () => {
  it('connects one connection in use after another', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, events } = poolOf(() => feedOf(scriptedServer(cold, ['o', '---o']).transport));
      const log = events('connecting', 'open', 'close');
      [...'abc'].forEach((key) => record(pool.use(key), undefined as never, timer(key === 'b' ? 2 : 40)));

      at(5, () => pool.reconnect({ code: 4000, reason: 'planned' }));
      flush();

      expect(said(log).slice(6)).toEqual([
        ...['5 0 close 4000 planned local unclean', '5 0 connecting 2', '8 0 open 2'],
        ...['8 2 close 4000 planned local unclean', '8 2 connecting 2', '11 2 open 2'],
      ]);
    });
  });

  it('goes on when an attempt has failed, and lets a new connection wait for its turn', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, nameOf, events } = poolOf((index) =>
        retriedFeed(scriptedServer(cold, index ? ['o'] : ['o', '---#', 'o']).transport),
      );
      const log = events('connecting');
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(40)));
      const logs: string[][] = [];

      at(5, () => {
        pool.reconnect();
        logs.push(record(pool.use('c'), nameOf, timer(35)));
      });
      flush();

      expect(logs).toEqual([['8 feed 2']]);
      expect(said(log).slice(2)).toEqual([
        '5 0 connecting 2',
        '8 1 connecting 2',
        '8 2 connecting 1',
        '10 0 connecting 3',
      ]);
    });
  });

  it('makes the new connections beside the old ones, with an overlap', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, events } = poolOf(() => feedOf(scriptedServer(cold, ['o', '---o']).transport));
      const log = events('connecting', 'open', 'close');
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(40)));

      at(5, () => pool.reconnect({ overlap: 10 }));
      flush();

      expect(said(log).slice(4)).toEqual([
        ...['8 0 close 1000 local unclean', '8 0 connecting 2', '8 0 open 2'],
        ...['11 1 close 1000 local unclean', '11 1 connecting 2', '11 1 open 2'],
      ]);
    });
  });

  it('does nothing to connections that are not in use, or released before their turn', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const servers = [0, 1, 2].map(() => scriptedServer(cold, ['o', '---o']));
      const { pool } = poolOf((index) => feedOf(servers[index]!.transport));
      record(pool.use('a'), undefined as never, timer(40));
      record(pool.use('b'), undefined as never, timer(6));
      record(pool.use('c'), undefined as never, timer(3));

      at(5, () => pool.reconnect());
      flush();

      expect(servers.map(({ connections }) => connections.length)).toEqual([2, 1, 1]);
    });
  });

  it.each([
    [{ code: 1001 }, RangeError],
    [{ reason: 'x'.repeat(124) }, RangeError],
    [{ overlap: -1 }, RangeError],
    [{ overlap: '5' }, TypeError],
  ])('refuses %o', (options, Kind) => {
    const { pool } = poolOf(() => feedOf(undefined as never));

    expect(() => pool.reconnect(options as never)).toThrow(Kind);
  });
});

describe('A connection whose turn it is', () => {
  it.each<[string, string[], (feed: Feed) => void]>([
    ['is being connected', ['---------o'], () => undefined],
    ['gets another one beside it', ['o', '----o'], (feed) => feed.reconnect({ overlap: 20 })],
  ])('keeps the next one waiting where it %s elsewhere', (_, scripts, act) => {
    inVirtualTime(({ cold, at, flush }) => {
      const elsewhere = feedOf(scriptedServer(cold, scripts).transport);
      record(elsewhere.lifecycle, undefined as never, timer(60));
      const { pool, nameOf } = poolOf((index) => (index ? feedOf(scriptedServer(cold, ['o']).transport) : elsewhere));
      const logs: string[][] = [];

      at(5, () => {
        act(elsewhere);
        logs.push(...[...'ab'].map((key) => record(pool.use(key), nameOf, timer(60))));
      });
      flush();

      expect(logs).toEqual([['5 feed 0'], ['9 feed 1']]);
    });
  });

  it('is connected once, where all are connected anew while it waits', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const servers = [['---------o'], ['o']].map((scripts) => scriptedServer(cold, scripts));
      const { pool } = poolOf((index) => feedOf(servers[index]!.transport));
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(60)));

      at(2, () => pool.reconnect());
      flush();

      expect(servers.map(({ connections }) => connections.length)).toEqual([2, 1]);
    });
  });

  it('is not connected where the pool is closed before', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const servers = [['---------o'], ['o']].map((scripts) => scriptedServer(cold, scripts));
      const { pool, nameOf } = poolOf((index) => feedOf(servers[index]!.transport));
      const logs = [...'ab'].map((key) => record(pool.use(key), nameOf));

      at(2, () => void pool.close());
      flush();

      expect(logs).toEqual([['0 feed 0', '2 |'], ['2 |']]);
      expect(servers[1]!.connections).toEqual([]);
    });
  });
});

describe('dials', () => {
  it('bound how often connections dial, one after another', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, nameOf } = poolOf(() => feedOf(scriptedServer(cold, ['-o']).transport), { dials: atMost(2, 10) });

      const logs = [...'abcde'].map((key) => record(pool.use(key), nameOf, timer(60)));
      flush();

      expect(logs).toEqual([['0 feed 0'], ['1 feed 1'], ['11 feed 2'], ['12 feed 3'], ['22 feed 4']]);
    });
  });

  it('count retries, which wait too', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, events } = poolOf(() => retriedFeed(scriptedServer(cold, ['#', '#', 'o']).transport), {
        dials: atMost(2, 10),
      });
      const log = events('connecting', 'reconnecting');

      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(60)));
      flush();

      expect(said(log)).toEqual([
        ...['0 0 connecting 1', '0 1 connecting 1'],
        ...['0 0 reconnecting 1 in 2 after HandshakeError', '0 1 reconnecting 1 in 2 after HandshakeError'],
        ...['11 0 connecting 2', '11 1 connecting 2'],
        ...['11 0 reconnecting 2 in 2 after HandshakeError', '11 1 reconnecting 2 in 2 after HandshakeError'],
        ...['22 0 connecting 3', '22 1 connecting 3'],
      ]);
    });
  });

  it('count reconnects', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, events } = poolOf(() => feedOf(scriptedServer(cold, ['o']).transport), { dials: atMost(1, 10) });
      const log = events('connecting', 'close');
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(60)));

      at(15, () => pool.reconnect());
      flush();

      expect(said(log)).toEqual([
        ...['0 0 connecting 1', '11 1 connecting 1'],
        ...['22 0 close 1000 local unclean', '22 0 connecting 2'],
        ...['33 1 close 1000 local unclean', '33 1 connecting 2'],
      ]);
    });
  });

  it('are not used up by those that need none any more', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, nameOf } = poolOf(
        () => retriedFeed(scriptedServer(cold, ['o---#', 'o']).transport, { linger: 100 }),
        {
          dials: atMost(1, 10),
        },
      );

      const logs = [record(pool.use('a'), nameOf, timer(5)), record(pool.use('b'), nameOf, timer(6))];
      at(8, () => logs.push(record(pool.use('c'), nameOf, timer(40)))); // the first one lingers, and waits for its retry
      flush();

      expect(logs).toEqual([['0 feed 0'], [], ['8 feed 0']]);
    });
  });

  it('are for the others where one of those that wait is given up', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, events } = poolOf(() => retriedFeed(scriptedServer(cold, ['o---#', 'o']).transport), {
        dials: atMost(1, 20),
      });
      const log = events('connecting');

      record(pool.use('a'), undefined as never, timer(60));
      record(pool.use('b'), undefined as never, timer(10)); // waits for its first attempt, the other one for its second
      flush();

      expect(said(log)).toEqual(['0 0 connecting 1', '22 0 connecting 2']);
    });
  });

  it('are not waited for by what is being connected elsewhere', () => {
    inVirtualTime(({ cold, flush }) => {
      const { pool, nameOf } = poolOf(
        (index) => {
          const feed = feedOf(scriptedServer(cold, [index ? '--o' : 'o']).transport);
          if (index) record(feed.lifecycle, undefined as never, timer(90));
          return feed;
        },
        { dials: atMost(1, 50) },
      );

      const logs = [...'ab'].map((key) => record(pool.use(key), nameOf, timer(90)));
      flush();

      expect(logs).toEqual([['0 feed 0'], ['0 feed 1']]);
    });
  });

  it('hold no close up', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, feeds } = poolOf(() => retriedFeed(scriptedServer(cold, ['o-#']).transport), {
        dials: atMost(1, 50),
      });
      const topics = multiplex(pool, { keyOf: ({ key }: Tick) => key });
      const logs = [...'ab'].map((key) => record(topics(key)));

      at(9, () => void pool.close());
      flush();

      expect(logs).toEqual([['9 |'], ['9 |']]);
      expect(feeds[0]!.state.value).toMatchObject({ status: 'closed' });
    });
  });

  it.each([null, 5, {}])('are refused where they are %o', (dials) => {
    expect(() => poolOf(() => feedOf(undefined as never), { dials: dials as never })).toThrow(
      new TypeError('Expected `dials.meter` to be a function, got undefined.'),
    );
  });
});
