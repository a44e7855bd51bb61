import { inspect } from 'node:util';
import { filter, firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  connectionPool,
  heartbeat,
  observeWebSocket,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';
import type { OpenEvent, WebSocketConfig } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { selfSigned } from '../helpers/self-signed.js';
import { TestServer } from '../helpers/server.js';
import { watch } from '../helpers/watch.js';

leavesNothingBehind();

const SECRETS = ['aladdin', 'opensesame', 'hunter2', 'bearer-token', 'fragment-secret'];
const headers = { authorization: 'Bearer bearer-token' };

/** The URL of a server, with a secret in each part that can have one. */
const secretive = (url: string) => url.replace('://', '://aladdin:opensesame@').replace(/\/?$/, '/path?token=hunter2');

/** JSON as loggers make it, without repeated objects, because some have cycles. */
function asJson(value: unknown): string | undefined {
  const seen = new Set<unknown>();
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    return seen.has(part) ? undefined : (seen.add(part), part);
  });
}

/** The secrets that a log of these values, and of everything they refer to, would contain. */
function leaked(...values: unknown[]): string[] {
  const stacks = values.flatMap((value) => (value instanceof Error ? [value.stack, String(value)] : []));
  const pictures = values.map((value) => inspect(value, { depth: Infinity, showHidden: true }));
  const log = [...values.map(asJson), ...pictures, ...stacks].join('\n');
  return SECRETS.filter((secret) => log.includes(secret));
}

/** The causes of an error, which an inspection of it may cut off. */
function chainOf(error: unknown): unknown[] {
  return error instanceof Error ? [error.cause, ...chainOf(error.cause)] : [];
}

interface Story {
  readonly case: string;
  readonly config?: (url: string) => Partial<WebSocketConfig>;
  readonly server?: (server: TestServer) => unknown;
  readonly ends: string;
}

const cases: Story[] = [
  {
    case: 'opens and is closed',
    server: async (server) => (await server.peer()).closeWith(4401),
    ends: 'FatalCloseError',
  },
  { case: 'is dropped', server: async (server) => (await server.peer()).drop(), ends: 'ConnectionClosedError' },
  { case: 'is refused', server: (server) => server.stop(), ends: 'HandshakeError' },
  { case: 'is refused with 401', server: (server) => server.refuse(401), ends: 'FatalCloseError' },
  {
    case: 'is redirected',
    server: (server) => server.refuse(302, { Location: '/elsewhere' }),
    ends: 'FatalCloseError',
  },
  {
    case: 'is redirected to its own URL, as to https',
    server: (server) => server.refuse(301, { Location: `${secretive(server.url)}&more` }),
    ends: 'FatalCloseError',
  },
  {
    case: 'is refused and given a cookie',
    server: (server) => server.refuse(403, { 'Set-Cookie': 'session=hunter2' }),
    ends: 'FatalCloseError',
  },
  {
    case: 'gets a wrong accept key',
    server: (server) => server.acceptWith({ 'sec-websocket-accept': 'x' }),
    ends: 'HandshakeError',
  },
  { case: 'gets garbage', server: (server) => server.answerWith('garbage\r\n\r\n'), ends: 'HandshakeError' },
  { case: 'gets no answer', server: (server) => server.ignore(), ends: 'ConnectTimeoutError' },
  {
    case: 'falls silent',
    server: async (server) => (await server.peer()).fallSilent(),
    ends: 'HeartbeatTimeoutError',
  },
  {
    case: 'has a URL with a fragment',
    config: (url) => ({ url: `${secretive(url)}#fragment-secret` }),
    ends: 'HandshakeError',
  },
  {
    case: 'has a URL with a bad port',
    config: () => ({ url: secretive('ws://127.0.0.1:99999') }),
    ends: 'HandshakeError',
  },
  { case: 'has no scheme', config: () => ({ url: 'aladdin:opensesame@127.0.0.1' }), ends: 'HandshakeError' },
  {
    case: 'has a slash in its password',
    config: () => ({ url: 'ws://aladdin:opensesame/@127.0.0.1' }),
    ends: 'HandshakeError',
  },
  {
    case: 'has a question mark in its password',
    config: () => ({ url: 'ws://aladdin:opensesame?@127.0.0.1' }),
    ends: 'HandshakeError',
  },
  {
    case: 'has a slash too few',
    config: (url) => ({ url: secretive(url).replace('//', '/') }),
    server: async (server) => (await server.peer()).closeWith(4401),
    ends: 'FatalCloseError',
  },
  { case: 'has another scheme', config: () => ({ url: secretive('ftp://127.0.0.1') }), ends: 'HandshakeError' },
  {
    case: 'has an unknown host',
    config: () => ({ url: secretive('ws://nosuchhost.invalid') }),
    ends: 'HandshakeError',
  },
  {
    case: 'has a bad subprotocol',
    config: (url) => ({ url: secretive(url), protocols: ['a b'] }),
    ends: 'HandshakeError',
  },
];

describe('Credentials, query and headers', () => {
  it.each(cases)('are not in any event or error of a connection that $case', async ({ config, server: act, ends }) => {
    const server = await TestServer.start();
    const url = secretive(server.url);
    void act?.(server);
    const settings = { url, headers, connectTimeout: 2000, ...config?.(server.url) };
    const feed = observeWebSocket(
      { ...settings, url: () => Promise.resolve(settings.url as string) },
      heartbeat({ interval: 20, timeout: 200 }),
      stopOnFatalClose(),
      retryWithBackoff({ delays: [0], shouldRetry: () => false }),
    );
    const states: unknown[] = [];
    const watching = feed.state.subscribe((state) => states.push(state));
    const seen = watch(feed);

    const error = await seen.end;
    watching.unsubscribe();

    expect(error).toHaveProperty('name', ends);
    expect(leaked(error, ...chainOf(error), ...seen.events, ...states, feed, feed.stats, feed.state)).toEqual([]);
  });

  it('reach the server', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(secretive(server.url));
    const seen = watch(feed);

    const { url } = await seen.next('open');
    await feed.close();

    expect(url).toBe(`${server.url}/path`);
    expect(server.requests[0]!.url).toBe('/path?token=hunter2');
    expect(server.requests[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('aladdin:opensesame').toString('base64')}`,
    );
  });

  it('are not in an inspection of any public object while a connection is open', async () => {
    const server = await TestServer.start();
    const transport = wsTransport({ headers });
    const pool = connectionPool({
      create: () => observeWebSocket({ url: secretive(server.url), headers, transport }),
      max: 1,
      keysPerConnection: 1,
    });
    const lease = pool.use('key').subscribe();
    const emitted: unknown[] = [];
    const listening = pool.lifecycle.subscribe((event) => emitted.push(event));
    const { connection, event } = await firstValueFrom(
      pool.lifecycle.pipe(filter(({ event }) => event.type === 'open')),
    );
    const { link } = event as OpenEvent;
    const reading = link.messages.subscribe();

    const shown = [
      connection,
      connection.lifecycle,
      connection.messages,
      connection.link,
      link,
      link.messages,
      link.pongs,
    ];
    const held = [lease, listening, reading, transport, pool, pool.state, pool.stats, emitted];
    const leaks = leaked(...shown, ...held);
    await pool.close();

    expect(leaks).toEqual([]);
    expect(server.requests[0]!.headers).toHaveProperty('authorization');
  });

  it('are not in the error of a bad certificate', async () => {
    const server = await TestServer.start({ tls: selfSigned });
    const seen = watch(observeWebSocket({ url: secretive(server.url), headers }));

    const error = await seen.end;

    expect(error).toHaveProperty('cause.code', 'DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(leaked(error, ...seen.events)).toEqual([]);
  });

  it('are not in the JSON of an open event, nor is its link', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket(server.url, retryWithBackoff());
    const seen = watch(feed);

    const event = await seen.next('open');
    await feed.close();

    expect(JSON.parse(JSON.stringify(event))).toEqual({
      type: 'open',
      attempt: 1,
      url: server.url,
      protocol: '',
      extensions: '',
    });
  });
});
