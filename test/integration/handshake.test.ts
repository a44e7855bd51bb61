import { asyncScheduler, NEVER } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ConnectTimeoutError,
  FatalCloseError,
  HandshakeError,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import type { WebSocketConfig } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { selfSigned } from '../helpers/self-signed.js';
import { TestServer } from '../helpers/server.js';
import {
  broken,
  closedByUs,
  connecting,
  failedTwice,
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

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = await TestServer.start();
  const { port } = server;
  await server.stop();
  return port;
}

describe('a refused connection', () => {
  it('is retried, each attempt told in full', async () => {
    const port = await closedPort();
    const seen = watch(observeWebSocket(`ws://127.0.0.1:${port}/`, ...oneRetry()));

    const error = await seen.end;

    const refused = refusedAt(port);
    expect(error).toEqual(refused);
    expect(seen.events).toEqual(failedTwice(refused));
    expect(seen.events.at(-2)).toHaveProperty('error', error);
  });

  it('opens as soon as somebody listens', async () => {
    const port = await closedPort();
    const feed = observeWebSocket(`ws://127.0.0.1:${port}`, retryWithBackoff({ initialDelay: 10, factor: 1 }));
    const seen = watch(feed);
    await seen.next('reconnecting', 2);

    await TestServer.start({ port });
    const { attempt } = await seen.next('open');
    await feed.close();

    expect(attempt).toBeGreaterThanOrEqual(3);
    expect(seen.events.slice(-3)).toEqual([connecting(attempt), open(attempt), closedByUs()]);
  });
});

describe('an unknown host', () => {
  it('is retried: names come back', async () => {
    const seen = watch(observeWebSocket('ws://nosuchhost.invalid', ...oneRetry()));

    const error = await seen.end;

    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ fatal: false, status: undefined, headers: undefined });
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain((error!.cause as NodeJS.ErrnoException).code); // without a network: the latter
    expect(seen.events).toEqual(failedTwice(error));
  });
});

describe('a handshake that is answered with a status', () => {
  const refusal = (status: number, headers: Record<string, string> = {}, retryAfter?: number) =>
    new HandshakeError(`The server refused the handshake with status ${status}.`, {
      status,
      headers: { ...headers, 'content-length': '4' },
      retryAfter,
    });

  it.each([200, 301, 400, 401, 403, 404, 407, 426])('of %i ends the run', async (status) => {
    const server = await TestServer.start();
    server.refuse(status, { 'WWW-Authenticate': 'Bearer' });
    const seen = watch(observeWebSocket(server.url, ...oneRetry()));

    const error = await seen.end;

    const refused = refusal(status, { 'www-authenticate': 'Bearer' });
    expect(error).toEqual(new FatalCloseError(refused));
    expect(error).toHaveProperty('cause.headers', refused.headers);
    expect(seen.events).toEqual([connecting(), failing(refused), broken]);
    expect(server.requests).toHaveLength(1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('of %i is retried', async (status) => {
    const server = await TestServer.start();
    server.refuse(status);
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);
    await seen.next('reconnecting');

    server.accept();
    await seen.next('open');
    await feed.close();

    const refused = refusal(status);
    expect(seen.events).toEqual(retriedAfter([failing(refused), broken], refused));
  });

  describe('and with Retry-After', () => {
    const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');
    const stoppedClock: SchedulerLike = { now: () => now, schedule: asyncScheduler.schedule.bind(asyncScheduler) };

    it.each([
      { status: 429, after: '7', waits: 7_000 },
      { status: 503, after: '120', waits: 120_000 },
      { status: 429, after: 'Sun, 06 Nov 1994 08:50:37 GMT', waits: 60_000 },
      { status: 503, after: 'Sun, 06 Nov 1994 08:49:38 GMT', waits: 1_000 },
      { status: 503, after: 'Sun, 06 Nov 1994 08:00:00 GMT', waits: 0 },
      { status: 503, after: '86400', waits: 300_000 },
      { status: 429, after: 'Mon, 07 Nov 1994 08:49:37 GMT', waits: 300_000 },
    ])('$after, $status waits $waits ms', async ({ status, after, waits }) => {
      const server = await TestServer.start();
      server.refuse(status, { 'Retry-After': after });
      const feed = observeWebSocket(
        { url: server.url, scheduler: stoppedClock },
        stopOnFatalClose(),
        retryWithBackoff({ initialDelay: 0 }),
      );
      const seen = watch(feed);

      await seen.next('reconnecting');
      const state = feed.state.value;
      await feed.close();

      const refused = refusal(status, { 'retry-after': after }, waits);
      expect(seen.events.slice(0, 4)).toEqual([
        connecting(),
        failing(refused),
        broken,
        reconnecting(1, waits, refused),
      ]);
      expect(state).toEqual({ status: 'reconnecting', retry: 1, delay: waits, error: refused });
      expect(await seen.end).toBeUndefined();
    });

    it.each([
      { status: 500, after: '7' },
      { status: 503, after: 'soon' },
    ])('$after, $status waits for nothing', async ({ status, after }) => {
      const server = await TestServer.start();
      server.refuse(status, { 'Retry-After': after });
      const seen = watch(observeWebSocket(server.url));

      const error = await seen.end;

      expect(error).toEqual(refusal(status, { 'retry-after': after }));
      expect(error).toHaveProperty('retryAfter', undefined);
    });
  });
});

describe('an answer that is no WebSocket', () => {
  const violations = [
    ['a wrong accept key', { 'sec-websocket-accept': 'AAAA' }, 'Invalid Sec-WebSocket-Accept header'],
    ['no accept key', { 'sec-websocket-accept': '' }, 'Invalid Sec-WebSocket-Accept header'],
    ['another upgrade', { upgrade: 'h2c' }, 'Invalid Upgrade header'],
    ['a subprotocol that was not offered', { 'sec-websocket-protocol': 'chess' }, 'Server sent an invalid subprotocol'],
    ['no subprotocol', { 'sec-websocket-protocol': '' }, 'Server sent no subprotocol'],
    [
      'an extension that was not offered',
      { 'sec-websocket-extensions': 'x' },
      'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    ],
  ] as const;

  it.each(violations)('because of %s is fatal', async (_, headers, message) => {
    const server = await TestServer.start();
    server.acceptWith(headers);
    const seen = watch(observeWebSocket({ url: server.url, protocols: ['chat'] }, ...oneRetry()));

    const error = await seen.end;

    const refused = new HandshakeError(message, { fatal: true, cause: expect.objectContaining({ message }) });
    expect(error).toEqual(refused);
    expect(seen.events).toEqual([connecting(), failing(refused), broken]);
  });

  it('because of a subprotocol where none was offered is fatal', async () => {
    const server = await TestServer.start();
    server.acceptWith({ 'sec-websocket-protocol': 'chess' });
    const seen = watch(observeWebSocket(server.url, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
    expect(error!.message).toBe('Server sent a subprotocol but none was requested');
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
  });

  it.each([
    ['garbage', '\0\x01\x02 garbage\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['a bad header', 'HTTP/1.1 101 Switching Protocols\r\n: x\r\n\r\n', 'HPE_INVALID_HEADER_TOKEN'],
  ])('but %s is retried', async (_, bytes, code) => {
    const server = await TestServer.start();
    server.answerWith(bytes);
    const feed = observeWebSocket(server.url, ...oneRetry());
    const seen = watch(feed);
    const { error } = await seen.next('reconnecting');

    server.accept();
    await seen.next('open');
    await feed.close();

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, status: undefined, cause: { code } });
    expect(seen.events).toEqual(retriedAfter([failing(error), broken], error));
  });

  it('but a hang-up is retried', async () => {
    const server = await TestServer.start();
    server.hangUp();
    const seen = watch(observeWebSocket(server.url, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, cause: { code: 'ECONNRESET' } });
    expect(seen.events).toEqual(failedTwice(error));
  });
});

describe('a handshake that is never answered', () => {
  const late = new ConnectTimeoutError('The connection did not open within 50 ms.');

  it.each([
    ['by a silent server', (server: TestServer) => server.ignore()],
    ['in full', (server: TestServer) => server.answerWith('HTTP/1.1 101 Switching Proto')],
  ])('%s ends at connectTimeout, and is retried', async (_, silence) => {
    const server = await TestServer.start();
    silence(server);
    const seen = watch(observeWebSocket({ url: server.url, connectTimeout: 50 }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toEqual(late);
    expect(seen.events).toEqual([connecting(1), givenUp, reconnecting(1, 0, late), connecting(2), givenUp]);
    expect(server.requests).toHaveLength(2);
  });

  it('because TLS never begins, ends at connectTimeout', async () => {
    const server = await TestServer.start(); // waits for a request line, and gets a ClientHello
    const url = server.url.replace('ws:', 'wss:');
    server.stayDeaf();
    const seen = watch(observeWebSocket({ url, connectTimeout: 50 }));

    expect(await seen.end).toEqual(late);
    expect(seen.events).toEqual([connecting(), givenUp]);
  });

  it.each<[string, Omit<WebSocketConfig, 'url'> & { url?: () => typeof NEVER }]>([
    ['url', { url: () => NEVER }],
    ['protocols', { protocols: () => NEVER }],
    ['headers', { headers: () => new Promise(() => {}) }],
  ])('because the %s factory never answers, ends at connectTimeout', async (_, factory) => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket({ url: server.url, connectTimeout: 50, ...factory }));

    expect(await seen.end).toEqual(late);
    expect(seen.events).toEqual([connecting(), givenUp]);
    expect(server.requests).toEqual([]);
  });
});

describe('a certificate', () => {
  it('that is trusted opens', async () => {
    const server = await TestServer.start({ tls: selfSigned });
    const feed = observeWebSocket({ url: server.url, transport: wsTransport({ ca: selfSigned.cert }) }, ...oneRetry());
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it.each([
    ['is self-signed', {}, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['is for another host', { ca: selfSigned.cert, servername: 'other.example' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('that %s is fatal', async (_, options, code) => {
    const server = await TestServer.start({ tls: selfSigned });
    const seen = watch(observeWebSocket({ url: server.url, transport: wsTransport(options) }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true, status: undefined, cause: { code } });
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
    expect(server.requests).toEqual([]);
  });

  it('is not asked for by a server without TLS, which is retried', async () => {
    const server = await TestServer.start();
    const seen = watch(observeWebSocket(server.url.replace('ws:', 'wss:'), ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false });
    expect(seen.events.map(({ type }) => type)).toEqual([
      'connecting',
      'error',
      'close',
      'reconnecting',
      'connecting',
      'error',
      'close',
    ]);
  });
});

describe('an invalid URL', () => {
  it.each(['not a url', 'ftp://127.0.0.1', 'ws://127.0.0.1:99999', 'ws://127.0.0.1/#fragment'])(
    '%j is fatal, and no socket is made',
    async (url) => {
      const seen = watch(observeWebSocket({ url: () => Promise.resolve(url) }, ...oneRetry()));

      const error = await seen.end;

      expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
      expect(seen.events).toEqual([connecting(), givenUp]);
    },
  );
});
