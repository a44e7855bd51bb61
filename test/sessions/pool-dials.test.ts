import { asyncScheduler, delay, NEVER, of, switchMap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, connectionPool } from '../../src/index.node.js';
import type { ConnectionPoolOptions, Supervision } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { feedOf, retriedFeed } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

function poolOf(create: (index: number) => Feed, dials: ConnectionPoolOptions<Tick, unknown>['dials']) {
  const feeds: Feed[] = [];
  const pool = connectionPool<Tick, unknown>({
    ...{ create: (index: number) => (feeds[index] = create(index)), dials },
    ...{ max: 9, keysPerConnection: 1 },
  });
  const use = (keys: string, until = 200) =>
    [...keys].map((key) => {
      const lease = pool.use(key).subscribe({ error: () => undefined });
      lease.add(timer(until).subscribe(() => lease.unsubscribe()));
      return lease;
    });
  return { pool, feeds, use };
}

/** When the server was dialled. */
function dialsAt(server: ScriptedServer, now: () => number = () => asyncScheduler.now()): number[] {
  const times: number[] = [];
  server.log.subscribe(({ type }) => type === 'connect' && times.push(now()));
  return times;
}

/** An address that takes its time, a number of milliseconds for each question. */
function slowUrl(...waits: number[]) {
  return { url: () => of('ws://test').pipe(delay(waits.shift() ?? 0)) };
}

describe('a dial counts', () => {
  it('when its socket is made, however long its address took', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const times = dialsAt(server);
      const { use } = poolOf(() => feedOf(server.transport, slowUrl(5)), atMost(1, 10));

      use('abc');
      flush();

      expect(times).toEqual([5, 21, 37]); // 11 ms after the one before, an attempt begins, which takes 5
    });
  });

  it('in the window that it is made in, of several connections that retry', () => {
    inVirtualTime(({ cold, flush }) => {
      const waits = [
        [0, 9],
        [0, 4],
        [0, 0],
        [0, 0],
      ];
      const server = scriptedServer(cold, ['o 39ms #', 'o 39ms #', 'o 39ms #', 'o 39ms #', 'o']);
      const times = dialsAt(server);
      const { use } = poolOf((index) => retriedFeed(server.transport, slowUrl(...waits[index]!)), atMost(2, 10));

      use('abcd');
      flush();

      // The first two have broken at 40, and begin at 42.
      expect(times).toEqual([0, 0, 11, 11, 46, 51, 57, 62]);
    });
  });

  it('when the one beside an open connection is made, not when that takes its place', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', '8ms o', 'o']);
      const times = dialsAt(server);
      const { pool, use } = poolOf(() => feedOf(server.transport), atMost(1, 10));

      use('a');
      at(20, () => pool.reconnect({ overlap: 30 }));
      at(21, () => use('b'));
      flush();

      expect(times).toEqual([0, 20, 31]);
    });
  });

  it('when it is made by a timer that is late', () => {
    const scheduler = new CountingScheduler();
    const server = scriptedServer(() => NEVER, ['-']);
    const times = dialsAt(server, scheduler.now);
    const { pool, use } = poolOf(() => retriedFeed(server.transport, { scheduler, connectTimeout: 1 }), atMost(1, 10));

    use('abc');
    scheduler.advance(5);
    scheduler.oversleep(20);
    scheduler.advance(6);
    scheduler.advance(10);
    const soFar = [...times];
    scheduler.advance(1);
    void pool.close();

    expect(soFar).toEqual([0, 31]);
    expect(times).toEqual([0, 31, 42]);
  });
});

describe('a dial that is not made', () => {
  it('does not count where its address fails', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const times = dialsAt(server);
      const failing = () => timer(5).pipe(switchMap(() => throwError(() => new Error('no token'))));
      const { use } = poolOf((index) => feedOf(server.transport, index === 0 ? { url: failing } : {}), atMost(1, 50));

      use('ab');
      flush();

      expect(times).toEqual([5]);
    });
  });

  it('does not count where it is given up before that', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const times = dialsAt(server);
      const { use } = poolOf((index) => feedOf(server.transport, index === 0 ? slowUrl(99) : {}), atMost(1, 50));

      use('a', 5);
      use('b');
      flush();

      expect(times).toEqual([5]);
    });
  });

  it('does not count where the open connection that it was made beside has ended', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o 69ms #', 'o']);
      const times = dialsAt(server);
      const { pool, use } = poolOf(() => retriedFeed(server.transport, slowUrl(0, 99, 0)), atMost(1, 50));

      use('a');
      at(55, () => pool.reconnect({ overlap: 1 }));
      flush();

      expect(times).toEqual([0, 72]);
    });
  });

  it('does not count where the supervision begins later', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const times = dialsAt(server);
      const later: Supervision = (source) => timer(3).pipe(switchMap(() => source));
      const { use } = poolOf(() => feedOf(server.transport, {}, later), atMost(1, 10));

      use('ab');
      flush();

      expect(times).toEqual([3, 17]); // its turn comes at 14
    });
  });

  it('does not count where there is nothing to connect anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', '30ms o', 'o']);
      const times = dialsAt(server);
      const { feeds, pool, use } = poolOf(() => feedOf(server.transport), atMost(1, 10));

      use('a');
      at(20, () => feeds[0]!.reconnect({ overlap: 99 }));
      at(32, () => {
        pool.reconnect({ overlap: 99 }); // one is being made
        use('b');
      });
      flush();

      expect(times).toEqual([0, 20, 32]);
    });
  });
});

describe('the wait for a dial', () => {
  it('leaves no timer behind when nobody waits any more', () => {
    const scheduler = new CountingScheduler();
    const server = scriptedServer(() => NEVER, ['-']);
    const { pool } = poolOf(() => feedOf(server.transport, { scheduler, connectTimeout: 5 }), atMost(1, 60_000));
    const leases = [...'ab'].map((key) => pool.use(key).subscribe({ error: () => undefined }));

    scheduler.advance(10);
    const waiting = scheduler.pending;
    for (const lease of leases) lease.unsubscribe();
    scheduler.advance(10);

    expect([waiting, scheduler.pending]).toEqual([1, 0]);
  });
});
