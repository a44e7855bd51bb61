import { defer, first, interval, map, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { completeOnClose, mergeMapBounded, observeWebSocket, text } from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

const MiB = 1024 * 1024;
const COUNT = 64 * 1024;
const message = (n: number) => String(n).padEnd(1024);

/** A slow server: it reads 64 MiB of numbers in order, and pauses for a millisecond again and again. */
function readSlowly(peer: Peer): Promise<void> {
  return new Promise((resolve, reject) => {
    let expected = 0;
    peer.forget();
    peer.onMessage((data) => {
      if (data !== message(expected)) reject(new Error(`Not ${expected}: ${data.trimEnd()}`));
      if (++expected === COUNT) resolve();
      if (expected % 1000 === 0) peer.rest(1);
    });
  });
}

/** The peaks of the outbox and of the socket's buffer, measured at each send. */
function watchSends<Out>(feed: WebSocketConnection<unknown, Out>) {
  const most = { queued: 0, bufferedAmount: 0 };
  const send = (value: Out) => {
    feed.messages.next(value);
    most.queued = Math.max(most.queued, feed.stats.queued);
    most.bufferedAmount = Math.max(most.bufferedAmount, feed.stats.bufferedAmount);
  };
  return { most, send };
}

describe('Sending faster than the peer reads', () => {
  it('is slowed down by `drained`: buffers stay small, and nothing is lost', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<string>({ url: server.url, codec: text() });
    const seen = watch(feed);
    const { most, send } = watchSends(feed);
    const all = server.peer().then(readSlowly);

    for (let n = 0; n < COUNT; n++) {
      await feed.drained(MiB);
      send(message(n));
    }
    await all;
    await feed.close();

    expect(most.queued).toBe(0);
    expect(most.bufferedAmount).toBeGreaterThan(MiB / 2);
    expect(most.bufferedAmount).toBeLessThan(MiB + 2000);
    expect(feed.stats).toMatchObject({ sent: COUNT, dropped: 0 });
    expect(await seen.end).toBeUndefined();
  });

  it('from one connection into another stops the server behind the first', async () => {
    const fastServer = await TestServer.start();
    const slowServer = await TestServer.start();
    const fast = observeWebSocket({ url: fastServer.url, codec: text() }, completeOnClose());
    const slow = observeWebSocket({ url: slowServer.url, codec: text() });
    watch(slow);
    const { most, send } = watchSends(slow);
    const isReady = () => slow.state.value.status === 'open' && slow.stats.bufferedAmount < MiB;
    const ready = defer(() => (isReady() ? of(0) : interval(5).pipe(first(isReady))));
    const all = slowServer.peer().then(readSlowly);
    let heldUp = 0;
    fastServer.greet((peer) => {
      for (let n = 0; n < COUNT; n++) peer.send(message(n));
      peer.closeWith(1000);
    });

    await new Promise<void>((complete, error) => {
      fast.messages.pipe(mergeMapBounded((line) => ready.pipe(map(() => line)), { pausing: fast })).subscribe({
        next: (line) => {
          send(line);
          if (slow.stats.sent === COUNT / 4) heldUp = fastServer.peers[0]!.bufferedAmount;
        },
        error,
        complete,
      });
    });
    await all;
    await slow.close();

    expect(heldUp).toBeGreaterThan(16 * MiB);
    expect(most.queued).toBe(0);
    expect(most.bufferedAmount).toBeLessThan(MiB + 2000);
    expect(slow.stats).toMatchObject({ sent: COUNT, dropped: 0 });
  });
});
