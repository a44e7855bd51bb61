import { expect, it } from 'vitest';
import { createConnection } from '../../src/connection/connection.js';
import { atMost } from '../../src/connection/pace.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';

it('counts what waits on the link of the old connection during a handover, until it is given up and reported', () => {
  const scheduler = new CountingScheduler();
  const server = playedSockets();
  const config = { url: 'ws://test', pace: atMost(1, 1000), transport: server, scheduler };
  const feed = createConnection(config, [], server);
  const dropped: number[] = [];
  feed.lifecycle.subscribe((event) => event.type === 'dropped' && dropped.push(event.count));
  server.socket.open();
  for (const value of [1, 2, 3]) feed.link!.send(value);
  expect(feed.stats).toMatchObject({ sent: 1, queued: 2 });

  feed.reconnect({ overlap: 500 });
  server.socket.open();

  expect(server.sockets).toHaveLength(2);
  expect(feed.stats).toMatchObject({ sent: 1, queued: 2, dropped: 0 });

  scheduler.advance(600);

  expect(feed.stats).toMatchObject({ sent: 1, queued: 0, dropped: 2 });
  expect(dropped).toEqual([2]);
});
