import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { HandshakeError, observeWebSocket } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { eventually } from '../helpers/eventually.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { TestServer } from '../helpers/server.js';
import { broken, closedByUs, connecting, failing, givenUp, watch } from '../helpers/watch.js';

leavesNothingBehind();

const head = (fields = '') => `HTTP/1.1 403 Forbidden\r\n${fields}\r\n`;
const whole = (body: string | Uint8Array) =>
  Buffer.concat([Buffer.from(head(`content-length: ${Buffer.byteLength(body)}\r\n`)), Buffer.from(body as string)]);

/** A server that refuses with these bytes, and a client whose time the test advances. */
async function refused(bytes: string | Uint8Array, connectTimeout = 10_000) {
  const server = await TestServer.start();
  server.answerWith(bytes);
  const clock = new CountingScheduler();
  const feed = observeWebSocket({ url: server.url, connectTimeout, scheduler: clock });
  const seen = watch(feed);
  const end = seen.end as Promise<HandshakeError>;
  /** Waits until the refusal has arrived and its body is being read, which has a timeout of its own. */
  const reading = () => eventually(() => expect(clock.pending).toBe(2));
  return { server, clock, feed, seen, end, reading };
}

describe('The body of a refusal', () => {
  it('is a text in the error', async () => {
    const { end, seen } = await refused(whole('{"error":{"message":"quota: 20 €"}}'));

    const error = await end;

    expect(error.body).toBe('{"error":{"message":"quota: 20 €"}}');
    expect(error).toMatchObject({ status: 403, headers: { 'content-length': '37' } });
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
    expect((seen.events[1] as LifecycleEvent & { error: HandshakeError }).error).toBe(error);
  });

  it.each([
    ['is empty where it is', whole(''), ''],
    ['may come in chunks', `${head('transfer-encoding: chunked\r\n')}3\r\nno \r\n5\r\nentry\r\n0\r\n\r\n`, 'no entry'],
    ['may end with the connection', head(), ''],
  ])('%s', async (name, bytes, body) => {
    const { server, end } = await refused(bytes);
    if (name.includes('with the connection')) {
      await server.handshake();
      setImmediate(() => server.drop());
    }

    expect(await end).toMatchObject({ status: 403, body });
  });

  it.each(['drop', 'reset'] as const)('is read until the connection breaks: %s', async (breaks) => {
    const fields = 'content-length: 100\r\nretry-after: 7\r\n';
    const { server, end, reading, clock, seen } = await refused(`${head(fields)}because`);
    await reading();

    server[breaks]();

    const error = await end;
    expect(error).toMatchObject({ status: 403, body: 'because', retryAfter: 7000, headers: { 'retry-after': '7' } });
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['no chunk', 'transfer-encoding: chunked\r\n', 'no chunk\r\n'],
    ['more than was said', 'content-length: 2\r\n', 'no, not at all'],
  ])('that is broken, by %s, leaves the rest of the refusal as it is', async (_, fields, body) => {
    const { end } = await refused(`${head(`${fields}retry-after: 7\r\n`)}${body}`);

    expect(await end).toMatchObject({ status: 403, retryAfter: 7000 });
  });

  it('is shown in no log', async () => {
    const { end, seen } = await refused(whole('secret'));

    const error = await end;

    const shown = [
      JSON.stringify([seen.events, error, Object.assign({}, error)]),
      inspect([seen.events, error], { depth: null }),
    ];
    expect(error.body).toBe('secret');
    expect(shown.join()).not.toContain('secret');
  });

  it.each([
    ['64 KiB', 'x'.repeat(65_536), 65_536],
    ['what is more than 64 KiB', 'x'.repeat(200_000), 65_536],
    ['no part of a character', `x${'€'.repeat(40_000)}`, 1 + 21_845], // 1 + 3 · 21 845 bytes: all 64 KiB
    ['no part of a character that is cut off', `xx${'€'.repeat(40_000)}`, 2 + 21_844],
  ])('ends at the limit: %s', async (_, body, length) => {
    const { end } = await refused(whole(body));

    const error = await end;

    expect(error.body).toBe(body.slice(0, length));
  });

  it('that is not text is decoded as far as possible', async () => {
    const { end } = await refused(whole(new Uint8Array([0x61, 0xff, 0x62])));

    expect((await end).body).toBe('a\ufffdb');
  });

  it('that never ends is read for a second', async () => {
    const { server, clock, end, seen, reading } = await refused(`${head('content-length: 100\r\n')}because`);
    await reading();

    clock.advance(999);
    const before = [...seen.events];
    clock.advance(1);

    const error = await end;
    expect(before).toEqual([connecting()]);
    expect(error).toMatchObject({ status: 403, body: 'because' });
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
    expect(clock.pending).toBe(0);
    await eventually(() => expect(server.clients).toBe(0));
  });

  it('that is endless is read up to the limit', async () => {
    const { server, end } = await refused(`${head('content-length: 100000000\r\n')}${'x'.repeat(1_000_000)}`);

    expect((await end).body).toBe('x'.repeat(65_536));
    await eventually(() => expect(server.clients).toBe(0));
  });
});

describe('A status that was received', () => {
  it('decides the error, although connectTimeout ends the reading', async () => {
    const { server, clock, end, seen, reading } = await refused(`${head('content-length: 9\r\n')}because`, 500);
    await reading();

    clock.advance(500);

    const error = await end;
    expect(error).toBeInstanceOf(HandshakeError);
    expect(error).toMatchObject({ status: 403, body: 'because' });
    expect(seen.events).toEqual([connecting(), failing(error), broken]);
    expect(clock.pending).toBe(0);
    await eventually(() => expect(server.clients).toBe(0));
  });

  it('does not decide the end if close() ends the reading', async () => {
    const { server, clock, end, feed, seen, reading } = await refused(`${head('content-length: 9\r\n')}because`);
    await reading();

    await feed.close();

    expect(await end).toBeUndefined();
    expect(seen.events).toEqual([connecting(), givenUp]);
    await eventually(() => expect([server.clients, clock.pending]).toEqual([0, 0]));
  });

  it('does not decide the end if the last subscriber unsubscribes meanwhile', async () => {
    const { server, clock, seen, reading } = await refused(`${head('content-length: 9\r\n')}because`);
    await reading();

    seen.leave();

    expect(seen.events).toEqual([connecting()]);
    await eventually(() => expect([server.clients, clock.pending]).toEqual([0, 0]));
  });

  it('ends the attempt once, also if a listener of its error closes', async () => {
    const { server, clock, feed, seen, end, reading } = await refused(`${head('content-length: 9\r\n')}because`, 500);
    feed.events.subscribe(({ type }) => type === 'error' && void feed.close());
    await reading();

    clock.advance(500);

    expect(await end).toBeUndefined();
    expect(seen.events.map(({ type }) => type)).toEqual(['connecting', 'error', 'close']);
    await eventually(() => expect([server.clients, clock.pending]).toEqual([0, 0]));
  });
});

describe('The headers of an answer', () => {
  it('with 101 are in `open`, repeated ones as lists, and in no log', async () => {
    const server = await TestServer.start();
    server.acceptWith({ 'set-cookie': 'lb=secret; Path=/\r\nset-cookie: id=secret', 'X-Served-By': 'secret' });
    const feed = observeWebSocket(server.url);
    const seen = watch(feed);

    const event = await seen.next('open');
    await feed.close();

    expect(event.headers).toMatchObject({
      upgrade: 'websocket',
      'set-cookie': ['lb=secret; Path=/', 'id=secret'],
      'x-served-by': 'secret',
    });
    expect(JSON.stringify([event, { ...event }])).not.toContain('secret');
    expect(inspect(event, { depth: null })).not.toContain('secret');
    expect(seen.events).toEqual([connecting(), expect.objectContaining({ type: 'open' }), closedByUs()]);
  });

  it('with a refusal are in the error, and in no log', async () => {
    const { end, feed, seen } = await refused(`${head('set-cookie: id=secret\r\ncontent-length: 6\r\n')}secret`);

    const error = await end;
    const wrapped = new Error('stopped', { cause: error });

    expect(error).toMatchObject({ headers: { 'set-cookie': 'id=secret' } });
    const shown: unknown[] = [error, { ...error }, wrapped, seen.events, feed.state.value, feed];
    expect(JSON.stringify(shown)).not.toContain('secret');
    expect(inspect(shown, { depth: null })).not.toContain('secret');
    expect(Object.keys(error)).not.toContain('headers');
    expect(Object.keys(error)).not.toContain('body');
  });
});
