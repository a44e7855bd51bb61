import { retry } from 'rxjs';
import type { Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { atMost, isMessageDroppedError, isOutboxOverflowError, observeWebSocket } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** A connection, and what became of what it sends, in the order in which that was known. */
function make(config: Partial<WebSocketConfig> = {}, ...supervision: Supervision[]) {
  const clock = new CountingScheduler();
  const transport = playedSockets();
  const feed = observeWebSocket({ url: 'ws://test', transport, scheduler: clock, ...config }, ...supervision);
  const fates: string[] = [];
  const send = (value: unknown) => {
    void feed.send(value).then(
      () => fates.push(`${String(value)} sent`),
      (error: unknown) => fates.push(`${String(value)} ${isMessageDroppedError(error) ? error.reason : 'lost'}`),
    );
  };
  const made = {
    feed,
    clock,
    transport,
    send,
    fates,
    run: undefined as Subscription | undefined,
    connect: () => void (made.run = feed.lifecycle.subscribe({ error: () => undefined })),
  };
  return made;
}

describe('send', () => {
  it('sends at once on an open connection, and resolves when the socket has taken it', async () => {
    const { transport, send, connect, fates } = make();
    connect();
    transport.socket.open();

    send('a');

    expect(transport.socket.calls).toEqual(['send "a"']);
    await laterTask();
    expect(fates).toEqual(['a sent']);
  });

  it('waits for the connection, in the order of all messages', async () => {
    const { feed, transport, send, connect, fates } = make();
    send('a');
    feed.messages.next('b');
    connect();
    send('c');
    await laterTask();
    expect(fates).toEqual([]);
    expect(feed.stats.queued).toBe(3);

    transport.socket.open();
    await laterTask();

    expect(transport.socket.calls).toEqual(['send "a"', 'send "b"', 'send "c"']);
    expect(fates).toEqual(['a sent', 'c sent']);
  });

  it.each<[string, (made: ReturnType<typeof make>) => unknown]>([
    ['a run that fails', ({ transport }) => transport.socket.closed()],
    ['a run that is unsubscribed', ({ run }) => run?.unsubscribe()],
  ])('outlives %s', async (_, happens) => {
    const made = make();
    made.send('a');
    made.connect();

    happens(made);
    await laterTask();
    expect(made.fates).toEqual([]);
    made.connect();
    made.transport.socket.open();
    await laterTask();

    expect(made.transport.socket.calls).toEqual(['send "a"']);
    expect(made.fates).toEqual(['a sent']);
  });

  it('waits for the next connection where the peer has begun to close this one', async () => {
    const { transport, send, connect, fates } = make({}, retry());
    connect();
    transport.socket.open().beginToClose();

    send('a');
    await laterTask();
    expect(fates).toEqual([]);
    transport.socket.closed(1001);
    transport.socket.open();
    await laterTask();

    expect(transport.sockets.map(({ calls }) => calls)).toEqual([[], ['send "a"']]);
    expect(fates).toEqual(['a sent']);
  });

  it('waits for the next run where `close()` is under way', async () => {
    const transport = playedSockets({ answersClose: false });
    const { feed, send, connect, fates } = make({ transport });
    connect();
    const first = transport.socket.open();
    const closing = feed.close();

    send('a');
    connect();
    first.closed(1000);
    await closing;
    expect(fates).toEqual([]);
    transport.socket.open();
    await laterTask();

    expect(transport.sockets.map(({ calls }) => calls)).toEqual([['close 1000'], ['send "a"']]);
    expect(fates).toEqual(['a sent']);
  });

  it.each<[string, string[], NonNullable<WebSocketConfig['outbox']>]>([
    ['the oldest is given up', ['a overflow', 'b sent', 'c sent'], { capacity: 2 }],
    ['the newest is given up', ['c overflow', 'a sent', 'b sent'], { capacity: 2, overflow: 'dropNewest' }],
    ['too many are refused', ['c overflow', 'a sent', 'b sent'], { capacity: 2, overflow: 'error' }],
    ['the oldest bytes are given up', ['a overflow', 'b sent', 'c sent'], { maxBytes: 8 }],
    ['one is too long', ['a overflow', 'b overflow', 'c overflow'], { maxBytes: 2 }],
    ['nothing waits', ['a overflow', 'b overflow', 'c overflow'], { capacity: 0 }],
  ])('rejects what the outbox has no room for: %s', async (_, expected, outbox) => {
    const { transport, send, connect, fates } = make({ outbox });

    for (const value of ['a', 'b', 'c']) send(value);
    await laterTask();
    connect();
    transport.socket.open();
    await laterTask();

    expect(fates).toEqual(expected);
  });

  it('has the OutboxOverflowError that `messages.next` throws as the cause', async () => {
    const { feed } = make({ outbox: { capacity: 0, overflow: 'error' } });

    const error = await feed.send('a').catch((error: unknown) => error);

    expect(isMessageDroppedError(error)).toBe(true);
    expect(isOutboxOverflowError((error as Error).cause)).toBe(true);
  });

  it('rejects what has waited longer than maxAge', async () => {
    const { clock, transport, send, connect, fates } = make({ outbox: { maxAge: 100 } });
    send('a');
    clock.advance(1);
    send('b');
    connect();

    clock.advance(100);
    transport.socket.open();
    await laterTask();

    expect(fates).toEqual(['a expired', 'b sent']);
  });

  it('rejects what waits when the connection is closed', async () => {
    const { feed, send, connect, fates } = make();
    send('a');
    connect();
    send('b');

    await feed.close();
    await laterTask();

    expect(fates).toEqual(['a closed', 'b closed']);
  });

  it.each<[string, Partial<WebSocketConfig>]>([
    [
      'encodes',
      {
        codec: {
          encode: () => {
            throw new Error('no');
          },
          decode: String,
        },
      },
    ],
    ['makes no frame', { codec: { encode: () => 5 as never, decode: String } }],
    [
      'makes codecs',
      {
        codec: () => {
          throw new Error('no');
        },
      },
    ],
  ])('never throws, and rejects a value that has no frame, because of what %s', async (_, config) => {
    const { feed } = make(config);

    const sending = feed.send('a');
    const error = await sending.catch((error: unknown) => error);

    expect(error).toMatchObject({ name: 'MessageDroppedError', reason: 'unserializable', cause: expect.any(Error) });
  });

  it('rejects a message that the socket refuses, and that one alone', async () => {
    const { transport, send, connect, fates } = make();
    connect();
    const client = transport.socket.open().client!;
    const { send: take } = client;
    client.send = (data) => {
      if (data === '"b"') throw new Error('not this one');
      take.call(client, data);
    };

    for (const value of ['a', 'b', 'c']) send(value);
    await laterTask();

    expect(fates).toEqual(['a sent', 'b unserializable', 'c sent']);
  });

  it('waits for its turn under a pace, and is sent before the closing handshake if there is time', async () => {
    const { feed, clock, transport, send, connect, fates } = make({ pace: atMost(1, 1000), closeTimeout: 1500 });
    connect();
    transport.socket.open();
    for (const value of ['a', 'b', 'c', 'd']) send(value);
    await laterTask();
    expect(fates).toEqual(['a sent']);
    clock.advance(1100);
    await laterTask();
    expect(fates).toEqual(['a sent', 'b sent']);

    void feed.close();
    await laterTask();
    expect(fates.slice(2)).toEqual(['d closed']);
    clock.advance(1100);
    await laterTask();

    expect(fates.slice(3)).toEqual(['c sent']);
    expect(transport.socket.calls).toEqual(['send "a"', 'send "b"', 'send "c"', 'close 1000']);
  });

  it('is for the connection that is open when its turn comes', async () => {
    const { clock, transport, send, connect, fates } = make({ pace: atMost(1, 1000) }, retry());
    connect();
    transport.socket.open();
    send('a');
    send('b');

    transport.socket.closed();
    transport.socket.open();
    clock.advance(1);
    await laterTask();

    expect(transport.sockets.map(({ calls }) => calls)).toEqual([['send "a"'], ['send "b"']]);
    expect(fates).toEqual(['a sent', 'b sent']);
  });
});
