import { beforeAll, describe, expect, it } from 'vitest';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { buildPrograms, run } from '../helpers/program.js';
import { TestServer } from '../helpers/server.js';

leavesNothingBehind();

beforeAll(() => buildPrograms('thousand-connections', 'last-unsubscribe'), 60_000);

interface Census {
  readonly objects: Record<string, number>;
  readonly listeners: number;
  readonly timers: number;
  readonly heap: number;
}

interface Account {
  readonly counts: Record<string, number>;
  readonly censuses: [Census, Census];
  readonly stats: { readonly opens: number; readonly received: number };
}

describe('A thousand connections in a row on one supervised feed', () => {
  it.each(['drop', 'reset'] as const)(
    'each ended by a %s, emit one close each and leave nothing behind',
    async (fault) => {
      const server = await TestServer.start();
      server.greet((peer) => {
        peer.sendJson('hello');
        peer[fault]();
      });

      const account = JSON.parse(await run('thousand-connections', [server.url, '500', '1000'], 80_000)) as Account;

      const [early, late] = account.censuses;
      const growth = Object.entries(late.objects).map(([kind, count]) => [kind, count - early.objects[kind]!] as const);
      expect(account.counts).toMatchObject({ connecting: 1000, close: 1000, reconnecting: 1000 });
      expect(account.stats.opens).toBe(account.counts.open);
      expect(server.peers).toHaveLength(1000);
      // Node makes a few objects of its own. A leak per connection would be five hundred objects.
      expect(growth.filter(([, more]) => more > 50)).toEqual([]);
      expect(late.listeners).toBe(early.listeners);
      expect(late.timers).toBe(early.timers);
      expect(late.heap - early.heap).toBeLessThan(500 * 500);
    },
    90_000,
  );
});

describe('A process', () => {
  /** Each of these would keep a process alive for longer than this: the heartbeat, the connect timeout, a retry's wait. */
  const WELL_BEFORE = 9_000;

  const greeted = (server: TestServer) => server.greet((peer) => peer.sendJson('hello'));
  const points: [string, string, (server: TestServer) => void][] = [
    ['at a message', 'message', greeted],
    ['at open', 'open', greeted],
    ['while connecting', 'connecting', (server) => server.ignore()],
    ['while a retry waits', 'reconnecting', (server) => server.refuse(503)],
    [
      'although the peer no longer answers',
      'message',
      (server) =>
        server.greet((peer) => {
          peer.sendJson('hello');
          peer.fallSilent();
        }),
    ],
  ];

  it.each(points)('exits by itself after the last unsubscribe: %s', async (_, leaveAt, behave) => {
    const server = await TestServer.start();
    behave(server);

    await expect(run('last-unsubscribe', [server.url, leaveAt], WELL_BEFORE)).resolves.toBe('');

    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  it('exits when linger ends', async () => {
    const server = await TestServer.start();
    greeted(server);

    await run('last-unsubscribe', [server.url, 'message', '200'], WELL_BEFORE);

    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
  });

  it('exits by itself after a fatal close, without linger', async () => {
    const server = await TestServer.start();
    server.greet((peer) => peer.closeWith(4403));

    await expect(run('last-unsubscribe', [server.url, 'never', '60000'], WELL_BEFORE)).resolves.toBe('');
  });
});
