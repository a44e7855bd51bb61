import { filter, NEVER, repeat, Subscription, tap } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('close()', () => {
  it('of an open connection makes the close handshake and completes both streams', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retryWithBackoff());
      const log = record(feed.lifecycle, brief);
      const messages = record(feed.messages);
      at(3, () => void feed.close(4001, 'enough'));

      flush();

      expect(log).toEqual(['0 connecting 1', '0 open 1', '3 close 4001 enough local', '3 |']);
      expect(messages).toEqual(['3 |']);
      expect(closes).toEqual(['3 {"code":4001,"reason":"enough"}']);
    });
  });

  it('flushes what was sent while `open` was being told', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe((event) => {
        if (event.type !== 'open') return;
        feed.messages.next('bye');
        feed.messages.complete();
      });

      flush();

      expect(sent).toEqual(['1 "bye"']);
      expect(feed.stats.dropped).toBe(0);
    });
  });

  it('completes the streams whatever the supervision still waits for', async () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport }, repeat({ delay: () => NEVER }));
    const completed = vi.fn();
    feed.lifecycle.subscribe({ complete: completed });
    transport.socket.open();

    await feed.close();

    expect(completed).toHaveBeenCalledOnce();
  });

  it('while connecting gives up at once and drops what waits', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['----o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retryWithBackoff());
      const log = record(feed.lifecycle, brief);
      feed.messages.next('a');
      feed.messages.next('b');
      at(2, () => void feed.close());

      flush();

      expect(log).toEqual(['0 connecting 1', '2 dropped 2 closed', '2 close 1006 local unclean', '2 |']);
      expect(feed.stats).toMatchObject({ queued: 0, dropped: 2, sent: 0 });
    });
  });

  it('while a factory is asked gives up at once', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: () => NEVER, transport });
      const log = record(feed.lifecycle, brief);
      at(2, () => void feed.close());

      flush();

      expect(log).toEqual(['0 connecting 1', '2 close 1006 local unclean', '2 |']);
    });
  });

  it('while a retry waits cancels it, drops what waits, and completes', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['#']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [9] }),
      );
      const log = record(feed.lifecycle, brief);
      feed.messages.next('a');
      at(4, () => void feed.close(3000, 'bye'));

      flush();

      expect(log.slice(-2)).toEqual(['4 dropped 1 closed', '4 |']);
      expect(server.connections).toHaveLength(1);
      expect(feed.state.value).toEqual({ status: 'closed', code: 3000, reason: 'bye' });
    });
  });

  it.each(['connecting', 'open', 'close', 'reconnecting'])(
    'from a subscriber that hears of %s ends the run',
    (type) => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['-o-#']);
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          retryWithBackoff({ delays: [5] }),
        );
        const closing = tap((event: LifecycleEvent) => event.type === type && void feed.close());
        const log = record(feed.lifecycle.pipe(closing), brief);

        flush();

        expect(log.at(-1)).toMatch(/\|$/);
        expect(server.connections.length).toBeLessThanOrEqual(1);
        expect(feed.state.value.status).toBe('closed');
      });
    },
  );

  it('ends a run whose supervision wants to go on', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, repeat());
      const log = record(feed.lifecycle, brief);
      at(2, () => void feed.close());

      flush();

      expect(log.slice(-2)).toEqual(['2 close 1000 local', '2 |']);
      expect(server.connections).toHaveLength(1);
    });
  });

  it('terminates a socket whose peer does not answer within closeTimeout', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport, closeTimeout: 50 });
      const log = record(feed.lifecycle, brief);
      transport.socket.open();
      at(10, () => void feed.close(4000));

      flush();

      expect(log.slice(-2)).toEqual(['60 close 1006 local unclean', '60 |']);
      expect(transport.calls).toEqual(['close 4000', 'terminate']);
    });
  });

  it('waits 2 seconds for the answer by default', () => {
    inVirtualTime(({ flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.lifecycle, brief);
      transport.socket.open();
      void feed.close();

      flush();

      expect(log.at(-1)).toBe('2000 |');
    });
  });

  it('delivers what still arrives before the answer', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const messages = record(feed.messages);
      transport.socket.open();
      at(1, () => void feed.close());
      at(2, () => transport.socket.frame('"late"'));
      at(3, () => transport.socket.closed(1000));

      flush();

      expect(messages).toEqual(['2 "late"', '3 |']);
    });
  });

  it('once begun is not overtaken by a verdict, and a second call changes nothing', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.lifecycle, brief);
      let open!: LifecycleEvent;
      feed.lifecycle.subscribe((event) => event.type === 'open' && (open = event));
      transport.socket.open();
      at(1, () => void feed.close());
      at(2, () => open.type === 'open' && open.link.terminate(new Error('dead')));
      at(2, () => void feed.close(4000));
      at(3, () => transport.socket.closed(1000));

      flush();

      expect(log.slice(-2)).toEqual(['3 close 1000 local', '3 |']);
      expect(transport.calls).toEqual(['close 1000']);
    });
  });

  it('resumes a paused connection first, so that the answer is seen', () => {
    inVirtualTime(({ flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      record(feed.lifecycle);
      transport.socket.open();
      feed.pause();

      void feed.close();
      flush();

      expect(transport.calls.slice(0, 3)).toEqual(['pause', 'resume', 'close 1000']);
    });
  });

  it.each([
    [1001, ''],
    [1005, ''],
    [2999, ''],
    [5000, ''],
    [1000.5, ''],
    [NaN, ''],
    [1000, 'x'.repeat(124)],
    [1000, '€'.repeat(42)],
  ])('rejects %d %j with a RangeError and sends nothing', async (code, reason) => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const subscription = feed.lifecycle.subscribe();
    transport.socket.open();

    await expect(feed.close(code, reason)).rejects.toThrow(RangeError);

    expect(transport.calls).toEqual([]);
    expect(feed.state.value.status).toBe('open');
    subscription.unsubscribe();
  });

  it.each(['idle', 'connecting', 'reconnecting'])('rejects it while %s too, and changes nothing', async (status) => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport }, retryWithBackoff());
    const subscription = new Subscription();
    if (status !== 'idle') subscription.add(feed.lifecycle.subscribe());
    if (status === 'reconnecting') transport.socket.closed();
    feed.messages.next('waits');

    await expect(feed.close(1001)).rejects.toThrow(RangeError);

    expect(feed.state.value.status).toBe(status);
    expect(feed.stats).toMatchObject({ queued: 1, dropped: 0 });
    subscription.unsubscribe();
  });

  it.each([
    [1000, 'x'.repeat(123)],
    [3000, '€'.repeat(41)],
    [4999, ''],
  ])('takes %d %j', async (code, reason) => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const completed = vi.fn();
    feed.lifecycle.subscribe({ complete: completed });
    transport.socket.open();

    await feed.close(code, reason);

    expect(transport.calls).toEqual([`close ${code}${reason && ` ${reason}`}`]);
    expect(completed).toHaveBeenCalledOnce();
  });

  it('resolves when nothing is left of the socket, one that was abandoned before included', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const subscription = feed.lifecycle.subscribe();
    transport.socket.open();
    subscription.unsubscribe();
    const closed = vi.fn();

    const closing = feed.close().then(closed);
    await Promise.resolve();
    expect(closed).not.toHaveBeenCalled();
    transport.socket.closed(1000);
    await closing;

    expect(closed).toHaveBeenCalledOnce();
  });

  it('resolves not before the sockets of earlier runs are gone, though its own is', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const first = feed.lifecycle.subscribe();
    transport.socket.open();
    const { socket: abandoned } = transport;
    first.unsubscribe();
    feed.lifecycle.subscribe();
    transport.socket.open();
    const closed = vi.fn();

    const closing = feed.close().then(closed);
    transport.socket.closed(1000);
    await new Promise(setImmediate); // every promise that can settle has done so
    expect(closed).not.toHaveBeenCalled();
    abandoned.closed(1000);
    await closing;

    expect(closed).toHaveBeenCalledOnce();
  });

  it('resolves not before any socket of an earlier run is gone, whichever goes first', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    for (let run = 1; run <= 2; run++) {
      const subscription = feed.lifecycle.subscribe();
      transport.socket.open();
      subscription.unsubscribe();
    }
    const [first, second] = transport.sockets;
    second!.closed(1000);
    const closed = vi.fn();

    const closing = feed.close().then(closed);
    await laterTask();
    expect(closed).not.toHaveBeenCalled();
    first!.closed(1000);
    await closing;

    expect(closed).toHaveBeenCalledOnce();
  });

  it.each([undefined, 10])('is not disturbed by reconnect(), with an overlap of %s', async (overlap) => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const types: string[] = [];
    feed.lifecycle.subscribe({ next: ({ type }) => types.push(type), complete: () => types.push('|') });
    transport.socket.open();

    const closing = feed.close();
    feed.reconnect({ overlap });
    expect(types).toEqual(['connecting', 'open']);
    transport.socket.closed(1000);
    await closing;

    expect(types).toEqual(['connecting', 'open', 'close', '|']);
    expect(transport.sockets).toHaveLength(1);
  });

  it('while it lingers does not make it outlive its linger, though somebody waits for the next run', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport, linger: 50 });
      const states = record(feed.state, ({ status }) => status);
      const subscription = feed.lifecycle.subscribe();
      transport.socket.open();
      at(10, () => subscription.unsubscribe());
      at(20, () => void feed.close());
      at(30, () => feed.lifecycle.subscribe());
      at(100, () => transport.socket.closed(1000));
      at(110, () => void feed.close());

      flush();

      expect(states.slice(3)).toEqual(['20 closing', '60 idle', '100 connecting', '110 closed']);
    });
  });

  it('called twice has who subscribes as the next run begins join that one', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const messages: unknown[] = [];
    feed.lifecycle.subscribe();
    transport.socket.open();
    void feed.close();
    void feed.close();
    feed.lifecycle.subscribe();
    feed.state
      .pipe(filter(({ status }) => status === 'connecting'))
      .subscribe(() => feed.messages.subscribe((message) => messages.push(message)));

    transport.socket.closed(1000);
    transport.socket.open().say('hello');

    expect(messages).toEqual(['hello']);
    void feed.close();
  });

  it('while a retry waits has no state closed where the last subscriber unsubscribes at once', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1000] }));
    const states: string[] = [];
    feed.state.subscribe(({ status }) => states.push(status));
    const subscription = feed.lifecycle.subscribe(({ type }) => {
      if (type !== 'reconnecting') return;
      void feed.close();
      subscription.unsubscribe();
    });

    transport.socket.closed();

    expect(states).toEqual(['idle', 'connecting', 'closed', 'reconnecting', 'idle']);
  });

  it('leaves the run alone that a subscriber begins on hearing of the end', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const second = vi.fn();
    feed.lifecycle.subscribe({ complete: () => feed.lifecycle.subscribe({ complete: second }) });
    transport.socket.open();

    const closing = feed.close();
    transport.socket.closed(1000);
    await closing;

    expect(feed.state.value).toEqual({ status: 'connecting', attempt: 1 });
    expect(second).not.toHaveBeenCalled();
    await feed.close();
    expect(second).toHaveBeenCalledOnce();
  });

  it('of an idle connection resolves, and is what `await using` calls', async () => {
    const feed = observeWebSocket('ws://test');

    await feed.close();

    await expect(feed[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });

  it('is over before the next run begins', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o', 'o-a']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      record(feed.messages);
      at(1, () => void feed.close());
      let second: string[] = [];
      at(3, () => (second = record(feed.messages)));

      flush();

      expect(second).toEqual(['5 "a"']);
    });
  });
});

describe('messages', () => {
  it('close with 1000 on complete()', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      record(feed.lifecycle);

      cold('--a|').subscribe(feed.messages);
      flush();

      expect(closes).toEqual(['3 {"code":1000,"reason":""}']);
    });
  });

  it('close without a reason on error() where it has none', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    feed.messages.subscribe();
    transport.socket.open();

    feed.messages.error({ code: 4000 });

    expect(transport.socket.calls).toEqual(['close 4000']);
  });

  it('close with the code and the reason on error()', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const log = record(feed.lifecycle, brief);
      at(2, () => feed.messages.error({ code: 4000, reason: 'odd' }));

      flush();

      expect(closes).toEqual(['2 {"code":4000,"reason":"odd"}']);
      expect(log.at(-1)).toBe('2 |');
    });
  });

  it.each([
    [undefined, TypeError, 'Expected `error` to be an object with a close code, { code, reason }, got undefined.'],
    [new Error('mine') as never, TypeError, 'got Error: mine.'],
    [{ code: 1001 }, RangeError, 'Expected `code` to be 1000 or an integer from 3000 to 4999, got 1001.'],
  ])('throw for an error() of %o', (error, type, message) => {
    const { messages } = observeWebSocket('ws://test');

    expect(() => messages.error(error)).toThrow(type);
    expect(() => messages.error(error)).toThrow(message);
  });
});

describe('stats', () => {
  it.each([
    ['closed', (feed: { close(): unknown }) => void feed.close()],
    ['left', (_: unknown, leave: () => void) => leave()],
  ])('have nothing buffered once the connection is %s: that is of now', (_, end) => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const subscription = feed.lifecycle.subscribe();
    transport.socket.open().bufferedAmount = 7;
    const before = feed.stats.bufferedAmount;

    end(feed, () => subscription.unsubscribe());

    expect([before, feed.stats.bufferedAmount]).toEqual([7, 0]);
  });
});

describe('close() while connecting', () => {
  it('resolves though a subscriber begins the next run on hearing of the end', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    feed.lifecycle.subscribe({ complete: () => feed.lifecycle.subscribe() });
    const closed = vi.fn();

    void feed.close().then(closed);
    await new Promise(setImmediate); // every promise that can settle has done so
    const resolved = closed.mock.calls.length;
    await feed.close();

    expect(resolved).toBe(1);
  });
});
