import { Readable } from 'node:stream';
import { delay, delayWhen, merge, mergeMap, of, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  binary,
  heartbeat,
  json,
  observeWebSocket,
  ofType,
  OutboxOverflowError,
  retryWithBackoff,
  text,
} from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, Transport } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('messages.next', () => {
  it('sends at once on an open connection, and counts', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      record(feed.lifecycle);
      at(3, () => feed.messages.next({ op: 'subscribe' }));

      flush();

      expect(sent).toEqual(['3 {"op":"subscribe"}']);
      expect(feed.stats).toMatchObject({ sent: 1, sentBytes: 18, queued: 0 });
    });
  });

  it('waits in the outbox until the open event was delivered, then goes out in order', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['---o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      feed.messages.next(1);
      feed.lifecycle.subscribe(({ type }) => feed.messages.next(type));
      at(1, () => feed.messages.next(2));
      at(2, () => expect(feed.stats.queued).toBe(3));

      flush();

      expect(sent).toEqual(['3 1', '3 "connecting"', '3 2', '3 "open"']);
    });
  });

  it('waits in the outbox as long as the supervision holds the open event back', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const holdBack = delayWhen((event: LifecycleEvent) => {
        if (event.type !== 'open') return of(0);
        event.link.send('ahead');
        return timer(5);
      });
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport }, holdBack);
      const log = record(feed.lifecycle, ({ type }) => `${type} ${feed.state.value.status}`);
      feed.messages.next('before');
      at(3, () => feed.messages.next('meanwhile'));
      at(7, () => feed.messages.next('after'));

      flush();

      expect(log).toEqual(['0 connecting connecting', '6 open open']);
      expect(sent).toEqual(['1 "ahead"', '6 "before"', '6 "meanwhile"', '7 "after"']);
    });
  });

  it('waits, and is not sent into a connection whose open is still held back, by the late open of the one before', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o--#', 'o']);
      const sent = record(server.sent);
      const holdBack = delayWhen(({ type }: LifecycleEvent) => timer(type === 'open' ? 5 : 0));
      const retrying = retryWithBackoff<LifecycleEvent>({ delays: [1] });
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport }, retrying, holdBack);
      const opens = record(feed.lifecycle.pipe(ofType('open')), brief);
      feed.messages.next('queued');

      flush();

      expect(opens).toEqual(['5 open 1', '9 open 2']);
      expect(sent).toEqual(['9 "queued"']);
    });
  });

  it('waits for the next connection where a subscriber ends this one on hearing of open', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o', 'o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [3] }),
      );
      feed.messages.next('queued');
      feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt, link }) => {
        if (attempt === 1) link.terminate(new Error('not this one'));
      });

      flush();

      expect(sent).toEqual(['3 "queued"']);
      expect(feed.stats).toMatchObject({ sent: 1, dropped: 0 });
    });
  });

  it('survives failed attempts and breaks', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['#', 'o-#', 'o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [2, 3] }),
      );
      record(feed.lifecycle);
      at(1, () => feed.messages.next('after a refusal'));
      at(5, () => feed.messages.next('after a break'));

      flush();

      expect(sent).toEqual(['2 "after a refusal"', '7 "after a break"']);
    });
  });

  it('waits where the peer is closing already', () => {
    inVirtualTime(({ flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport });
      record(feed.lifecycle);
      transport.socket.open();
      feed.messages.next('sent');
      transport.socket.closed(1001);
      feed.messages.next('waits');

      flush();

      expect(transport.calls).toEqual(['send "sent"']);
      expect(feed.stats.queued).toBe(1);
    });
  });

  it.each([
    ['dropOldest', ['b', 'c']],
    ['dropNewest', ['a', 'b']],
  ] as const)('under %s gives up one for one over capacity, and tells', (overflow, kept) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['--o']);
      const sent: unknown[] = [];
      server.sent.subscribe((message) => sent.push(message));
      const feed = observeWebSocket<unknown>({
        url: 'ws://test',
        transport: server.transport,
        outbox: { capacity: 2, overflow },
      });
      const log = record(feed.lifecycle, brief);
      for (const message of ['a', 'b', 'c']) feed.messages.next(message);

      flush();

      expect(sent).toEqual(kept);
      expect(log).toEqual(['0 connecting 1', '0 dropped 1 overflow', '2 open 1']);
      expect(feed.stats.dropped).toBe(1);
    });
  });

  it('under error throws over capacity, and nothing is dropped', () => {
    const feed = observeWebSocket<unknown>({ url: 'ws://test', outbox: { capacity: 1, overflow: 'error' } });
    feed.messages.next('a');

    expect(() => feed.messages.next('b')).toThrow(OutboxOverflowError);
    expect(feed.stats).toMatchObject({ queued: 1, dropped: 0 });
  });

  it('holds 1000 messages by default', () => {
    const feed = observeWebSocket<unknown>('ws://test');

    for (let i = 0; i < 1001; i++) feed.messages.next(i);

    expect(feed.stats).toMatchObject({ queued: 1000, dropped: 1 });
  });

  it('gives up what waited longer than maxAge', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-----o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport, outbox: { maxAge: 3 } });
      const log = record(feed.lifecycle, brief);
      feed.messages.next('old');
      at(1, () => feed.messages.next('too old'));
      at(2, () => feed.messages.next('just right'));

      flush();

      expect(sent).toEqual(['5 "just right"']);
      expect(log.slice(1)).toEqual(['5 open 1', '5 dropped 2 expired']);
    });
  });

  it('drops what does not encode, and tells why', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      const events: unknown[] = [];
      feed.lifecycle.subscribe((event) => events.push(event));
      at(1, () => feed.messages.next(undefined));
      at(2, () => feed.messages.next(1n));
      at(3, () => feed.messages.next('fine'));

      flush();

      expect(events.slice(2)).toEqual([
        {
          type: 'dropped',
          count: 1,
          reason: 'unserializable',
          error: expect.objectContaining({ name: 'WebSocketError', cause: expect.any(TypeError) }),
        },
        {
          type: 'dropped',
          count: 1,
          reason: 'unserializable',
          error: expect.objectContaining({ name: 'WebSocketError', cause: expect.any(TypeError) }),
        },
      ]);
      expect(sent).toEqual(['3 "fine"']);
    });
  });

  it('drops what a codec makes no frame of', () => {
    const codec = { encode: (value: unknown) => value as string, decode: String };
    const feed = observeWebSocket({ url: 'ws://test', codec });

    for (const value of [undefined, {}, 5]) feed.messages.next(value);

    expect(feed.stats).toMatchObject({ dropped: 3, queued: 0 });
  });

  it('sends and receives bytes as they are', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const bytes = new Uint8Array([0, 255]);
      const server = scriptedServer(cold, ['o-b'], { b: bytes });
      const sent = vi.fn();
      const received = vi.fn();
      const transport: Transport = {
        ...server.transport,
        open: (...handshake) => Object.assign(server.transport.open(...handshake), { send: sent }),
      };
      const feed = observeWebSocket({ url: 'ws://test', transport, codec: binary() });
      feed.messages.subscribe(received);
      at(1, () => feed.messages.next(bytes));

      flush();

      expect(sent.mock.calls[0]![0]).toBe(bytes);
      expect(received.mock.calls[0]![0]).toBe(bytes);
    });
  });

  it('sends and receives text as it is', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a']);
      const sent = record(server.sent);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, codec: text() });
      feed.messages.next('not {json');
      const messages = record(feed.messages);

      flush();

      expect(sent).toEqual(['0 "not {json"']);
      expect(messages).toEqual([String.raw`2 "\"a\""`]);
    });
  });

  it('sends with a codec of the user', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a']);
      const sent = record(server.sent);
      const { encode } = json<unknown>();
      const codec = { encode: (value: number) => encode({ value }), decode: () => new Date(0) };
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, codec });
      feed.messages.next(7);
      const messages = record(feed.messages, (date) => date.toISOString());

      flush();

      expect(sent).toEqual(['0 {"value":7}']);
      expect(messages).toEqual(['2 1970-01-01T00:00:00.000Z']);
    });
  });
});

describe('stats', () => {
  it('are totals over the whole life, and of now where they say so', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b-#', 'o-c']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      record(feed.messages);

      flush();

      expect(feed.stats).toMatchObject({ received: 3, receivedBytes: 9, opens: 2, queued: 0, bufferedAmount: 0 });
      expect(JSON.parse(JSON.stringify(feed.stats))).toMatchObject({ received: 3, queued: 0, bufferedAmount: 0 });
    });
  });

  it('have a latency as long as the connection lives that it was measured on', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--#', 'o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        heartbeat({ interval: 9, timeout: 5, random: () => 0.25 }),
        retryWithBackoff({ delays: [1] }),
      );

      const latencies = record(feed.lifecycle, ({ type }) => `${type} ${feed.stats.latency}`, timer(10));
      flush();

      expect(latencies).toEqual([
        '0 connecting undefined',
        '0 open undefined',
        '2.25 heartbeat 0',
        '3 close undefined',
        '3 reconnecting undefined',
        '4 connecting undefined',
        '4 open undefined',
        '6.25 heartbeat 0',
      ]);
      expect(feed.stats.latency).toBeUndefined();
    });
  });

  it('have a latency that no other event changes, nor an `open` that comes again', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ canPing: true });
      const repeated: Supervision = mergeMap((event) =>
        event.type === 'open' ? merge(of(event), of(event).pipe(delay(5))) : of(event),
      );
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        heartbeat({ interval: 9, timeout: 5, random: () => 0.25 }),
        repeated,
      );
      feed.messages.subscribe();
      at(1, () => transport.socket.open());
      at(5, () => transport.socket.frame('{oops'));
      at(7, () => {
        expect(feed.stats).toMatchObject({ rejected: 1, latency: 0 });
        void feed.close();
      });

      flush();
    });
  });

  it('have nothing buffered of a socket that is gone', () => {
    const transport = fakeTransport();
    const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [60_000] }));
    const subscription = feed.lifecycle.subscribe();
    transport.open();
    expect(feed.stats.bufferedAmount).toBe(7);

    transport.sink.onClose(1006, '', false);

    expect(feed.stats.bufferedAmount).toBe(0);
    subscription.unsubscribe();
  });

  it('ask the open socket what it has buffered', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    expect(feed.stats.bufferedAmount).toBe(0);

    const subscription = feed.lifecycle.subscribe();
    transport.socket.bufferedAmount = 7;

    expect(feed.stats.bufferedAmount).toBe(7);
    subscription.unsubscribe();
  });
});

describe('pause()', () => {
  it('holds until every lease is released, and a release counts once', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const subscription = feed.lifecycle.subscribe();
    transport.socket.open();

    const release = feed.pause();
    const other = feed.pause();
    release();
    release();
    expect(transport.calls).toEqual(['pause']);
    other();

    expect(transport.calls).toEqual(['pause', 'resume']);
    subscription.unsubscribe();
  });

  it('taken before the connection is open, or before a reconnect, holds there too', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['--o-a-#', 'o-b']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      const messages = record(feed.messages);
      const release = feed.pause();
      at(9, () => {
        release();
        feed.pause();
      });
      at(20, () => feed.pause()());

      flush();

      expect(messages).toEqual(['9 "a"']);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('can be taken and released while nobody is subscribed', () => {
    const feed = observeWebSocket({ url: 'ws://test', transport: playedSockets() });

    const release = feed.pause();

    expect(release).not.toThrow();
  });

  it('does nothing where the transport cannot stop its peer', () => {
    const transport = playedSockets({ answersClose: false, canPause: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const paused: boolean[] = [];
    const subscription = feed.lifecycle.subscribe((event) => event.type === 'open' && paused.push(event.link.paused));
    const release = feed.pause();
    transport.socket.open();

    release();

    expect(feed.canPause).toBe(false);
    expect(paused).toEqual([false]);
    subscription.unsubscribe();
  });
});

describe('for await', () => {
  const opened = () => {
    const transport = playedSockets();
    const feed = observeWebSocket<number>({ url: 'ws://test', transport });
    return { transport, feed, send: (n: number) => transport.socket.frame(String(n)) };
  };

  it('reads in order, and unsubscribes on break', async () => {
    const { transport, feed, send } = opened();
    const read: number[] = [];
    const reading = (async () => {
      for await (const n of feed.messages) {
        read.push(n);
        if (n === 3) break;
      }
    })();
    transport.socket.open();

    [1, 2, 3, 4].forEach(send);
    await reading;

    expect(read).toEqual([1, 2, 3]);
    expect(feed.state.value).toEqual({ status: 'idle' });
    expect(transport.calls).toEqual(['close 1000']);
  });

  it('pauses at 1000 waiting messages and goes on at 250', async () => {
    const { transport, feed, send } = opened();
    const reader = feed.messages[Symbol.asyncIterator]();
    const first = reader.next();
    transport.socket.open();
    send(0);
    await first;

    for (let n = 1; n <= 999; n++) send(n);
    expect(transport.calls).toEqual([]);
    send(1000);
    expect(transport.calls).toEqual(['pause']);
    for (let n = 1; n < 750; n++) await reader.next();
    expect(transport.calls).toEqual(['pause']);
    await reader.next();

    expect(transport.calls).toEqual(['pause', 'resume']);
    await reader.return?.();
  });

  it('can go over the iterator itself, and return before it has begun', async () => {
    const messages = observeWebSocket({ url: 'ws://test', transport: playedSockets() }).messages;
    const iterator = messages[Symbol.asyncIterator]();

    expect(iterator[Symbol.asyncIterator]()).toBe(iterator);
    await expect(iterator.return!()).resolves.toEqual({ done: true, value: undefined });
  });

  it('ends with the messages, after what waits', async () => {
    const { transport, feed, send } = opened();
    const reader = feed.messages[Symbol.asyncIterator]();
    const first = reader.next();
    transport.socket.open();
    [1, 2].forEach(send);
    await feed.close();

    expect([await first, await reader.next(), await reader.next()]).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: undefined, done: true },
    ]);
  });

  it('holds no lease once the messages have ended', async () => {
    const { transport, feed, send } = opened();
    const reader = feed.messages[Symbol.asyncIterator]();
    const first = reader.next();
    transport.socket.open();
    for (let n = 0; n <= 1000; n++) send(n);
    await first;
    feed.link!.terminate(new Error('enough')); // a server that is not read cannot end it

    feed.lifecycle.subscribe();
    transport.socket.open();

    expect(transport.calls.filter((call) => call === 'pause')).toHaveLength(1);
    await reader.return?.();
    await feed.close();
  });

  it('throws the error of the connection once, after what waits', async () => {
    const { transport, feed, send } = opened();
    const read: number[] = [];
    const reading = (async () => {
      for await (const n of feed.messages) read.push(n);
    })();
    transport.socket.open();
    [1, 2].forEach(send);
    transport.socket.closed(1001, 'gone');

    await expect(reading).rejects.toMatchObject({ name: 'ConnectionClosedError', code: 1001 });
    expect(read).toEqual([1, 2]);
  });

  it('lets a waiting reader go when the loop is left from outside', async () => {
    const { feed } = opened();
    const reader = feed.messages[Symbol.asyncIterator]();
    const waiting = reader.next();

    await reader.return?.();

    await expect(waiting).resolves.toEqual({ value: undefined, done: true });
    expect(feed.state.value).toEqual({ status: 'idle' });
  });

  it('passes a throw on and unsubscribes', async () => {
    const { feed } = opened();
    const reader = feed.messages[Symbol.asyncIterator]();
    const waiting = reader.next();

    await expect(reader.throw?.(new Error('mine'))).rejects.toThrow('mine');
    await waiting;

    expect(feed.state.value).toEqual({ status: 'idle' });
  });

  it('serves a stream of node:stream, whose end lets the connection go', async () => {
    const { transport, feed, send } = opened();
    const stream = Readable.from(feed.messages);
    const first = new Promise((resolve) => stream.once('data', resolve));
    await vi.waitFor(() => expect(feed.state.value.status).toBe('connecting'));
    transport.socket.open();
    send(1);

    await expect(first).resolves.toBe(1);
    stream.destroy();
    await vi.waitFor(() => expect(feed.state.value).toEqual({ status: 'idle' }));
  });
});
