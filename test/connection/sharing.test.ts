import { bufferCount, concat, NEVER, of, Subject, switchMap, take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { bufferCountOrTime, observeWebSocket, ofType, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, WebSocketConnection } from '../../src/index.node.js';
import { closeWith, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { PlayedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('lifecycle and messages', () => {
  it('do nothing until somebody subscribes', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.state.subscribe();
      feed.messages.next('early');

      flush();

      expect(server.connections).toEqual([]);
      expect(feed.messages.observed).toBe(false);
    });
  });

  it.each(['lifecycle', 'messages'] as const)('connect for a subscriber of %s', (stream) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });

      feed[stream].subscribe();
      flush();

      expect(server.connections).toHaveLength(1);
      expect(feed.messages.observed).toBe(stream === 'messages');
    });
  });

  it('tell whether anybody reads the messages: until the last one leaves, and not of who reads a link', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const lifecycle = feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => link.messages.subscribe());
    transport.socket.open();
    const observed = [feed.messages.observed];

    const readers = [feed.messages.subscribe(), feed.messages.asObservable().subscribe()];
    observed.push(feed.messages.observed);
    for (const reader of readers) {
      reader.unsubscribe();
      observed.push(feed.messages.observed);
    }

    expect(observed).toEqual([false, true, true, false]);
    lifecycle.unsubscribe();
  });

  it('are observed by who waits for the end of a close() to read the next run', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    feed.lifecycle.subscribe();
    transport.socket.open();
    void feed.close();

    const reader = feed.messages.subscribe();
    const isObserved = feed.messages.observed;
    reader.unsubscribe();

    expect([isObserved, feed.messages.observed]).toEqual([true, false]);
  });

  it('are observed no longer once the run has ended', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o#']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      record(feed.messages);

      flush();

      expect(feed.messages.observed).toBe(false);
    });
  });

  it('share one connection, which is closed with 1000 when the last subscriber of both leaves', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-a-b-c-d-e']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const closes = record(server.closes);
      const log = record(feed.lifecycle, brief, timer(3));
      const first = record(feed.messages, undefined, timer(5));
      const second = record(feed.messages.asObservable(), undefined, timer(7));
      at(8, () => expect(feed.state.value).toEqual({ status: 'idle' }));

      flush();

      expect(server.connections).toHaveLength(1);
      expect(log).toEqual(['0 connecting 1', '0 open 1']);
      expect([first, second]).toEqual([
        ['2 "a"', '4 "b"'],
        ['2 "a"', '4 "b"', '6 "c"'],
      ]);
      expect(closes).toEqual(['7 {"code":1000,"reason":""}']);
    });
  });

  it('end together, and what a batch still holds gets out', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b-#', 'o-c-x'], { x: closeWith(4000) });
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [2] }));
      const log = record(feed.lifecycle.pipe(ofType('close')), brief);
      const batches = record(feed.messages.pipe(bufferCountOrTime(100, 1000)));

      flush();

      expect(log).toEqual(['6 close 1006 remote unclean', '12 close 4000 remote', '12 # ConnectionClosedError']);
      expect(batches).toEqual(['12 ["a","b","c"]', '12 # ConnectionClosedError']);
    });
  });

  it('complete together', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b-c']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const batches = record(feed.messages.pipe(bufferCount(2)));
      const log = record(feed.lifecycle, brief);
      at(7, () => feed.messages.complete());

      flush();

      expect(batches).toEqual(['4 ["a","b"]', '7 ["c"]', '7 |']);
      expect(log.slice(-2)).toEqual(['7 close 1000 local', '7 |']);
    });
  });

  it('stop at once for a subscriber that leaves while it hears of connecting', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retryWithBackoff());

      const log = record(feed.lifecycle.pipe(take(1)), brief);
      flush();

      expect(log).toEqual(['0 connecting 1', '0 |']);
      expect(server.connections).toEqual([]);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });

  it('tell every subscriber of an event before they tell of what one of them made of it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      feed.lifecycle.subscribe(({ type }) => type === 'open' && void feed.close());

      const log = record(feed.lifecycle, brief);
      flush();

      expect(log).toEqual(['1 open 1', '1 close 1000 local', '1 |']);
    });
  });

  it('fail where a supervision throws when it is applied', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, () => {
        throw new SyntaxError('mine');
      });

      const log = record(feed.lifecycle, brief);
      const again = record(feed.messages);
      flush();

      expect([log, again]).toEqual([['0 # SyntaxError'], ['0 # SyntaxError']]);
    });
  });

  it('apply the supervision in order', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const then = (attempt: number) =>
        switchMap((event: LifecycleEvent) =>
          event.type === 'connecting' ? of(event, { ...event, attempt }) : of(event),
        );

      const log = record(observeWebSocket({ url: 'ws://test', transport }, then(7), take(3), then(8)).lifecycle, brief);
      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '0 connecting 8',
        '0 connecting 7',
        '0 connecting 8',
        '0 open 1',
        '0 close 1006 local unclean',
        '0 |',
      ]);
    });
  });
});

describe('linger', () => {
  it('keeps the connection for the next subscriber', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-b-c-d-e-f']);
      const closes = record(server.closes);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, linger: 4 });
      const first = record(feed.messages, undefined, timer(3));

      let second: string[] = [];
      timer(5).subscribe(() => (second = record(feed.messages, undefined, timer(4))));
      flush();

      expect(server.connections).toHaveLength(1);
      expect(first).toEqual(['2 "a"']);
      expect(second).toEqual(['6 "c"', '8 "d"']);
      expect(closes).toEqual(['13 {"code":1000,"reason":""}']);
    });
  });

  it('lets a synchronous switch between subscriptions keep the socket', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-b-c-d']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, linger: 1 });
      const keys = cold('k--k--|');

      record(
        keys.pipe(
          switchMap(() => feed.messages),
          take(3),
        ),
      );
      flush();

      expect(server.connections).toHaveLength(1);
    });
  });

  it('ends with the run', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, linger: 100 });
      record(feed.messages, undefined, timer(1));

      let second: string[] = [];
      timer(5).subscribe(() => (second = record(feed.lifecycle, brief)));
      flush();

      expect(second).toEqual(['5 connecting 1', '5 open 1']);
    });
  });

  it.each([
    ['fails', ({ socket }: PlayedSockets) => socket.closed()],
    ['is closed', (_: PlayedSockets, feed: WebSocketConnection) => void feed.close()],
  ])('holds no timer once the run %s', (_, end) => {
    const clock = new CountingScheduler();
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport, linger: 100, scheduler: clock });
    feed.messages.subscribe({ error: () => undefined });
    transport.socket.open();

    end(transport, feed);

    expect(clock.pending).toBe(0);
  });

  it('of Infinity lasts until close()', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport, linger: Infinity });
      const closes = record(server.closes);
      record(feed.messages, undefined, timer(1));
      at(9_999_999, () => void feed.close());

      flush();

      expect(closes).toEqual(['9999999 {"code":1000,"reason":""}']);
    });
  });
});

describe('an unsubscribe', () => {
  it('while connecting gives the attempt up in silence', () => {
    inVirtualTime(({ cold, expectSubscriptions }) => {
      const scripts: ReturnType<typeof cold>[] = [];
      const server = scriptedServer(
        (marbles, values) => {
          const script = cold<string>(marbles, values as Record<string, string>);
          scripts.push(script);
          return script;
        },
        ['-----o'],
      );
      const closes = record(server.closes);

      record(observeWebSocket({ url: 'ws://test', transport: server.transport }).messages, undefined, timer(3));
      timer(9).subscribe(() => {
        expectSubscriptions(scripts[0]!.subscriptions).toBe('^--!');
        expect(closes).toEqual([]);
      });
    });
  });

  it('ends the wait for a retry', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['#']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [9, 9] }),
      );

      record(feed.lifecycle, brief, timer(4));
      flush();

      expect(server.connections).toHaveLength(1);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });

  it('keeps the outbox for the next run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-----o']);
      const sent = record(server.sent);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const leave = new Subject<void>();
      record(feed.lifecycle, brief, leave);
      feed.messages.next('kept');
      at(2, () => leave.next());
      at(4, () => record(concat(feed.lifecycle, NEVER), brief));

      flush();

      expect(sent).toEqual(['9 "kept"']);
    });
  });

  it('on hearing of open, and coming back at once, does not have the next connection overtake the outbox', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const sent = record(server.sent);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      const opens = feed.lifecycle.pipe(ofType('open'));
      const first = opens.subscribe(() => {
        first.unsubscribe();
        feed.messages.next('first');
        opens.subscribe(() => feed.messages.next('second'));
      });

      flush();

      expect(sent).toEqual(['2 "first"', '2 "second"']);
    });
  });
});
