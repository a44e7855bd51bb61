import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { heartbeat, HeartbeatTimeoutError, observeWebSocket, text } from '../../src/index.node.js';
import type { HeartbeatOptions } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { ServerProcess } from '../helpers/server-process.js';
import { TestServer } from '../helpers/server.js';
import { closedByUs, connecting, givenUp, open, watch } from '../helpers/watch.js';

leavesNothingBehind();

/** What a busy machine may add to any time. */
const SLACK = 700;
const MIB = 1024 * 1024;

/** A feed under a heartbeat, from a server that does what the path says. */
async function feedFrom(path: string, options: HeartbeatOptions) {
  const server = await ServerProcess.start({ program: 'slow-server' });
  const feed = observeWebSocket<string>({ url: `${server.url}${path}`, codec: text() }, heartbeat(options));
  const seen = watch(feed);
  const { link } = await seen.next('open');
  return { server, feed, seen, link };
}

type Feed = Awaited<ReturnType<typeof feedFrom>>;

/** Stops the server, and waits until that is noticed. @returns after how many milliseconds it was */
async function timeToNotice({ server, seen }: Feed): Promise<number> {
  server.freeze();
  const stopped = performance.now();
  await seen.next('close');
  return performance.now() - stopped;
}

/** What is seen of a connection that was given up because of its heartbeat. */
async function expectGivenUp({ seen }: Feed): Promise<void> {
  expect(await seen.end).toBeInstanceOf(HeartbeatTimeoutError);
  expect(seen.events.filter(({ type }) => type !== 'heartbeat')).toEqual([
    connecting(),
    { ...open(), url: expect.anything() as string },
    givenUp,
  ]);
}

describe('a quiet server that pings', () => {
  const options: HeartbeatOptions = { ping: 'none', interval: 500, timeout: 100 };

  it('is alive to a watchdog that sends nothing itself', async () => {
    const { feed, seen, link } = await feedFrom('/pings', options);

    await vi.waitFor(() => expect(link.received).toBeGreaterThan(20), 6000);
    await feed.close();

    expect(seen.events.at(-1)).toEqual(closedByUs());
    expect(seen.messages).toEqual([]);
  });

  it('is noticed when it stops', async () => {
    const feed = await feedFrom('/pings', options);
    await vi.waitFor(() => expect(feed.link.received).toBeGreaterThan(8), 4000);

    const elapsed = await timeToNotice(feed);

    expect(elapsed).toBeGreaterThan(600 - 200);
    expect(elapsed).toBeLessThan(2 * 600 + SLACK);
    await expectGivenUp(feed);
  });
});

describe('a server that sends one message of 4 MiB over 3 s, and answers no ping meanwhile', () => {
  const options: HeartbeatOptions = { interval: 200, timeout: 1500, random: () => 0 };

  it('is alive for as long as bytes of it arrive', async () => {
    const { feed, seen, link } = await feedFrom('/writes', options);

    await vi.waitFor(() => expect(seen.messages).toHaveLength(1), 7000);
    await feed.close();

    expect(seen.messages[0]).toHaveLength(4 * MIB);
    expect(link.received).toBe(1);
    expect(seen.events.at(-1)).toEqual(closedByUs());
  });

  it('is noticed when it stops in the middle', async () => {
    const feed = await feedFrom('/writes', options);
    await vi.waitFor(() => expect(feed.link.receivedBytes).toBeGreaterThan(MIB), 6000);

    const elapsed = await timeToNotice(feed);

    expect(elapsed).toBeGreaterThan(1500 - 200);
    expect(elapsed).toBeLessThan(2 * 1500 + 200 + SLACK);
    await expectGivenUp(feed);
  });
});

describe('a server that reads slowly what was sent before a ping', () => {
  const options: HeartbeatOptions = { interval: 300, timeout: 1500, random: () => 1 };

  /** Sends 12 MB in one turn, of which the kernel takes 4 at once; the first ping comes behind them. */
  async function sending() {
    const feed = await feedFrom('/reads', options);
    for (let n = 0; n < 12; n++) feed.feed.messages.next(' '.repeat(1_000_000));
    return feed;
  }

  it('is alive for as long as some of that leaves', async () => {
    const { feed, seen } = await sending();

    const { latency } = await seen.next('heartbeat');
    expect(feed.stats.bufferedAmount).toBe(0);
    await feed.close();

    expect(latency).toBeGreaterThan(1500);
    expect(seen.events.at(-1)).toEqual(closedByUs());
  });

  it('is noticed when it stops in the middle', async () => {
    const feed = await sending();
    await vi.waitFor(() => expect(feed.link.flushedBytes).toBeGreaterThan(6_000_000), 6000);

    const elapsed = await timeToNotice(feed);

    expect(feed.seen.events.filter(({ type }) => type === 'heartbeat')).toEqual([]);
    expect(elapsed).toBeGreaterThan(1500 - 700);
    expect(elapsed).toBeLessThan((1500 * 9) / 8 + SLACK);
    await expectGivenUp(feed);
  });
});

describe('a heartbeat of its own words', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('sends bytes of another realm', async () => {
    const server = await TestServer.start();
    const ping = runInNewContext('() => new Uint8Array([1, 2, 3])') as () => Uint8Array;
    const feed = observeWebSocket(server.url, heartbeat({ ping, random: () => 0 }));
    server.greet((peer) => peer.onMessage(() => peer.send('{}')));
    const seen = watch(feed);

    await seen.next('heartbeat');
    await feed.close();

    expect((await server.peer()).received).toEqual([Buffer.from([1, 2, 3])]);
  });

  it.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('measures the same while somebody sets the clock %s', async (_where, hour) => {
    let step = 0;
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + step);
    const server = await TestServer.start();
    server.greet((peer) =>
      peer.onMessage(() => {
        step += hour;
        peer.send('{}');
      }),
    );
    const feed = observeWebSocket(server.url, heartbeat({ ping: () => 'ping', interval: 20, random: () => 0 }));
    const seen = watch(feed);

    await seen.next('heartbeat', 3);
    await feed.close();

    const latencies = seen.events.flatMap((event) => (event.type === 'heartbeat' ? [event.latency] : []));
    expect(Math.min(...latencies)).toBeGreaterThan(0);
    expect(Math.max(...latencies)).toBeLessThan(SLACK);
  });
});
