import { delay, filter, firstValueFrom, interval, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeMapBounded, observeWebSocket } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { frame, TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

/** How long a pong may take, as the server sees it. */
const PATIENCE = 1000;

/** A server that pings, sends in one burst, and closes a connection that owes it a pong for too long. */
async function impatientServer(burst = 0) {
  const server = await TestServer.start();
  server.greet((peer) => {
    peer.sendJson(...Array.from({ length: burst }, (_, n) => n));
    const pinging = interval(50).subscribe(() => peer.write(frame(0x89)));
    const judging = pongs(peer, () => peer.closeWith(1011, 'keepalive ping timeout'));
    void peer.closed.then(() => {
      pinging.unsubscribe();
      judging.unsubscribe();
    });
  });
  return server;
}

/** Waits for pong after pong. @param giveUp is called where none comes in time */
function pongs(peer: Peer, giveUp: () => void) {
  let last = performance.now();
  const listen = async (): Promise<void> => {
    await peer.pong();
    last = performance.now();
    await listen();
  };
  void listen();
  return interval(20)
    .pipe(filter(() => performance.now() - last > PATIENCE))
    .subscribe(giveUp);
}

describe('A server that closes a connection which answers no ping for a second', () => {
  it.each([
    ['closes one that is paused for longer', 1600, 1011],
    ['keeps one that is paused for less, again and again', 300, 1000],
  ])('%s', async (_, pause, code) => {
    const server = await impatientServer();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    for (let n = 0; n < 6 && feed.link; n++) {
      const release = feed.pause();
      await firstValueFrom(interval(pause));
      release();
      await firstValueFrom(interval(50));
    }
    await feed.close();

    expect(await seen.next('close')).toMatchObject({ code });
  });

  it.each([
    ['closes one whose pause lasts longer, from the high mark to a low one', 50, 1011],
    ['keeps one whose marks are so close that it lasts less', 195, 1000],
  ])('%s', async (_, lowWaterMark, code) => {
    const server = await impatientServer(220);
    const feed = observeWebSocket<number>(server.url);
    const seen = watch(feed);
    const save = (n: number) => of(n).pipe(delay(10));
    const saved = feed.messages.pipe(
      mergeMapBounded(save, { highWaterMark: 200, lowWaterMark, pausing: feed, delayError: true }),
    );

    await firstValueFrom(saved.pipe(filter((n) => n === 219)));
    await feed.close();

    expect(await seen.next('close')).toMatchObject({ code });
  });
});
