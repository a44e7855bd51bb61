import { asyncScheduler, catchError, ignoreElements, map, NEVER, retry, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool, multiplex, onOpen, requestResponse } from '../../src/index.node.js';
import type { ConnectionPool, ConnectionPoolOptions, Supervision } from '../../src/index.node.js';
import { refuseWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';
import { VirtualServer } from './virtual-server.js';
import type { Said } from './virtual-server.js';

const topicsOf = {
  keyOf: ({ key }: Tick) => key,
  subscribe: (key: string): unknown => ({ sub: key }),
  unsubscribe: (key: string): unknown => ({ unsub: key }),
};

function poolOf(create: (index: number) => Feed, limits: Partial<ConnectionPoolOptions<Tick, unknown>> = {}) {
  const feeds: Feed[] = [];
  const pool: ConnectionPool<Tick, unknown> = connectionPool({
    create: (index) => (feeds[index] = create(index)),
    max: 1,
    keysPerConnection: 1,
    ...limits,
  });
  return { pool, feeds, nameOf: (feed: Feed) => `feed ${feeds.indexOf(feed)}` };
}

/** A server that counts what a connection has asked for at most. */
function countingServer() {
  let most = 0;
  const server = new VirtualServer((_said: Said, { topics }) => (most = Math.max(most, topics.size)));
  return { server, most: () => most };
}

describe('On a full pool a key', () => {
  it('waits for one that was left, until that was taken back', () => {
    inVirtualTime(({ cold, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }));
      const topics = multiplex(pool, topicsOf);

      record(
        cold('a----b----------------------------a', { a: 'a', b: 'b' }).pipe(switchMap(topics)),
        undefined,
        timer(80),
      );
      flush();

      expect(server.peers[0]!.heard).toEqual([{ sub: 'a' }, { unsub: 'a' }, { sub: 'b' }, { unsub: 'b' }, { sub: 'a' }, { unsub: 'a' }]); // prettier-ignore
      expect(most()).toBe(1);
      expect(server.faults).toEqual([]);
      expect(server.peers).toHaveLength(1);
    });
  });

  it('waits for the message that takes its time', () => {
    inVirtualTime(({ at, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport), { keysPerConnection: 2 });
      const topics = multiplex(pool, { ...topicsOf, unsubscribe: (key) => timer(5).pipe(map(() => ({ unsub: key }))) });
      const at9: string[][] = [];

      record(topics('x'), undefined, timer(30));
      record(topics('a'), undefined, timer(3));
      at(4, () => record(topics('b'), undefined, timer(20)));
      at(7, () => at9.push(server.topics));
      at(9, () => at9.push(server.topics));
      flush();

      expect(at9).toEqual([
        ['a', 'x'],
        ['b', 'x'],
      ]);
      expect(most()).toBe(2);
    });
  });

  it('waits no longer than the connection: the next one knows of nothing', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => retriedFeed(server.transport), { keysPerConnection: 2 });
      const topics = multiplex(pool, { ...topicsOf, unsubscribe: () => NEVER });

      record(topics('x'), undefined, timer(30));
      record(topics('a'), undefined, timer(3));
      at(4, () => record(topics('b'), undefined, timer(20)));
      at(7, () => expect(server.topics).toEqual(['a', 'x']));
      at(8, () => server.drop());
      at(15, () => expect(server.topics).toEqual(['b', 'x']));
      flush();
    });
  });

  it('errors where there is none to wait for, or others wait for it', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), {
        keysPerConnection: 2,
      });
      const topics = multiplex(pool, topicsOf);
      const logs: string[][] = [];

      record(topics('a'), undefined, timer(15));
      record(topics('x'), undefined, timer(60));
      at(14, () => logs.push(record(topics('b'))));
      at(16, () => logs.push(record(topics('c'), undefined, timer(30)), record(topics('d')), record(topics('a'))));
      at(17, () => logs.push(record(topics('c'), undefined, timer(30))));
      flush();

      expect(logs).toEqual([['14 # WebSocketError'], [], ['16 # WebSocketError'], ['16 # WebSocketError'], []]);
      expect(server.peers[0]!.heard.slice(1, 4)).toEqual([{ sub: 'x' }, { unsub: 'a' }, { sub: 'c' }]);
    });
  });

  it('that is left while it waits makes room for the next one', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), {
        keysPerConnection: 2,
      });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(15));
      record(topics('x'), undefined, timer(60));
      at(16, () => record(topics('b'), undefined, timer(1)));
      at(18, () => record(topics('c'), undefined, timer(30)));
      flush();

      expect(server.peers[0]!.heard.slice(1, 4)).toEqual([{ sub: 'x' }, { unsub: 'a' }, { sub: 'c' }]);
    });
  });

  it('that comes back while nobody waits for its place has it again', () => {
    inVirtualTime(({ at, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), {
        keysPerConnection: 2,
      });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(15));
      record(topics('x'), undefined, timer(90));
      at(16, () => record(topics('a'), undefined, timer(70)));
      at(50, () => expect(server.topics).toEqual(['a', 'x']));
      flush();

      expect(most()).toBe(2);
    });
  });

  it('completes where the pool is closed while it waits', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), {
        keysPerConnection: 2,
      });
      const topics = multiplex(pool, topicsOf);
      const logs: string[][] = [];

      record(topics('a'), undefined, timer(15));
      record(topics('x'));
      at(16, () => logs.push(record(topics('b'))));
      at(18, () => void pool.close());
      flush();

      expect(logs).toEqual([['18 |']]);
    });
  });

  it('waits on where one of its two readers is left', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), { keysPerConnection: 2 });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(15));
      record(topics('x'), undefined, timer(60));
      at(16, () => {
        record(topics('b'), undefined, timer(1));
        record(topics('b'), undefined, timer(30));
      });
      flush();

      expect(server.peers[0]!.heard.slice(1, 4)).toEqual([{ sub: 'x' }, { unsub: 'a' }, { sub: 'b' }]);
    });
  });

  it('that waits keeps the connections open that it may get a place on', () => {
    inVirtualTime(({ at, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport), { max: 2 });
      const topics = multiplex(pool, { ...topicsOf, unsubscribe: (key) => timer(5).pipe(map(() => ({ unsub: key }))) });

      for (const key of 'ab') record(topics(key), undefined, timer(5));
      at(5, () => record(topics('c'), undefined, timer(20)));
      flush();

      expect(server.peers.map(({ heard }) => heard.slice(0, 3))).toEqual([
        [{ sub: 'a' }, { unsub: 'a' }, { sub: 'c' }],
        [{ sub: 'b' }, { unsub: 'b' }],
      ]);
      expect(most()).toBe(1);
    });
  });

  it('that is left as it gets a place connects nothing', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), { keysPerConnection: 2 });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(15));
      record(topics('x'));
      at(16, () => {
        const waiting = topics('b').subscribe();
        at(2, () => {
          server.drop();
          waiting.unsubscribe();
        });
      });
      flush();

      expect(server.peers).toHaveLength(1);
    });
  });

  it('has the place of one whose message, with several keys, was given up while it was made', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport), { keysPerConnection: 3 });
      const topics = multiplex(pool, {
        keyOf: topicsOf.keyOf,
        subscribeMany: (keys) => timer(9).pipe(map(() => keys.join(''))),
      });

      record(topics('x'), undefined, timer(60));
      at(12, () => {
        record(topics('a'), undefined, timer(1));
        record(topics('b'), undefined, timer(2));
      });
      at(16, () => [...'cd'].forEach((key) => record(topics(key), undefined, timer(30))));
      flush();

      expect(server.peers.map(({ heard }) => heard)).toEqual([['x', 'cd']]);
    });
  });

  it('has no place that was taken again as its connection failed', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, nameOf } = poolOf(() => feedOf(scriptedServer(cold, ['o--#', 'o']).transport));
      const logs = [record(pool.use('a').pipe(retry(1)), nameOf, timer(20))];

      at(9, () => logs.push(record(pool.use('b'), nameOf), record(pool.use('a'), nameOf, timer(5))));
      flush();

      expect(logs).toEqual([['0 feed 0', '3 feed 0'], ['9 # WebSocketError'], ['9 feed 0']]);
    });
  });

  it('has a place at once where the connection is closed', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { pool, feeds, nameOf } = poolOf(() => feedOf(scriptedServer(cold, ['o', 'o']).transport));
      const logs: string[][] = [];
      pool.use('a').subscribe({ complete: () => logs.push(record(pool.use('b'), nameOf, timer(5))) });

      at(3, () => void feeds[0]!.close());
      flush();

      expect(logs).toEqual([['3 feed 0']]);
    });
  });

  it('is served where the connection fails while it waits', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { pace: atMost(1, 10) }), {
        keysPerConnection: 2,
      });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(15));
      record(topics('x'));
      at(16, () => record(topics('b'), undefined, timer(30)));
      at(18, () => server.drop());
      at(25, () => expect(server.topics).toEqual(['b']));
      flush();
    });
  });
});

describe('A connection of a pool', () => {
  it('that nobody needs is released though its last key could not be taken back yet', () => {
    inVirtualTime(({ at, flush }) => {
      const { server } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport));
      const topics = multiplex(pool, { ...topicsOf, unsubscribe: () => NEVER });

      record(topics('a'), undefined, timer(3));
      at(4, () => expect(server.open).toEqual([]));
      flush();
    });
  });

  it('that lingers serves no more keys than it may, by the server’s count', () => {
    inVirtualTime(({ at, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { linger: 50, pace: atMost(1, 10) }), { max: 2 });
      const topics = multiplex(pool, topicsOf);

      record(topics('a'), undefined, timer(3));
      at(5, () => record(topics('b'), undefined, timer(90)));
      flush();

      expect(most()).toBe(1);
    });
  });

  it('that lingers keeps the place of a key that could not be taken back yet', () => {
    inVirtualTime(({ at, flush }) => {
      const { server, most } = countingServer();
      const { pool } = poolOf(() => feedOf(server.transport, { linger: 50 }));
      const topics = multiplex(pool, {
        ...topicsOf,
        unsubscribe: (key) => timer(20).pipe(map(() => ({ unsub: key }))),
      });

      record(topics('a'), undefined, timer(3));
      at(5, () => record(topics('b'), undefined, timer(30)));
      flush();

      expect(server.peers.map(({ heard }) => heard.slice(0, 3))).toEqual([
        [{ sub: 'a' }, { unsub: 'a' }, { sub: 'b' }],
      ]);
      expect(most()).toBe(1);
    });
  });

  it('has its keys for itself: they stay as another one fails', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const scripts = [['o---#', 'o'], ['o']];
      const { pool, nameOf } = poolOf((index) => feedOf(scriptedServer(cold, scripts[index]!).transport), { max: 2 });
      const logs = [...'ab'].map((key) => record(pool.use(key), nameOf, timer(20)));

      at(7, () => logs.push(record(pool.use('b'), nameOf, timer(5))));
      flush();

      expect(logs).toEqual([['0 feed 0', '4 # ConnectionClosedError'], ['0 feed 1'], ['7 feed 1']]);
    });
  });

  it('that cannot connect gets a new key only when it is open again, though it has the fewest', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const scripts = [['o'], ['o---#', '-#', '-#', 'o']];
      const { pool, nameOf } = poolOf((index) => retriedFeed(scriptedServer(cold, scripts[index]!).transport), {
        max: 2,
        keysPerConnection: 4,
      });
      const use = (key: string, until: number) => record(pool.use(key), nameOf, timer(until));
      const logs: string[][] = [];

      [...'abcd'].forEach((key, index) => use(key, index < 2 ? 40 : 1));
      use('e', 40);
      at(8, () => logs.push(use('f', 40)));
      at(14, () => logs.push(use('g', 40)));
      flush();

      expect(logs).toEqual([['8 feed 0'], ['14 feed 1']]);
    });
  });

  it('that is being connected gets a new key where it has the fewest', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const scripts = [['o'], ['---------o']];
      const { pool, nameOf } = poolOf((index) => feedOf(scriptedServer(cold, scripts[index]!).transport), {
        max: 2,
        keysPerConnection: 4,
      });
      const logs: string[][] = [];

      [...'abcde'].forEach((key, index) => record(pool.use(key), nameOf, timer(index % 4 < 2 ? 40 : 1)));
      at(3, () => logs.push(record(pool.use('f'), nameOf, timer(40))));
      flush();

      expect(logs).toEqual([['3 feed 1']]);
    });
  });

  it('that cannot connect comes after one that is open', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const scripts = [['o---#', '#'], ['o']];
      const { pool, nameOf } = poolOf((index) => retriedFeed(scriptedServer(cold, scripts[index]!).transport), {
        max: 2,
        keysPerConnection: 3,
      });
      const use = (key: string) => record(pool.use(key), nameOf, timer(40));

      const logs = [...'abcd'].map(use);
      at(2, () => logs.push(use('e')));
      at(9, () => logs.push(use('f'), use('g'))); // the last one has no choice
      flush();

      expect(logs.map(([first]) => first)).toEqual([
        ...['0 feed 0', '0 feed 0', '0 feed 0', '0 feed 1'],
        ...['2 feed 1', '9 feed 1'],
      ].concat(logs[6]!)); // prettier-ignore
      expect(logs[6]).toEqual(['9 # WebSocketError']);
    });
  });

  it('that hangs in its set-up keeps no other from connecting', () => {
    inVirtualTime(({ cold, flush }) => {
      const hangs = onOpen(() => NEVER) as Supervision;
      const { pool, feeds, nameOf } = poolOf(
        (index) => feedOf(scriptedServer(cold, ['--o']).transport, {}, ...(index ? [] : [hangs])),
        { max: 3 },
      );
      const events = record(pool.lifecycle, ({ connection, event }) => `${feeds.indexOf(connection)} ${brief(event)}`);

      const logs = [...'abc'].map((key) => record(pool.use(key), nameOf, timer(20)));
      flush();

      expect(logs).toEqual([['0 feed 0'], ['2 feed 1'], ['4 feed 2']]);
      expect(events).toEqual([
        ...['0 0 connecting 1', '2 1 connecting 1', '4 1 open 1', '4 2 connecting 1', '6 2 open 1'],
      ]);
    });
  });

  it('that was refused, whatever its supervision makes of that, lets the next one connect', () => {
    inVirtualTime(({ cold, flush }) => {
      const silent = ((source) =>
        source.pipe(
          ignoreElements(),
          catchError(() => NEVER),
        )) as Supervision;
      const { pool, nameOf } = poolOf(
        (index) =>
          feedOf(
            scriptedServer(cold, [index ? 'o' : '--r'], { r: refuseWith(503) }).transport,
            {},
            ...(index ? [] : [silent]),
          ),
        { max: 2 },
      );

      const logs = [...'ab'].map((key) => record(pool.use(key), nameOf, timer(20)));
      flush();

      expect(logs).toEqual([['0 feed 0'], ['2 feed 1']]);
    });
  });
});

describe('Requests over a pool', () => {
  it('go to a connection that is in use, the least loaded one', () => {
    inVirtualTime(({ at, flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 3));
      const { pool } = poolOf(() => feedOf(server.transport), { max: 2, keysPerConnection: 2 });
      [...'abc'].forEach((key) => record(pool.use(key), undefined as never, timer(30)));
      const request = requestResponse(pool, { idOf: ({ id }) => id });

      at(5, () => [1, 2, 3].forEach((id) => record(request(id, { id }))));
      flush();

      expect(server.peers.map(({ heard }) => heard)).toEqual([[{ id: 2 }], [{ id: 1 }, { id: 3 }]]);
    });
  });

  it('have one id each, whatever connection they go to', () => {
    inVirtualTime(({ at, flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 3));
      const { pool } = poolOf(() => feedOf(server.transport), { max: 2 });
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(30)));
      const request = requestResponse(pool, { idOf: ({ id }) => id });
      const logs: string[][] = [];

      at(5, () => logs.push(...[1, 1].map((id) => record(request(id, { id }), ({ id }) => String(id)))));
      flush();

      expect(logs).toEqual([['8 1', '8 |'], ['5 # WebSocketError']]);
    });
  });

  it('are answered by their own connection alone', () => {
    inVirtualTime(({ cold, flush }) => {
      const values = { a: { id: 1, n: 1 }, b: { id: 2, n: 2 }, x: { id: 1, n: 9 } };
      const scripts = [['o---a'], ['o-xb']];
      const { pool } = poolOf((index) => feedOf(scriptedServer(cold, scripts[index]!, values).transport), { max: 2 });
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(9)));
      const request = requestResponse(pool, { idOf: ({ id }) => id });

      const logs = [1, 2].map((id) => record(request(id, 'ask'), ({ n }) => String(n)));
      flush();

      expect(logs).toEqual([['4 1', '4 |'], ['3 2', '3 |']]); // prettier-ignore
    });
  });

  it('that wait for their turn to connect error where the pool is closed', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['-----o']);
      const { pool } = poolOf(() => feedOf(transport), { max: 2 });
      const errors: unknown[] = [];
      [...'ab'].forEach((key) => record(pool.use(key), undefined as never, timer(1)));

      const request = requestResponse(pool, { idOf: ({ id }) => id });
      for (const id of [1, 2]) request(id, 'ask').subscribe({ error: (error: unknown) => errors.push(error) });
      at(2, () => void pool.close(4000, 'bye'));
      flush();

      expect(errors).toMatchObject([
        { name: 'ConnectionClosedError', code: 1000, reason: '', wasClean: true },
        { name: 'MessageDroppedError' },
      ]);
    });
  });

  it('keep their connection for as long as they take', () => {
    inVirtualTime(({ at, flush }) => {
      const server = new VirtualServer((said, peer) => asyncScheduler.schedule(() => peer.send(said), 10));
      const { pool, nameOf } = poolOf(() => feedOf(server.transport));
      record(pool.use('a'), nameOf, timer(6));
      const request = requestResponse(pool, { idOf: ({ id }) => id });
      const logs: string[][] = [];

      at(5, () => logs.push(record(request(1, { id: 1 }), ({ id }) => String(id))));
      at(14, () => expect(server.open).toHaveLength(1));
      at(16, () => expect(server.open).toEqual([]));
      flush();

      expect(logs).toEqual([['15 1', '15 |']]);
    });
  });
});
