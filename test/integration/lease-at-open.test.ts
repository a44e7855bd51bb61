import { delay, filter, of, take, timeout } from 'rxjs';
import { expect, it } from 'vitest';
import { mergeMapBounded, observeWebSocket, onOpen, retryWithBackoff } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

/** How many messages a server sends in one go, before it goes away. */
const BURST = 1500;

it('A set-up gets its answer however far behind a reader is, and the connection is paused once it is open', async () => {
  const server = await TestServer.start();
  server.greet((peer) =>
    peer.onMessage(() => {
      peer.sendJson('welcome');
      if (server.peers.length > 1) return;
      peer.sendJson(...Array.from({ length: BURST }, (_, n) => n));
      peer.closeWith(1001);
    }),
  );
  const feed = observeWebSocket<unknown, string>(
    server.url,
    onOpen<unknown, string>((link) => {
      link.send('log in');
      return link.messages.pipe(
        filter((message) => message === 'welcome'),
        take(1),
        timeout(10_000),
      );
    }),
    retryWithBackoff({ delays: [0] }),
  );
  const seen = watch(feed);
  const slowly = (message: unknown) => of(message).pipe(delay(2));
  const saved: unknown[] = [];
  const reading = feed.messages
    .pipe(mergeMapBounded(slowly, { highWaterMark: 10, pausing: feed }))
    .subscribe((message) => saved.push(message));

  const { link } = await seen.next('open', 2);
  const wasPaused = link.paused;
  const savedBefore = saved.length;
  reading.unsubscribe();
  await feed.close();

  expect(seen.events.map(({ type }) => type)).toEqual([
    ...['connecting', 'open', 'close', 'reconnecting'],
    ...['connecting', 'open', 'close'],
  ]);
  expect(savedBefore).toBeLessThan(BURST);
  expect(wasPaused).toBe(true);
});
