import { retry } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { OpenEvent, Supervision, WebSocketConfig } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { PlayedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

/** The promise that a message waits for, settled by hand. */
interface Decoding {
  resolve(message: string): void;
  reject(error: unknown): void;
}

/** An open connection whose codec takes the time that the test gives it, and what is heard of it. */
function connect(config: Partial<WebSocketConfig<string>> = {}, ...supervision: Supervision[]) {
  const decodings: Record<string, Decoding> = {};
  const transport = (config.transport as PlayedSockets | undefined) ?? playedSockets({ answersClose: false });
  const codec = {
    encode: (value: string) => value,
    decode: (data: string | Uint8Array) =>
      data === 'at once'
        ? data
        : new Promise<string>((resolve, reject) => {
            decodings[String(data)] = { resolve, reject };
          }),
  };
  const feed = observeWebSocket<string>({ url: 'ws://test', codec, ...config, transport }, ...supervision);
  const log: string[] = [];
  let open!: OpenEvent;
  const subscription = feed.lifecycle.subscribe({
    next: (event) => {
      log.push(brief(event));
      if (event.type === 'open') open = event;
    },
    error: (error: unknown) => log.push(`# ${(error as Error).name}`),
    complete: () => log.push('|'),
  });
  const messages = feed.messages.subscribe({ next: (message) => log.push(message), error: () => undefined });
  transport.socket.open();
  log.length = 0;
  return {
    feed,
    transport,
    log,
    link: open.link,
    decodings,
    receive: (...frames: string[]) => frames.forEach((frame) => transport.socket.frame(frame)),
    leave: () => {
      subscription.unsubscribe();
      messages.unsubscribe();
    },
  };
}

/** Everything that was going to happen by itself has happened. */
const quiet = () => new Promise((resolve) => setImmediate(resolve));

describe('a codec that returns promises', () => {
  it('delivers in the order of arrival, whichever is settled first', async () => {
    const { receive, decodings, log, link } = connect();
    const own: unknown[] = [];
    link.messages.subscribe((message) => own.push(message));
    receive('a', 'b', 'c');
    decodings.c!.resolve('C');
    decodings.b!.resolve('B');
    await quiet();
    expect(log).toEqual([]);

    decodings.a!.resolve('A');

    await vi.waitFor(() => expect(log).toEqual(['A', 'B', 'C']));
    expect(own).toEqual(['A', 'B', 'C']);
  });

  it('delivers each when it is settled', async () => {
    const { receive, decodings, log } = connect();
    receive('a', 'b');

    decodings.a!.resolve('A');

    await vi.waitFor(() => expect(log).toEqual(['A']));
  });

  it('rejects in the same order, and goes on', async () => {
    const { receive, decodings, log, feed } = connect();
    receive('a', 'b', 'c', 'd');
    decodings.d!.resolve('D');
    decodings.c!.reject('no Error');
    decodings.b!.reject(new TypeError('odd'));
    await quiet(); // long enough for an unhandled rejection
    expect(log).toEqual([]);

    decodings.a!.resolve('A');

    await vi.waitFor(() => expect(log).toEqual(['A', 'rejected b', 'rejected c', 'D']));
    expect(feed.stats).toMatchObject({ received: 4, rejected: 2 });
  });

  it('tells why in the DecodeError', async () => {
    const { receive, decodings, feed } = connect();
    const cause = new TypeError('odd');
    const rejected = new Promise((resolve) => {
      feed.lifecycle.subscribe((event) => event.type === 'rejected' && resolve(event.error));
    });
    receive('a');

    decodings.a!.reject(cause);

    expect(await rejected).toMatchObject({
      name: 'DecodeError',
      message: 'A message could not be decoded: odd',
      data: 'a',
      cause,
    });
  });

  it('closes after the last message, and with what the peer said', async () => {
    const { receive, decodings, log, transport } = connect();
    receive('a', 'b');
    transport.socket.closed(4100, 'done');
    decodings.b!.resolve('B');
    await quiet();
    expect(log).toEqual([]);

    decodings.a!.resolve('A');

    await vi.waitFor(() => expect(log).toEqual(['A', 'B', 'close 4100 done remote', '# ConnectionClosedError']));
  });

  it('closes at once where nothing waits any more', async () => {
    const { receive, decodings, log, transport } = connect();
    receive('a');
    decodings.a!.resolve('A');
    await vi.waitFor(() => expect(log).toEqual(['A']));

    transport.socket.closed(1000);

    await vi.waitFor(() => expect(log).toEqual(['A', 'close 1000 remote', '# ConnectionClosedError']));
  });

  it('closes without the messages that are not settled within closeTimeout, and leaves nothing running', async () => {
    const scheduler = new CountingScheduler();
    const { receive, decodings, log, transport } = connect({ scheduler, closeTimeout: 50 });
    receive('a', 'b');
    transport.socket.closed(4100);
    decodings.b!.resolve('B');
    scheduler.advance(49);
    expect(log).toEqual([]);

    scheduler.advance(1);
    expect(log).toEqual(['close 4100 remote', '# ConnectionClosedError']);
    expect(scheduler.pending).toBe(0);
    decodings.a!.resolve('A');
    await quiet();

    expect(log).toEqual(['close 4100 remote', '# ConnectionClosedError']);
  });

  it('leaves no timer behind a close that waited', async () => {
    const scheduler = new CountingScheduler();
    const { receive, decodings, log, transport } = connect({ scheduler });
    receive('a');
    transport.socket.closed(4100);
    expect(scheduler.pending).toBe(1);

    decodings.a!.resolve('A');

    await vi.waitFor(() => expect(log).toHaveLength(3));
    expect(scheduler.pending).toBe(0);
  });

  it('is waited for by a close of ours', async () => {
    const scheduler = new CountingScheduler();
    const { receive, decodings, log, transport, feed } = connect({ scheduler });
    receive('a');
    const closed = feed.close();
    transport.socket.closed(1000);
    await quiet();
    expect(log).toEqual([]);

    decodings.a!.resolve('A');
    await closed;

    expect(log).toEqual(['A', 'close 1000 local', '|']);
    expect(scheduler.pending).toBe(0);
  });

  it('is waited for by a close of ours that comes behind that of the server', async () => {
    const { receive, decodings, log, transport, feed } = connect();
    receive('a');
    transport.socket.closed(4100);
    const closed = feed.close();
    expect(log).toEqual([]);

    decodings.a!.resolve('A');
    await closed;

    expect(log).toEqual(['A', 'close 4100 local', '|']);
  });

  it.each<[string, (connected: ReturnType<typeof connect>) => void]>([
    ['before the server has closed it', ({ leave, transport }) => { leave(); transport.socket.closed(1000); }], // prettier-ignore
    ['when the server has closed it', ({ leave, transport }) => { transport.socket.closed(1000); leave(); }], // prettier-ignore
  ])('is waited for by nobody who has unsubscribed %s', async (_when, end) => {
    const connected = connect({ closeTimeout: 100_000 });
    connected.receive('a');
    end(connected);
    const closed = vi.fn();

    void connected.feed.close().then(closed);
    await quiet();

    expect(closed).toHaveBeenCalledOnce();
  });

  it('keeps the order with messages that are decoded at once', async () => {
    const { receive, decodings, log } = connect();
    receive('a', 'b');
    decodings.a!.resolve('A');
    await vi.waitFor(() => expect(log).toEqual(['A']));

    receive('at once');
    expect(log).toEqual(['A']);
    decodings.b!.resolve('B');
    await vi.waitFor(() => expect(log).toEqual(['A', 'B', 'at once']));
    receive('at once');

    expect(log).toEqual(['A', 'B', 'at once', 'at once']);
  });

  it.each<[string, (connected: ReturnType<typeof connect>) => void, string[]]>([
    [
      'is terminated',
      ({ link }) => link.terminate(new RangeError('mine')),
      ['close 1006 local unclean', '# RangeError'],
    ],
    ['is left', ({ leave }) => leave(), []],
  ])('delivers nothing once the connection %s', async (_how, end, told) => {
    const connected = connect();
    const { receive, decodings, log, feed } = connected;
    receive('a', 'b');
    end(connected);
    expect(log).toEqual(told);

    decodings.a!.resolve('A');
    decodings.b!.reject(new Error('odd'));
    await quiet();

    expect(log).toEqual(told);
    expect(feed.stats.rejected).toBe(0);
  });

  it('pauses while 1000 promises wait, and resumes when 250 do', async () => {
    const { receive, decodings, transport, link } = connect();
    const frames = Array.from({ length: 1000 }, (_, n) => String(n));
    const settle = async (from: number, to: number) => {
      for (const frame of frames.slice(from, to)) decodings[frame]!.resolve(frame);
      await quiet();
    };

    receive(...frames.slice(0, 999));
    expect(transport.calls).toEqual([]);
    receive('999');
    expect(transport.calls).toEqual(['pause']);
    await settle(0, 749);
    expect(transport.calls).toEqual(['pause']);
    expect(link.paused).toBe(true);
    await settle(749, 750);

    expect(transport.calls).toEqual(['pause', 'resume']);
    expect(link.paused).toBe(false);
  });

  it('stays paused for the promises where a lease is released, and for a lease where the promises are settled', async () => {
    const { receive, decodings, transport, feed } = connect();
    const frames = Array.from({ length: 1000 }, (_, n) => String(n));
    receive(...frames);

    feed.pause()();
    expect(transport.calls).toEqual(['pause']);
    const release = feed.pause();
    for (const frame of frames) decodings[frame]!.resolve(frame);
    await quiet();
    expect(transport.calls).toEqual(['pause']);
    release();

    expect(transport.calls).toEqual(['pause', 'resume']);
  });

  it('goes on where nothing can be paused', async () => {
    const { receive, decodings, log, transport } = connect({
      transport: playedSockets({ answersClose: false, canPause: false }),
    });
    const frames = Array.from({ length: 1500 }, (_, n) => String(n));

    receive(...frames);
    for (const frame of frames) decodings[frame]!.resolve(frame);
    await quiet();

    expect(transport.calls).toEqual([]);
    expect(log).toEqual(frames);
  });

  it('has no promises of the connection before count for the next one', async () => {
    const { receive, decodings, log, link, transport } = connect({}, retry());
    receive(...Array.from({ length: 999 }, (_, n) => String(n)));
    link.terminate(new RangeError('mine'));
    transport.socket.open();
    transport.calls.length = 0;

    receive('1000', '1001');
    for (const frame of ['0', '1000', '1001']) decodings[frame]!.resolve(frame);
    await quiet();

    expect(transport.calls).toEqual([]);
    expect(log.slice(-2)).toEqual(['1000', '1001']);
  });

  it('delivers nothing of a connection that was replaced', async () => {
    const { receive, decodings, log, link, transport } = connect({}, retry());
    receive('a');
    link.terminate(new RangeError('mine'));
    transport.socket.open();
    receive('b');

    decodings.a!.resolve('A');
    decodings.b!.resolve('B');

    await vi.waitFor(() => expect(log.at(-1)).toBe('B'));
    expect(log).toEqual(['close 1006 local unclean', 'connecting 2', 'open 2', 'B']);
  });
});
