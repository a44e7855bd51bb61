import { asapScheduler, asyncScheduler, queueScheduler, switchMap } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectionPool, multiplex, observeWebSocket } from '../../src/index.node.js';
import type { MultiplexOptions } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { Tick } from './feeds.js';

const one: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribe: (key) => `+${key}`,
  unsubscribe: (key) => `-${key}`,
};
const many: MultiplexOptions<Tick, unknown, string> = {
  keyOf: ({ key }) => key,
  subscribeMany: (keys) => `+${keys.join('')}`,
  unsubscribeMany: (keys) => `-${keys.join('')}`,
};

/* That of `queueScheduler` runs at once what it is given. */
describe.each<[string, SchedulerLike]>([
  ['queueScheduler', queueScheduler],
  ['asapScheduler', asapScheduler],
  ['asyncScheduler', asyncScheduler],
])('On the %s', (_, scheduler) => {
  const turn = () => new Promise<void>((resolve) => scheduler.schedule(() => resolve()));
  /** Until what was put off is done, and what that has put off. */
  const turns = () => turn().then(turn);

  it.each([
    ['one by one', one],
    ['together', many],
  ])('topics that are asked for %s come and go, and the connection with the last of them', async (_how, options) => {
    const transport = playedSockets();
    const feed = observeWebSocket<Tick, unknown>({ url: 'ws://test', transport, scheduler });
    const topics = multiplex(feed, options);
    const first = topics('a').subscribe();
    transport.socket.open();
    await turns();

    for (const key of ['b', 'c', 'd']) {
      const reader = topics(key).subscribe();
      await turns();
      reader.unsubscribe();
      await turns();
    }
    first.unsubscribe();
    await turns();

    const sent = ['+a', '+b', '-b', '+c', '-c', '+d', '-d', '-a'];
    expect(transport.socket.calls).toEqual([...sent.map((text) => `send "${text}"`), expect.stringMatching(/^close/)]);
    expect(feed.state.value.status).toBe('idle');
  });

  it('a pool ends a connection that nobody leases, each time', async () => {
    const transport = playedSockets();
    const pool = connectionPool<Tick, unknown>({
      create: () => observeWebSocket<Tick, unknown>({ url: 'ws://test', transport, scheduler }),
      ...{ max: 1, keysPerConnection: 2 },
    });

    for (const key of ['a', 'b', 'c']) {
      const lease = pool
        .use(key)
        .pipe(switchMap((feed) => feed.lifecycle))
        .subscribe();
      transport.socket.open();
      await turns();
      expect(transport.socket.isAlive).toBe(true);
      lease.unsubscribe();
      await turns();
      expect(transport.socket.isAlive).toBe(false);
    }
  });
});
