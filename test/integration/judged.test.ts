import { asyncScheduler } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  FatalCloseError,
  isFatalCloseError,
  observeWebSocket,
  onOpen,
  retryWithBackoff,
  SetupError,
  stopOnFatalClose,
  WebSocketError,
} from '../../src/index.node.js';
import type { RetryWithBackoffOptions, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { frame, TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

/** A clock that can be advanced, over real timers: a connection can have been healthy without a test of half a minute. */
function advanceable(): SchedulerLike & { advance(ms: number): void } {
  let ahead = 1_000_000;
  return {
    now: () => asyncScheduler.now() + ahead,
    schedule: asyncScheduler.schedule.bind(asyncScheduler),
    advance: (ms) => (ahead += ms),
  };
}

/** Retries quickly, and judges as by default. */
const supervised = (options: RetryWithBackoffOptions = {}): Supervision[] => [
  stopOnFatalClose(),
  retryWithBackoff({ delays: Array.from({ length: 200 }, () => 20), ...options }),
];

/** Opens it, and lets it be healthy. */
async function healthy(feed: WebSocketConnection, clock: ReturnType<typeof advanceable>) {
  const seen = watch(feed);
  await seen.next('open');
  clock.advance(31_000);
  return seen;
}

describe('an exchange that ends connections which send too many messages with 1008', () => {
  /** Takes two messages from each connection. */
  async function exchange() {
    const server = await TestServer.start();
    server.greet((peer) => peer.onMessage(() => peer.received.length > 2 && peer.closeWith(1008, 'Too many requests')));
    return server;
  }

  it('is retried by a connection that was healthy', async () => {
    const server = await exchange();
    const scheduler = advanceable();
    const feed = observeWebSocket({ url: server.url, scheduler }, ...supervised());
    const seen = await healthy(feed, scheduler);

    for (const n of [1, 2, 3]) feed.messages.next(n);
    await seen.next('open', 2);
    await feed.close();

    expect(await seen.next('close')).toMatchObject({ code: 1008, reason: 'Too many requests', sinceHealthy: 0 });
    expect(await seen.end).toBeUndefined();
  });

  it('is fatal to one that never was', async () => {
    const server = await exchange();
    const feed = observeWebSocket(server.url, ...supervised());
    const seen = watch(feed);
    await seen.next('open');

    for (const n of [1, 2, 3]) feed.messages.next(n);

    expect(await seen.end).toMatchObject({ name: 'FatalCloseError', cause: { code: 1008 } });
    expect(server.requests).toHaveLength(1);
  });

  it('is told from a lack of rights by a predicate, which is given the reason', async () => {
    const server = await exchange();
    const codes = (code: number, error: Error) => code === 1008 && !error.message.includes('Too many requests');
    const feed = observeWebSocket(server.url, stopOnFatalClose({ codes }), retryWithBackoff({ delays: [20] }));
    const seen = watch(feed);
    await seen.next('open');

    for (const n of [1, 2, 3]) feed.messages.next(n);
    await seen.next('open', 2);
    (await server.peer(2)).closeWith(1008, 'Not allowed');

    expect(await seen.end).toMatchObject({ name: 'FatalCloseError', cause: { reason: 'Not allowed' } });
  });
});

describe('a server behind which a service is deployed', () => {
  it('answers 404 meanwhile, which a connection that was healthy waits out', async () => {
    const server = await TestServer.start();
    const scheduler = advanceable();
    const feed = observeWebSocket({ url: server.url, scheduler }, ...supervised());
    const seen = await healthy(feed, scheduler);

    server.refuse(404);
    (await server.peer()).drop();
    await seen.next('reconnecting', 5);
    server.accept();
    await seen.next('open', 2);
    await feed.close();

    expect(server.requests.length).toBeGreaterThanOrEqual(6);
    expect(await seen.end).toBeUndefined();
  });

  it('is not waited for longer than `grace` allows', async () => {
    const server = await TestServer.start();
    const scheduler = advanceable();
    const feed = observeWebSocket({ url: server.url, scheduler }, ...supervised());
    const seen = await healthy(feed, scheduler);

    server.refuse(404);
    (await server.peer()).drop();
    await seen.next('reconnecting', 3);
    scheduler.advance(300_000);

    expect(await seen.end).toMatchObject({ name: 'FatalCloseError', cause: { status: 404 } });
  });

  it('answers 401 to a revoked key, which is fatal at the first attempt after a healthy connection', async () => {
    const server = await TestServer.start();
    const scheduler = advanceable();
    const feed = observeWebSocket({ url: server.url, scheduler }, ...supervised());
    const seen = await healthy(feed, scheduler);

    server.refuse(401);
    (await server.peer()).drop();

    expect(isFatalCloseError(await seen.end)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });
});

describe('a server that bans with 418 and an hour', () => {
  it('is never fatal, and is left alone for the hour', async () => {
    const server = await TestServer.start();
    server.refuse(418, { 'retry-after': '3600' });
    const feed = observeWebSocket(server.url, stopOnFatalClose(), retryWithBackoff({ jitter: 'none' }));
    const seen = watch(feed);

    const { delay, error } = await seen.next('reconnecting');
    await feed.close();

    expect(delay).toBe(3_600_000);
    expect(error).toMatchObject({ name: 'HandshakeError', status: 418, retryAfter: 3_600_000 });
    expect(server.requests).toHaveLength(1);
  });

  it('is waited for no longer than `maxRetryAfter`', async () => {
    const server = await TestServer.start();
    server.refuse(403, { 'retry-after': '86400' });
    const feed = observeWebSocket(
      server.url,
      stopOnFatalClose(),
      retryWithBackoff({ jitter: 'none', maxRetryAfter: 1000 }),
    );
    const seen = watch(feed);

    const { delay } = await seen.next('reconnecting');
    await feed.close();

    expect(delay).toBe(1000);
  });
});

describe('a server that refuses a login and closes in the same read', () => {
  /** Answers the login with a refusal, and closes right behind it. */
  async function refusing() {
    const server = await TestServer.start();
    server.greet((peer) =>
      peer.onMessage(() => {
        peer.sendJson({ refused: true });
        peer.write(frame(0x88)); // without a code: 1005 for the client
      }),
    );
    return server;
  }

  it.each([
    ['a fatal error', () => new WebSocketError('no such account', { fatal: true })],
    ['a status of 401', () => ({ status: 401 })],
  ])('ends for good with the SetupError of an async set-up that throws %s', async (_, thrown) => {
    const server = await refusing();
    const feed = observeWebSocket<{ refused: boolean }>(
      server.url,
      onOpen(async (link) => {
        const reply = new Promise((resolve) => link.messages.subscribe(resolve));
        link.send('log in' as never);
        await reply;
        await Promise.resolve();
        throw thrown();
      }),
      ...supervised(),
    );
    const seen = watch(feed);

    const end = await seen.end;

    const setup = end instanceof FatalCloseError ? end.cause : end;
    expect(setup).toBeInstanceOf(SetupError);
    expect(server.requests).toHaveLength(1);
  });
});
