import type { LookupFunction } from 'node:net';
import { asyncScheduler, NEVER, VirtualTimeScheduler } from 'rxjs';
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
import { early, expired, revocations, selfSigned } from '../helpers/self-signed.js';
import { TestServer } from '../helpers/server.js';
import {
  broken,
  closedByUs,
  connecting,
  failedTwice,
  failing,
  givenUp,
  nodeError,
  oneRetry,
  open,
  reconnecting,
  refusedAt,
  retriedAfter,
  watch,
} from '../helpers/watch.js';

leavesNothingBehind();

/** A port without a server. */
async function closedPort(): Promise<number> {
  const server = await TestServer.start();
  const { port } = server;
  await server.stop();
  return port;
}

describe('A refused connection', () => {
  it('is retried, with all events for each attempt', async () => {
    const port = await closedPort();
    const seen = watch(observeWebSocket(`ws://127.0.0.1:${port}/`, ...oneRetry()));

    const error = await seen.end;

    const refused = refusedAt(port);
    expect(error).toEqual(refused);
    expect(seen.events).toEqual(failedTwice(refused));
    expect(seen.events.at(-2)).toHaveProperty('error', error);
  });

  it('opens as soon as there is a server', async () => {
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

describe('A host with several addresses that all refuse', () => {
  it('has the message of each in its error', async () => {
    const port = await closedPort();
    const lookup: LookupFunction = (_host, _options, answer) =>
      answer(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]);
    const transport = wsTransport({ lookup });
    const seen = watch(observeWebSocket({ url: `ws://several.example:${port}`, transport }, ...oneRetry()));

    const error = await seen.end;

    expect(error!.message).toBe(`connect ECONNREFUSED 127.0.0.1:${port}; connect ECONNREFUSED 127.0.0.2:${port}`);
    expect(error!.cause).toMatchObject({ name: 'AggregateError', message: '', code: 'ECONNREFUSED' });
    expect(seen.events).toEqual(failedTwice(expect.objectContaining({ message: error!.message })));
  });
});

describe('An unknown host', () => {
  it('is retried, because names may be resolved again', async () => {
    const seen = watch(observeWebSocket('ws://nosuchhost.invalid', ...oneRetry()));

    const error = await seen.end;

    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ fatal: false, status: undefined, headers: undefined });
    expect(['ENOTFOUND', 'EAI_AGAIN']).toContain((error!.cause as NodeJS.ErrnoException).code); // the latter without a network
    expect(seen.events).toEqual(failedTwice(error));
  });
});

describe('A handshake that is answered with a status', () => {
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
      { status: 418, after: '3600', waits: 3_600_000 },
      { status: 403, after: '86400', waits: 86_400_000 },
      { status: 500, after: '7', waits: 7_000 },
      { status: 200, after: '7', waits: 7_000 },
      { status: 302, after: '7', waits: 7_000 },
      { status: 429, after: 'Sun, 06 Nov 1994 08:50:37 GMT', waits: 60_000 },
      { status: 503, after: 'Sunday, 06-Nov-94 08:49:38 GMT', waits: 1_000 },
      { status: 503, after: 'Sun Nov  6 08:49:38 1994', waits: 1_000 },
      { status: 503, after: 'Sun, 06 Nov 1994 08:00:00 GMT', waits: 0 },
      { status: 401, after: 'Mon, 07 Nov 1994 08:49:37 GMT', waits: 86_400_000 },
      { status: 503, after: 'soon', waits: undefined },
      { status: 429, after: '-7', waits: undefined },
    ])('$after, $status sets retryAfter to $waits ms', async ({ status, after, waits }) => {
      const server = await TestServer.start();
      server.refuse(status, { 'Retry-After': after });
      const seen = watch(observeWebSocket({ url: server.url, scheduler: stoppedClock }));

      const error = await seen.end;

      expect(error).toEqual(refusal(status, { 'retry-after': after }, waits));
      expect(error).toHaveProperty('retryAfter', waits);
    });
  });

  it('delays the retry, and close() ends the wait', async () => {
    const server = await TestServer.start();
    server.refuse(503, { 'Retry-After': '7' });
    const feed = observeWebSocket(server.url, stopOnFatalClose(), retryWithBackoff({ jitter: 'none' }));
    const seen = watch(feed);

    await seen.next('reconnecting');
    const state = feed.state.value;
    await feed.close();

    const refused = refusal(503, { 'retry-after': '7' }, 7000);
    expect(seen.events.slice(0, 4)).toEqual([connecting(), failing(refused), broken, reconnecting(1, 7000, refused)]);
    expect(state).toEqual({ status: 'reconnecting', retry: 1, delay: 7000, error: refused });
    expect(await seen.end).toBeUndefined();
  });
});

describe('An answer that is not a WebSocket handshake', () => {
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
    [
      'compression that was not offered',
      { 'sec-websocket-extensions': 'permessage-deflate' },
      'Server sent a Sec-WebSocket-Extensions header but no extension was requested',
    ],
  ] as const;

  it.each(violations)('with %s is fatal', async (_, headers, message) => {
    const server = await TestServer.start();
    server.acceptWith(headers);
    const seen = watch(observeWebSocket({ url: server.url, protocols: ['chat'] }, ...oneRetry()));

    const error = await seen.end;

    const refused = new HandshakeError(message, { fatal: true, cause: expect.objectContaining({ message }) });
    expect(error).toEqual(refused);
    expect(seen.events).toEqual([connecting(), failing(refused), broken]);
  });

  it.each([
    ['x', 'Server indicated an extension that was not requested'],
    ['permessage-deflate, x', 'Server indicated an extension that was not requested'],
    ['permessage-deflate; nonsense=1', 'Invalid Sec-WebSocket-Extensions header'],
    ['permessage-deflate; server_max_window_bits=99', 'Invalid Sec-WebSocket-Extensions header'],
    ['@', 'Invalid Sec-WebSocket-Extensions header'],
  ])('with the extension %s is fatal, although compression was offered', async (extensions, message) => {
    const server = await TestServer.start();
    server.acceptWith({ 'sec-websocket-extensions': extensions });
    const transport = wsTransport({ perMessageDeflate: true });
    const seen = watch(observeWebSocket({ url: server.url, transport }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toEqual(new HandshakeError(message, { fatal: true, cause: expect.objectContaining({ message }) }));
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
  });

  it('with a subprotocol is fatal if none was offered', async () => {
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
  ])('with %s is retried', async (_, bytes, code) => {
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

  it('that is the end of the TCP connection is retried', async () => {
    const server = await TestServer.start();
    server.hangUp();
    const seen = watch(observeWebSocket(server.url, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, cause: { code: 'ECONNRESET' } });
    expect(seen.events).toEqual(failedTwice(error));
  });
});

describe('A handshake that is never answered', () => {
  const late = new ConnectTimeoutError('The connection did not open within 50 ms.');

  it.each([
    ['by a silent server', (server: TestServer) => server.ignore()],
    ['in full', (server: TestServer) => server.answerWith('HTTP/1.1 101 Switching Proto')],
  ])('%s ends at connectTimeout, and is retried', async (_, silence) => {
    const server = await TestServer.start();
    silence(server);
    const scheduler = new VirtualTimeScheduler();
    const seen = watch(observeWebSocket({ url: server.url, connectTimeout: 50, scheduler }, ...oneRetry()));

    for (const attempt of [1, 2]) {
      await server.handshake(attempt);
      scheduler.flush(); // its patience ends now, and not before the server has the request
    }

    expect(await seen.end).toEqual(late);
    expect(seen.events).toEqual([connecting(1), givenUp, reconnecting(1, 0, late), connecting(2), givenUp]);
    expect(scheduler.now()).toBe(100);
  });

  it('because TLS does not start, ends at connectTimeout', async () => {
    const server = await TestServer.start(); // a plain server waits for a request line, but gets a ClientHello
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

describe('A certificate', () => {
  it('that is trusted opens', async () => {
    const server = await TestServer.start({ tls: selfSigned });
    const feed = observeWebSocket({ url: server.url, transport: wsTransport({ ca: selfSigned.cert }) }, ...oneRetry());
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it.each([
    ['has expired', expired, 'CERT_HAS_EXPIRED'],
    ['is not valid yet', early, 'CERT_NOT_YET_VALID'],
  ])('that %s is retried, and opens when it has been renewed', async (_, outdated, code) => {
    const server = await TestServer.start({ tls: outdated });
    const transport = wsTransport({ ca: [outdated.cert, selfSigned.cert] });
    const feed = observeWebSocket({ url: server.url, transport }, ...oneRetry());
    const seen = watch(feed);
    seen.next('error').then(
      () => server.renew(selfSigned),
      () => undefined,
    );

    await seen.next('open');
    await feed.close();

    const refused = { name: 'HandshakeError', fatal: false, status: undefined, cause: nodeError(code) };
    expect(seen.events).toEqual(retriedAfter([failing(expect.objectContaining(refused)), broken], expect.anything()));
  });

  it('that is replaced by one that is not valid yet opens when that becomes valid', async () => {
    const server = await TestServer.start({ tls: expired });
    const renewals = [early, early, selfSigned];
    const transport = wsTransport({ ca: [expired.cert, early.cert, selfSigned.cert] });
    const feed = observeWebSocket(
      { url: server.url, transport },
      stopOnFatalClose(),
      retryWithBackoff({ delays: [0, 0, 0] }),
    );
    const seen = watch(feed);
    feed.lifecycle.subscribe(({ type }) => type === 'error' && server.renew(renewals.shift()!));

    await seen.next('open');
    await feed.close();

    const codes = seen.events.flatMap((event) =>
      event.type === 'error' ? [(event.error.cause as NodeJS.ErrnoException).code] : [],
    );
    expect(codes).toEqual(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_NOT_YET_VALID']);
  });

  it.each([
    ['is not valid any more', revocations.expired, 'CRL_HAS_EXPIRED'],
    ['is not valid yet', revocations.early, 'CRL_NOT_YET_VALID'],
  ])('whose revocation list %s is retried', async (_, crl, code) => {
    const server = await TestServer.start({ tls: selfSigned });
    const transport = wsTransport({ ca: selfSigned.cert, crl });
    const seen = watch(observeWebSocket({ url: server.url, transport }, ...oneRetry()));

    const error = await seen.end;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, cause: { code } });
    expect(seen.events).toEqual(failedTwice(expect.objectContaining({ name: 'HandshakeError' })));
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

  it('is missing at a server without TLS, which is retried', async () => {
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

describe('An invalid URL', () => {
  it.each(['not a url', 'ftp://127.0.0.1', 'ws://127.0.0.1:99999', 'ws://127.0.0.1/#fragment'])(
    '%j is fatal, and no socket is made',
    async (url) => {
      const seen = watch(observeWebSocket({ url: () => Promise.resolve(url) }, ...oneRetry()));

      const error = await seen.end;

      expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
      expect(seen.events).toEqual([connecting(), givenUp]);
    },
  );

  it.each(['/ws?token=hunter2', 'localhost/ws', '//localhost/ws', ''])(
    'says why, where it is relative and there is no page: %j',
    async (url) => {
      const seen = watch(observeWebSocket({ url: () => Promise.resolve(url) }, ...oneRetry()));

      const { message } = (await seen.end)!;

      const [path] = url.split('?');
      expect(message).toBe(`Cannot connect to ${path}: it is relative, and there is no page`);
    },
  );
});
