import { NEVER, throwError } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import type { WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { closeFrame, TestServer } from '../helpers/server.js';
import {
  broken,
  closedByPeer,
  closedByUs,
  connecting,
  failing,
  givenUp,
  oneRetry,
  open,
  reconnecting,
  retriedAfter,
  watch,
} from '../helpers/watch.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

/** Longer than a test may take. */
const TOO_LONG = 60_000;

const uncaught: unknown[] = [];
const note = (error: unknown) => uncaught.push(error);
beforeAll(() => void process.on('uncaughtExceptionMonitor', note));
afterAll(() => {
  process.off('uncaughtExceptionMonitor', note);
  expect(uncaught).toEqual([]);
});

describe('close()', () => {
  it('sends what waits, performs the closing handshake, and resolves when the socket is closed', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown, number>({ url: server.url, closeTimeout: TOO_LONG });
    const seen = watch(feed);
    const numbers = Array.from({ length: 1000 }, (_, index) => index);
    await seen.next('open');

    for (const number of numbers) feed.messages.next(number);
    const closing = feed.close();
    const state = feed.state.value;
    await closing;

    const peer = await server.peer();
    expect(await peer.closed).toEqual({ code: 1000, reason: '' });
    expect(peer.received.map(Number)).toEqual(numbers);
    expect(state).toEqual({ status: 'closing' });
    expect(feed.state.value).toEqual({ status: 'closed', code: 1000, reason: '' });
    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it('delivers messages of the server until its Close frame', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<number>(server.url);
    const seen = watch(feed);
    const peer = await server.peer();
    await seen.next('open');

    peer.sendJson(1, 2, 3);
    await feed.close();

    expect(seen.messages).toEqual([1, 2, 3]);
  });

  it('keeps messages that are sent after it for the next run', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    const closing = feed.close();
    feed.messages.next('next time');
    await closing;
    const { queued } = feed.stats;
    watch(feed);
    const next = await server.peer(2);
    await eventually(() => expect(next.received).toEqual(['"next time"']));
    await feed.close();

    expect(queued).toBe(1);
    expect((await server.peer(1)).received).toEqual([]);
    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it('terminates a peer that does not answer after closeTimeout', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, closeTimeout: 50 });
    const seen = watch(feed);
    await seen.next('open');

    (await server.peer()).fallSilent();
    await feed.close();

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), givenUp]);
  });

  it('with a closeTimeout of Infinity waits for the answer', async () => {
    const server = await TestServer.start();
    const [patient, impatient] = [Infinity, 50].map((closeTimeout) =>
      observeWebSocket({ url: server.url, closeTimeout }),
    ) as [WebSocketConnection, WebSocketConnection];
    const seen = watch(patient);
    const peer = await server.peer(1);
    await seen.next('open');
    await watch(impatient).next('open');

    for (const silent of server.peers) silent.fallSilent();
    const closing = patient.close();
    await impatient.close(); // an earlier, shorter timer would have ended it
    const types = seen.events.map(({ type }) => type);
    peer.write(closeFrame(1000));
    await closing;

    expect(types).toEqual(['connecting', 'open']);
    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it('decides the end if the peer drops the connection instead of answering', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, closeTimeout: TOO_LONG }, ...oneRetry());
    const seen = watch(feed);
    await seen.next('open');
    const peer = await server.peer();

    peer.fallSilent();
    const closing = feed.close();
    peer.drop();
    await closing;

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), givenUp]);
    expect(server.peers).toHaveLength(1);
  });

  it('does not wait for a peer that is paused', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, closeTimeout: TOO_LONG });
    const seen = watch(feed);
    await seen.next('open');
    const release = feed.pause();

    const peer = await server.peer();
    peer.sendJson('unread');
    await feed.close();
    release();

    expect(await peer.closed).toEqual({ code: 1000, reason: '' });
    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  const phases: { phase: string; config?: Partial<WebSocketConfig>; silence?: (server: TestServer) => void }[] = [
    { phase: 'the TCP connection is made' },
    { phase: 'the handshake is unanswered', silence: (server) => server.ignore() },
    { phase: 'TLS has not begun', silence: (server) => server.stayDeaf() },
    { phase: 'the url is requested', config: { url: () => NEVER } },
    { phase: 'the headers are requested', config: { headers: () => new Promise(() => {}) } },
    { phase: 'the host is looked up', config: { url: 'ws://nosuchhost.invalid' } },
  ];

  it.each(phases)('ends at once while $phase, and drops the outbox', async ({ phase, config, silence }) => {
    const server = await TestServer.start();
    silence?.(server);
    const url = phase.startsWith('TLS') ? server.url.replace('ws:', 'wss:') : server.url;
    const feed = observeWebSocket({ url, ...config }, heartbeat(), stopOnFatalClose(), retryWithBackoff());
    const seen = watch(feed);
    feed.messages.next('unsent');
    if (silence) await eventually(() => expect(server.clients).toBe(1));

    await feed.close(4000, 'changed my mind');

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), { type: 'dropped', count: 1, reason: 'closed' }, givenUp]);
    expect(feed.stats).toMatchObject({ opens: 0, sent: 0, dropped: 1, queued: 0 });
    expect(server.peers).toEqual([]);
  });

  it('ends the wait for a retry, and drops the outbox', async () => {
    const server = await TestServer.start();
    server.hangUp();
    const feed = observeWebSocket(
      server.url,
      retryWithBackoff({ initialDelay: TOO_LONG, maxDelay: TOO_LONG, jitter: 'none' }),
    );
    const seen = watch(feed);
    const { error } = await seen.next('reconnecting');

    feed.messages.next('unsent');
    await feed.close(4000, 'enough');

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([
      connecting(),
      failing(error),
      broken,
      reconnecting(1, TOO_LONG, error),
      { type: 'dropped', count: 1, reason: 'closed' },
    ]);
    expect(feed.state.value).toEqual({ status: 'closed', code: 4000, reason: 'enough' });
    expect(server.requests).toHaveLength(1);
  });

  it('twice is one close', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    await Promise.all([feed.close(), feed.close(4000)]);
    await feed.close();

    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
  });

  it('without a subscription makes no connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);

    await feed.close();

    expect(feed.state.value).toEqual({ status: 'idle' });
    expect(server.requests).toEqual([]);
  });

  it('is called at the end of an `await using` scope', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    const asyncDispose = (Symbol.asyncDispose as symbol | undefined) ?? Symbol.for('Symbol.asyncDispose');
    await (feed as unknown as Record<symbol, () => Promise<void>>)[asyncDispose]!();

    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
    expect(await seen.end).toBeUndefined();
  });

  it.each([
    ['complete()', () => undefined, 1000, ''],
    ['error({ code, reason })', () => ({ code: 4001, reason: 'bored' }), 4001, 'bored'],
  ])('is the same as messages.%s', async (_, fields, code, reason) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    const failure = fields();
    if (failure) feed.messages.error(failure);
    else feed.messages.complete();

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), closedByUs(code, reason)]);
    expect(await server.peers[0]!.closed).toEqual({ code, reason });
  });
});

describe('Unsubscribing', () => {
  it('of both streams closes with 1000', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, heartbeat(), stopOnFatalClose(), retryWithBackoff());
    const lifecycle = feed.lifecycle.subscribe();
    const messages = feed.messages.subscribe();
    const peer = await server.peer();
    await eventually(() => expect(feed.state.value.status).toBe('open'));

    lifecycle.unsubscribe();
    peer.sendJson('still listening');
    messages.unsubscribe();

    expect(await peer.closed).toEqual({ code: 1000, reason: '' });
    expect(feed.state.value).toEqual({ status: 'idle' });
  });

  it('ends all notifications for the subscriber', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);
    await seen.next('open');

    seen.leave();
    await (
      await server.peer()
    ).closed;
    await feed.close(); // resolves when the socket is closed

    expect(seen.events).toEqual([connecting(), open()]);
  });

  it('terminates a peer that does not answer after closeTimeout', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, closeTimeout: 50 }));
    await seen.next('open');

    const peer = await server.peer();
    peer.fallSilent();
    seen.leave();

    expect(await peer.closed).toMatchObject({ code: 1006 });
  });

  it.each([
    ['connecting', (server: TestServer) => server.ignore()],
    ['waiting for a retry', (server: TestServer) => server.hangUp()],
  ])('while %s leaves nothing behind, and keeps the outbox for the next run', async (_, trouble) => {
    const server = await TestServer.start();
    trouble(server);
    const feed = observeWebSocket(server.url, retryWithBackoff({ initialDelay: TOO_LONG, jitter: 'none' }));
    const first = watch(feed);
    feed.messages.next('kept');
    await server.handshake();
    await eventually(() => expect(feed.state.value.status).toMatch(_ === 'connecting' ? 'connecting' : 'reconnecting'));

    first.leave();
    await eventually(() => expect(server.clients).toBe(0));
    server.accept();
    const second = watch(feed);
    const peer = await server.peer();
    await eventually(() => expect(peer.received).toEqual(['"kept"']));
    await feed.close();

    expect(second.events).toEqual([connecting(1), open(1), closedByUs()]);
  });

  it('in the callback of `open` closes the connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const subscription = feed.lifecycle.subscribe(({ type }) => {
      if (type === 'open') subscription.unsubscribe();
    });

    expect(await (await server.peer()).closed).toEqual({ code: 1000, reason: '' });
  });

  it('in the callback of a message ends the messages', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<number>(server.url);
    const received: number[] = [];
    const subscription = feed.messages.subscribe((number) => {
      received.push(number);
      if (number === 2) subscription.unsubscribe();
    });

    const peer = await server.peer();
    peer.sendJson(1, 2, 3);
    await peer.closed;

    expect(received).toEqual([1, 2]);
  });
});

describe('linger', () => {
  it('keeps the connection for a new subscriber in time', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<string>({ url: server.url, linger: TOO_LONG });
    const first = watch(feed);
    await first.next('open');

    first.leave();
    const second = watch(feed);
    (await server.peer()).sendJson('hello again');
    await eventually(() => expect(second.messages).toEqual(['hello again']));
    await feed.close();

    expect(server.peers).toHaveLength(1);
    expect(second.events).toEqual([closedByUs()]);
  });

  it('ends with a close of 1000, not before its time', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, linger: 100 });
    const seen = watch(feed);
    const peer = await server.peer();
    await seen.next('open');

    const since = performance.now();
    seen.leave();
    const state = feed.state.value.status;
    const { code } = await peer.closed;

    expect(performance.now() - since).toBeGreaterThanOrEqual(99); // timers may fire up to 1 ms early
    expect(code).toBe(1000);
    expect(state).toBe('open');
    expect(feed.state.value).toEqual({ status: 'idle' });
  });

  it('ends with the connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, linger: TOO_LONG });
    const seen = watch(feed);
    await seen.next('open');

    seen.leave();
    (await server.peer()).closeWith(1001);

    await eventually(() => expect(feed.state.value.status).toBe('failed'));
  });
});

describe('A link', () => {
  it('that closes ends the connection as closed by us', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, retryWithBackoff());
    const seen = watch(feed);
    const { link } = await seen.next('open');

    link.close(4002, 'done');

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), open(), closedByUs(4002, 'done')]);
    expect(await server.peers[0]!.closed).toEqual({ code: 4002, reason: 'done' });
  });

  it('that terminates ends it at once and with that error', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, closeTimeout: TOO_LONG }));
    const { link } = await seen.next('open');
    const peer = await server.peer();
    const boredom = new Error('bored');

    peer.fallSilent();
    link.terminate(boredom);

    expect(await seen.end).toBe(boredom);
    expect(seen.events).toEqual([connecting(), open(), givenUp]);
    expect(await peer.closed).toMatchObject({ code: 1006 });
  });
});

describe('A new subscription after the end', () => {
  it.each([
    ['error', (server: TestServer) => server.peers[0]!.closeWith(1001), closedByPeer(1001)],
    ['drop', (server: TestServer) => server.peers[0]!.drop(), broken],
  ])('by %s starts a new run', async (_, end, close) => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url);
    const first = watch(feed);
    await first.next('open');
    end(server);
    await first.end;

    const second = watch(feed);
    await second.next('open');
    await feed.close();

    expect(first.events).toEqual([connecting(1), open(1), close]);
    expect(second.events).toEqual([connecting(1), open(1), closedByUs()]);
    expect(feed.stats.opens).toBe(2);
  });

  it('after a failed factory calls the factory again', async () => {
    const server = await TestServer.start();
    const answers = [throwError(() => new Error('no token')), [server.url]];
    const feed = observeWebSocket({ url: () => answers.shift()! }, retryWithBackoff({ delays: [0] }));
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    const { error } = await seen.next('reconnecting');
    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, cause: { message: 'no token' } });
    expect(seen.events).toEqual(retriedAfter([givenUp], error));
  });
});

describe('A link that terminates while the peer closes', () => {
  leavesNothingBehind();

  it('ends the connection at once, and keeps the code of the peer', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, closeTimeout: 60_000 }));
    const { link } = await seen.next('open');
    const peer = await server.peer();
    const error = new Error('enough');

    peer.stopReading();
    peer.write(closeFrame(1001, 'going'));
    await eventually(() => expect(link.writable).toBe(false));
    link.terminate(error);
    // Waits for another connection to be made and closed, in place of `closeTimeout`.
    const other = observeWebSocket(server.url);
    await watch(other).next('open');
    await other.close();
    const ended = seen.events.map(({ type }) => type).includes('close');
    peer.readOn();

    expect(await seen.end).toBe(error);
    expect(await seen.next('close')).toMatchObject({ code: 1001, reason: 'going' });
    expect(ended).toBe(true);
  });
});
