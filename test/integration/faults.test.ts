import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  binary,
  ConnectTimeoutError,
  heartbeat,
  HeartbeatTimeoutError,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import type { ConnectionState, LifecycleEvent } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { eventually } from '../helpers/eventually.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { ServerProcess } from '../helpers/server-process.js';
import { TestServer } from '../helpers/server.js';
import {
  broken,
  closedByUs,
  connecting,
  cutOff,
  failing,
  givenUp,
  oneRetry,
  open,
  reconnecting,
  refusedAt,
  retriedAfter,
  watch,
} from '../helpers/watch.js';

leavesNothingBehind();

/** A retry that waits until the test allows it. */
function retryWhenLet() {
  const gate = new Subject<void>();
  return {
    retry: retryWithBackoff<LifecycleEvent>({ delays: Array<number>(9).fill(0), when: gate }),
    let: async () => {
      await eventually(() => expect(gate.observed).toBe(true));
      gate.next();
    },
  };
}

describe('A server that is killed while it sends', () => {
  it('is reported, refuses while it is down, and is reconnected to', async () => {
    const server = await ServerProcess.start();
    const { port } = server;
    const gate = retryWhenLet();
    const feed = observeWebSocket<number>(server.url, stopOnFatalClose(), gate.retry);
    const seen = watch(feed);
    const states: ConnectionState['status'][] = [];
    const watchingState = feed.state.subscribe(({ status }) => states.push(status));
    await eventually(() => expect(seen.messages.length).toBeGreaterThan(10));

    await server.kill();
    await seen.next('reconnecting');
    await gate.let();
    await seen.next('reconnecting', 2);
    const received = seen.messages.length;
    await ServerProcess.start({ port });
    await gate.let();
    await eventually(() => expect(seen.messages.length).toBeGreaterThan(received + 10));
    await feed.close();
    watchingState.unsubscribe();

    const refused = refusedAt(port);
    expect(seen.events).toEqual([
      connecting(1),
      open(1),
      broken,
      reconnecting(1, 0, cutOff()),
      connecting(2),
      failing(refused),
      broken,
      reconnecting(2, 0, refused),
      connecting(3),
      open(3),
      closedByUs(),
    ]);
    expect(seen.messages).toEqual([...count(received), ...count(seen.messages.length - received)]);
    expect(states).toEqual([
      ...['connecting', 'open', 'closed', 'reconnecting'],
      ...['connecting', 'closed', 'reconnecting'],
      ...['connecting', 'open', 'closing', 'closed'],
    ]);
    expect(feed.stats).toMatchObject({ opens: 2, received: seen.messages.length, rejected: 0 });
  });
});

/** 1, 2, 3, … */
const count = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

describe('A server that is stopped', () => {
  it('is detected by the heartbeat, answers no handshake, and is reconnected to when it continues', async () => {
    const server = await ServerProcess.start();
    const gate = retryWhenLet();
    const feed = observeWebSocket(
      { url: server.url, connectTimeout: 1000 },
      heartbeat({ interval: 20, timeout: 100 }),
      stopOnFatalClose(),
      gate.retry,
    );
    const seen = watch(feed);
    await seen.next('heartbeat');

    server.freeze();
    await seen.next('reconnecting');
    await gate.let();
    await seen.next('reconnecting', 2);
    server.thaw();
    await gate.let();
    await seen.next('open', 2);
    await feed.close();

    const dead = new HeartbeatTimeoutError('The peer gave no sign of life for 100 ms.');
    const late = new ConnectTimeoutError('The connection did not open within 1000 ms.');
    expect(seen.events.filter(({ type }) => type !== 'heartbeat')).toEqual([
      connecting(1),
      open(1),
      givenUp,
      reconnecting(1, 0, dead),
      connecting(2),
      givenUp,
      reconnecting(2, 0, late),
      connecting(3),
      open(3),
      closedByUs(),
    ]);
  });

  it('delays close() by at most closeTimeout', async () => {
    const server = await ServerProcess.start();
    const feed = observeWebSocket({ url: server.url, closeTimeout: 100 });
    const seen = watch(feed);
    await seen.next('open');

    server.freeze();
    await feed.close();

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), givenUp]);
  });
});

describe('A heartbeat', () => {
  it('measures the latency of a live peer', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, heartbeat({ interval: 10, timeout: 5000 }));
    const seen = watch(feed);

    const { latency } = await seen.next('heartbeat', 3);
    const { latency: counted } = feed.stats;
    await feed.close();

    expect(latency).toBeGreaterThanOrEqual(0);
    expect(latency).toBeLessThan(5000);
    expect(counted).toBe(latency);
    expect(seen.events.map(({ type }) => type)).toEqual([
      'connecting',
      'open',
      ...['heartbeat', 'heartbeat', 'heartbeat'],
      'close',
    ]);
  });

  it('ends a connection whose peer does not answer, with its error', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, heartbeat({ interval: 10, timeout: 50 }));
    const seen = watch(feed);

    (await server.peer()).fallSilent();

    expect(await seen.end).toEqual(new HeartbeatTimeoutError('The peer gave no sign of life for 50 ms.'));
    expect(seen.events.filter(({ type }) => type !== 'heartbeat')).toEqual([connecting(), open(), givenUp]);
  });

  it('sends text, and consumes the answers', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(
      server.url,
      heartbeat({ interval: 10, timeout: 5000, ping: () => 'ping?', isReply: (data) => data === 'pong!' }),
    );
    const seen = watch(feed);

    const peer = await server.peer();
    await eventually(() => expect(peer.received).toEqual(['ping?']));
    peer.send('"a message"', 'pong!');
    await seen.next('heartbeat');
    await feed.close();

    expect(seen.messages).toEqual(['a message']);
    expect(seen.events.some(({ type }) => type === 'rejected')).toBe(false);
  });
});

describe('A connection', () => {
  it.each(['drop', 'reset'] as const)('that is ended by a %s is retried', async (fault) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);

    (await server.peer())[fault]();
    await seen.next('open', 2);
    await feed.close();

    expect(seen.events).toEqual(retriedAfter([open(1), broken], cutOff()));
  });
});

describe('A peer that half-closes and does not read', () => {
  it('is terminated after closeTimeout, although data for it is still buffered', async () => {
    const MIB = 1024 * 1024; // 64 of them are far more than the buffers of the sockets hold
    const server = await TestServer.start();
    const clock = new CountingScheduler();
    const feed = observeWebSocket({ url: server.url, codec: binary(), closeTimeout: 50, scheduler: clock });
    const seen = watch(feed);
    await seen.next('open');

    const peer = await server.peer();
    peer.stopReading();
    peer.halfClose();
    for (let sent = 0; sent < 64; sent++) feed.messages.next(new Uint8Array(MIB));
    await eventually(() => expect(clock.pending).toBe(1));
    clock.advance(49);
    const { bufferedAmount } = feed.stats;
    const { pending } = clock;
    clock.advance(1);

    expect(await seen.end).toEqual(cutOff());
    expect(seen.events).toEqual([connecting(), open(), broken]);
    expect(bufferedAmount).toBeGreaterThan(MIB);
    expect([pending, clock.pending]).toEqual([1, 0]);
    peer.readOn();
    expect(await peer.closed).toMatchObject({ code: 1006 });
  });
});

describe('A message that cannot be decoded', () => {
  it('is rejected, and the connection goes on', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);

    const peer = await server.peer();
    peer.send('1', '{', Buffer.from([0xff, 0xfe]), '2');
    await eventually(() => expect(seen.messages).toEqual([1, 2]));
    await feed.close();

    expect(seen.events).toEqual([
      connecting(),
      open(),
      { type: 'rejected', data: '{', error: expect.objectContaining({ name: 'DecodeError', data: '{' }) as unknown },
      {
        type: 'rejected',
        data: new Uint8Array([0xff, 0xfe]),
        error: expect.objectContaining({ name: 'DecodeError', fatal: false }) as unknown,
      },
      closedByUs(),
    ]);
    expect(feed.stats).toMatchObject({ received: 4, rejected: 2 });
  });
});
