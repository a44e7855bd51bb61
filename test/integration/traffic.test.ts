import { EMPTY, of, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { binary, heartbeat, observeWebSocket, retryWithBackoff, text } from '../../src/index.node.js';
import type { LifecycleEvent, WebSocketConnection } from '../../src/index.node.js';
import { wsTransport } from '../../src/transport/node.js';
import { leavesNothingBehind } from '../helpers/leftovers.js';
import { ServerProcess } from '../helpers/server-process.js';
import { TestServer } from '../helpers/server.js';
import type { Peer } from '../helpers/server.js';
import { closedByPeer, closedByUs, connecting, givenUp, open, watch } from '../helpers/watch.js';
import { eventually } from '../helpers/eventually.js';

leavesNothingBehind();

const atOnce = () => retryWithBackoff<LifecycleEvent>({ initialDelay: 1 });

describe('The request of a handshake', () => {
  it('has path, query, protocols and headers', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({
      url: new URL(`${server.url}/trades?token=abc`),
      protocols: ['v2.trades', 'v1.trades'],
      headers: { Authorization: 'Bearer abc', 'X-Client': 'test' },
    });
    const seen = watch(feed);

    const { protocol } = await seen.next('open');
    await feed.close();

    const { url, headers } = server.requests[0]!;
    expect(url).toBe('/trades?token=abc');
    expect(headers).toMatchObject({
      authorization: 'Bearer abc',
      'x-client': 'test',
      'sec-websocket-protocol': 'v2.trades,v1.trades',
    });
    expect(protocol).toBe('v2.trades');
  });

  it('is made anew for every attempt', async () => {
    const server = await TestServer.start();
    const asked = { url: 0, protocols: 0, headers: 0 };
    const feed = observeWebSocket(
      {
        url: () => `${server.url}/${++asked.url}`,
        protocols: () => Promise.resolve([`v${++asked.protocols}`]),
        headers: () => of({ 'x-token': `t${++asked.headers}` }),
      },
      atOnce(),
    );
    const seen = watch(feed);

    for (const n of [1, 2, 3]) {
      await seen.next('open', n);
      if (n < 3) (await server.peer(n)).drop();
    }
    await feed.close();

    const requests = server.requests.map(({ url, headers }) => [
      url,
      headers['sec-websocket-protocol'],
      headers['x-token'],
    ]);
    expect(requests).toEqual([
      ['/1', 'v1', 't1'],
      ['/2', 'v2', 't2'],
      ['/3', 'v3', 't3'],
    ]);
    expect(
      seen.events.filter(({ type }) => type === 'open').map((event) => 'protocol' in event && event.protocol),
    ).toEqual(['v1', 'v2', 'v3']);
  });

  it('may add to the headers of the transport', async () => {
    const server = await TestServer.start();
    const transport = wsTransport({
      headers: { 'x-agent': 'transport', 'x-both': 'transport' },
      origin: 'http://a.example',
    });
    const feed = observeWebSocket({ url: server.url, transport, headers: { 'x-both': 'config' } });
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    expect(server.requests[0]!.headers).toMatchObject({
      'x-agent': 'transport',
      'x-both': 'config',
      origin: 'http://a.example',
    });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no token')), 'no token'],
    ['errors', () => throwError(() => new Error('no token')), 'no token'],
    ['completes empty', () => EMPTY, undefined],
    [
      'fails at once',
      (): string => {
        throw new Error('no token');
      },
      'no token',
    ],
  ])('fails the attempt if a factory %s, and the next attempt calls it again', async (_, fail, reason) => {
    const server = await TestServer.start();
    let asked = 0;
    const feed = observeWebSocket({ url: () => (++asked === 1 ? fail() : server.url) }, atOnce());
    const seen = watch(feed);

    await seen.next('open');
    await feed.close();

    const { error } = await seen.next('reconnecting');
    expect(error).toMatchObject({ name: 'HandshakeError', fatal: false, status: undefined });
    if (reason) expect(error.cause).toMatchObject({ message: reason });
    expect(seen.events.filter(({ type }) => type !== 'reconnecting')).toEqual([
      connecting(1),
      givenUp,
      connecting(2),
      open(2),
      closedByUs(),
    ]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('Messages', () => {
  /** An echo server. */
  async function echo(server: TestServer): Promise<Peer> {
    const peer = await server.peer();
    await eventually(() => expect(peer.received.length).toBeGreaterThan(0));
    peer.send(...peer.received);
    return peer;
  }

  it('are JSON both ways by default, in text frames', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown>(server.url);
    const seen = watch(feed);

    feed.messages.next({ op: 'subscribe', channel: 'Zürich ✓' });
    const peer = await echo(server);
    await eventually(() => expect(seen.messages).toHaveLength(1));
    await feed.close();

    expect(peer.received).toEqual(['{"op":"subscribe","channel":"Zürich ✓"}']);
    expect(seen.messages).toEqual([{ op: 'subscribe', channel: 'Zürich ✓' }]);
    const bytes = Buffer.byteLength(peer.received[0]!);
    expect(feed.stats).toMatchObject({ sent: 1, sentBytes: bytes, received: 1, receivedBytes: bytes });
  });

  it('of JSON may come in binary frames', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown>(server.url);
    const seen = watch(feed);

    (await server.peer()).send(Buffer.from('{"price":1}'));
    await eventually(() => expect(seen.messages).toEqual([{ price: 1 }]));
    await feed.close();
  });

  it('of text() are unchanged', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, codec: text() });
    const seen = watch(feed);

    feed.messages.next('{not json');
    const peer = await echo(server);
    await eventually(() => expect(seen.messages).toEqual(['{not json']));
    await feed.close();

    expect(peer.received).toEqual(['{not json']);
  });

  it('of binary() are bytes both ways, whatever their size', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, codec: binary() });
    const seen = watch(feed);
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];

    for (const size of sizes) feed.messages.next(new Uint8Array(size).fill(size % 251));
    const peer = await server.peer();
    await eventually(() => expect(peer.received).toHaveLength(sizes.length));
    peer.send(...peer.received);
    await eventually(() => expect(seen.messages).toHaveLength(sizes.length));
    await feed.close();

    expect(seen.messages.every((message) => message instanceof Uint8Array && !Buffer.isBuffer(message))).toBe(true);
    expect(seen.messages.map(({ length }) => length)).toEqual(sizes);
    expect(seen.messages.every((message) => message.every((byte) => byte === message.length % 251))).toBe(true);
  });

  it('reach every subscriber over one shared connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<number>(server.url);
    const first = watch(feed);
    const second = watch(feed);

    (await server.peer()).sendJson(1, 2, 3);
    await eventually(() => expect(second.messages).toEqual([1, 2, 3]));
    await feed.close();

    expect(first.messages).toEqual([1, 2, 3]);
    expect(first.events).toEqual([connecting(), open(), closedByUs()]);
    expect(second.events).toEqual([open(), closedByUs()]);
    expect(server.peers).toHaveLength(1);
  });

  it('can be read with for await', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<number>(server.url);
    const read: number[] = [];
    void server.peer().then((peer) => peer.sendJson(1, 2, 3, 4));

    for await (const message of feed.messages) {
      read.push(message);
      if (message === 3) break;
    }

    expect(read).toEqual([1, 2, 3]);
    expect(await server.peers[0]!.closed).toEqual({ code: 1000, reason: '' });
  });
});

describe('The outbox', () => {
  it('is sent in order, before later messages, on every connection', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown, number>(server.url, atOnce());
    const seen = watch(feed);
    const send = (...numbers: number[]) => numbers.forEach((number) => feed.messages.next(number));

    send(1, 2, 3);
    const { queued } = feed.stats;
    await seen.next('open');
    send(4);
    const first = await server.peer(1);
    await eventually(() => expect(first.received).toEqual(['1', '2', '3', '4']));
    server.ignore();
    first.drop();
    await seen.next('connecting', 2);
    send(5, 6);
    await server.handshake(2);
    send(7);
    server.accept();
    server.drop();
    await seen.next('open', 2);
    send(8);
    const second = await server.peer(2);
    await eventually(() => expect(second.received).toEqual(['5', '6', '7', '8']));
    await feed.close();

    expect(queued).toBe(3);
    expect(feed.stats).toMatchObject({ sent: 8, dropped: 0, queued: 0 });
  });

  it('keeps the newest messages at its capacity, and reports the others', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown, number>({ url: server.url, outbox: { capacity: 2 } });
    const seen = watch(feed);

    for (const number of [1, 2, 3, 4]) feed.messages.next(number);
    const peer = await server.peer();
    await eventually(() => expect(peer.received).toEqual(['3', '4']));
    await feed.close();

    const dropped = { type: 'dropped', count: 1, reason: 'overflow' };
    expect(seen.events).toEqual([connecting(), dropped, dropped, open(), closedByUs()]);
  });

  it('does not keep a value that cannot be encoded', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket<unknown, unknown>(server.url);
    const seen = watch(feed);
    await seen.next('open');

    feed.messages.next(1n);
    feed.messages.next('after');
    const peer = await server.peer();
    await eventually(() => expect(peer.received).toEqual(['"after"']));
    await feed.close();

    expect(seen.events).toEqual([
      connecting(),
      open(),
      {
        type: 'dropped',
        count: 1,
        reason: 'unserializable',
        error: expect.objectContaining({ name: 'WebSocketError', cause: expect.any(TypeError) }) as unknown,
      },
      closedByUs(),
    ]);
  });
});

describe('A pause', () => {
  const CHUNK = 64 * 1024;
  const CHUNKS = 1024; // 64 MiB, far more than the buffers of the sockets hold

  const flood = (peer: Peer) => {
    for (let index = 0; index < CHUNKS; index++) peer.send(new Uint8Array(CHUNK).fill(index % 256));
  };

  async function openOn(server: TestServer, n: number) {
    const feed = observeWebSocket({ url: server.url, codec: binary() });
    const seen = watch(feed);
    await seen.next('open');
    return { feed, seen, peer: await server.peer(n) };
  }

  /** Waits as long as 64 MiB take over the loopback. */
  async function aFloodLater(server: TestServer, n: number): Promise<void> {
    const { feed, seen, peer } = await openOn(server, n);
    flood(peer);
    await vi.waitFor(() => expect(seen.messages).toHaveLength(CHUNKS), 10_000);
    await feed.close();
  }

  const isPaused = (feed: WebSocketConnection<Uint8Array>, seen: { messages: readonly unknown[] }, peer: Peer) => {
    expect(feed.canPause).toBe(true);
    expect(peer.bufferedAmount).toBeGreaterThan((CHUNK * CHUNKS) / 2);
    expect(seen.messages.length).toBeLessThan(10);
  };

  it('stops the server until the last lease is released, and loses nothing', async () => {
    const server = await TestServer.start();
    const { feed, seen, peer } = await openOn(server, 1);

    const first = feed.pause();
    const second = feed.pause();
    flood(peer);
    await aFloodLater(server, 2);
    isPaused(feed, seen, peer);
    first();
    first();
    await aFloodLater(server, 3);
    isPaused(feed, seen, peer);
    second();
    await vi.waitFor(() => expect(seen.messages).toHaveLength(CHUNKS), 10_000);
    await feed.close();

    expect(peer.bufferedAmount).toBe(0);
    expect(seen.messages.every(([first], index) => first === index % 256)).toBe(true);
    expect(seen.events).toEqual([connecting(), open(), closedByUs()]);
  });

  it('taken before the connection opens stops the server too', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, codec: binary() });
    const release = feed.pause();
    const seen = watch(feed);
    const peer = await server.peer();

    flood(peer);
    await aFloodLater(server, 2);
    isPaused(feed, seen, peer);
    release();
    await vi.waitFor(() => expect(seen.messages).toHaveLength(CHUNKS), 10_000);
    await feed.close();

    expect(peer.bufferedAmount).toBe(0);
  });

  it('taken between two connections stops the server of the next one', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, codec: binary() }, atOnce());
    const seen = watch(feed);
    let release = () => {};
    feed.lifecycle.subscribe(({ type }) => {
      if (type === 'reconnecting') release = feed.pause();
    });
    (await server.peer(1)).drop();
    const peer = await server.peer(2);

    flood(peer);
    await aFloodLater(server, 3);
    isPaused(feed, seen, peer);
    release();
    await vi.waitFor(() => expect(seen.messages).toHaveLength(CHUNKS), 10_000);
    await feed.close();

    expect(peer.bufferedAmount).toBe(0);
  });

  it("delays the server's close, which is emitted once, after all earlier messages", async () => {
    const server = await TestServer.start();
    const { feed, seen, peer } = await openOn(server, 1);
    const release = feed.pause();

    flood(peer);
    peer.closeWith(4001, 'moved');
    await aFloodLater(server, 2);
    isPaused(feed, seen, peer);
    release();

    expect(await seen.end).toMatchObject({ name: 'ConnectionClosedError', code: 4001 });
    expect(seen.messages).toHaveLength(CHUNKS);
    expect(seen.events).toEqual([connecting(), open(), closedByPeer(4001, 'moved')]);
  });

  it('of ten seconds with a heartbeat of one second ends no healthy connection', { timeout: 30_000 }, async () => {
    const server = await TestServer.start();
    const pulse = () => heartbeat({ interval: 1000, timeout: 1000 });
    const paused = observeWebSocket<number>(server.url, pulse());
    const clock = observeWebSocket(server.url, pulse());
    const seen = watch(paused);
    const ticks = watch(clock);
    await seen.next('open');

    const release = paused.pause();
    (await server.peer(1)).sendJson(1, 2, 3);
    await ticks.next('heartbeat', 11); // ten seconds, by another connection
    expect(seen.events.filter(({ type }) => type !== 'heartbeat')).toEqual([connecting(), open()]);
    expect(seen.messages).toEqual([]);
    release();
    const before = seen.events.length;
    await vi.waitFor(() => expect(seen.events.slice(before)).toMatchObject([{ type: 'heartbeat' }]), 5000);
    await paused.close();
    await clock.close();

    expect(seen.messages).toEqual([1, 2, 3]);
    expect(await seen.end).toBeUndefined();
    expect(seen.events.at(-1)).toEqual(closedByUs());
  });

  it('during which the peer died ends with its detection', async () => {
    const server = await ServerProcess.start();
    const feed = observeWebSocket(server.url, heartbeat({ interval: 200, timeout: 200 }));
    const seen = watch(feed);
    await eventually(() => expect(seen.messages.length).toBeGreaterThan(3));

    const release = feed.pause();
    server.freeze();
    release();

    expect(await seen.end).toMatchObject({ name: 'HeartbeatTimeoutError' });
    expect(seen.events.at(-1)).toEqual(givenUp);
  });

  it('does not prevent closing a peer that floods', async () => {
    const server = await TestServer.start();
    const { feed, seen, peer } = await openOn(server, 1);
    feed.pause();
    flood(peer);
    await aFloodLater(server, 2);
    isPaused(feed, seen, peer);

    await feed.close();

    expect(await seen.end).toBeUndefined();
    expect(seen.events).toHaveLength(3);
  });

  it('is made by a slow reader of for await', async () => {
    const server = await TestServer.start();
    const feed = observeWebSocket({ url: server.url, codec: binary() });
    const reader = feed.messages[Symbol.asyncIterator]();
    const firstRead = reader.next();
    const peer = await server.peer(1);
    const chunk = new Uint8Array(CHUNK);

    for (let index = 0; index < 4 * CHUNKS; index++) peer.send(chunk);
    await firstRead;
    await aFloodLater(server, 2);
    const { bufferedAmount } = peer;
    const { received } = feed.stats;
    for (let read = 1; read < 4 * CHUNKS; read++) await reader.next();
    await reader.return!();

    expect(bufferedAmount).toBeGreaterThan(CHUNK * CHUNKS);
    expect(received).toBeLessThan(1100);
    expect(feed.stats.received).toBe(4 * CHUNKS);
  });
});
