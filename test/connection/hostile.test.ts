import { delay, filter, map, merge, NEVER, Subject, switchMap, take, takeUntil } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { heartbeat, json, observeWebSocket, onOpen, retryWithBackoff, stopOnFatalClose } from '../../src/index.node.js';
import type { Codec, Supervision, Transport } from '../../src/index.node.js';
import { readWithBackpressure } from '../../src/connection/read-with-backpressure.js';
import { raw, scriptedServer } from '../../src/testing/index.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

const url = 'ws://test';

describe('a subscriber that has left already', () => {
  it('connects nothing', () => {
    const transport = playedSockets({ answersClose: false });
    const open = vi.spyOn(transport, 'open');
    const feed = observeWebSocket({ url, transport });
    const go = new Subject<void>();
    const stop = new Subject<void>();
    const late = switchMap(() => {
      stop.next();
      return feed.lifecycle;
    });
    go.pipe(late, takeUntil(stop)).subscribe();

    go.next();

    expect(open).not.toHaveBeenCalled();
    expect(feed.state.value.status).toBe('idle');
  });

  it('has no attempt made for it by a supervision either', () => {
    const transport = playedSockets({ answersClose: false });
    const go = new Subject<void>();
    const stop = new Subject<void>();
    const supervision: Supervision = (source) => {
      const late = switchMap(() => {
        stop.next();
        return source;
      });
      return merge(NEVER, go.pipe(late, takeUntil(stop)));
    };
    const log = record(observeWebSocket({ url, transport }, supervision).lifecycle, brief);

    go.next();

    expect(log).toEqual([]);
  });
});

describe('whoever subscribes on hearing of a state', () => {
  it('has a new run where that is the end of the old one', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url, transport });
    const again: string[] = [];
    feed.lifecycle.subscribe({ error: () => undefined });
    feed.state
      .pipe(
        filter(({ status }) => status === 'failed'),
        take(1),
      )
      .subscribe(() =>
        feed.lifecycle.subscribe({ next: ({ type }) => again.push(type), error: () => again.push('#') }),
      );

    transport.socket.open();
    transport.socket.closed(1001);

    expect(again).toEqual(['connecting']);
  });

  it('hears nothing of the old run', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url, transport });
    const again: string[] = [];
    const first = feed.lifecycle.subscribe({ error: () => undefined });
    feed.state
      .pipe(
        filter(({ status }) => status === 'closed'),
        take(1),
      )
      .subscribe(() => {
        first.unsubscribe();
        feed.lifecycle.subscribe({ next: ({ type }) => again.push(type), error: () => undefined });
      });

    transport.socket.open();
    transport.socket.closed(1001);

    expect(again).toEqual(['connecting']);
  });

  it('is not ended by the close() that it heard of', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['#', 'o']);
      const feed = observeWebSocket({ url, transport }, retryWithBackoff({ delays: [100] }));
      const first = feed.lifecycle.subscribe();
      const logs: string[][] = [];
      at(50, () => {
        feed.state
          .pipe(
            filter(({ status }) => status === 'closed'),
            take(1),
          )
          .subscribe(() => {
            first.unsubscribe();
            logs.push(record(feed.lifecycle, brief));
          });
        void feed.close();
      });

      flush();

      expect(logs).toEqual([['50 connecting 1', '50 open 1']]);
    });
  });

  it('hears of the states in the same order as all others', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url, transport });
    const closer: string[] = [];
    const other: string[] = [];
    feed.state.subscribe(({ status }) => {
      closer.push(status);
      if (status === 'open') void feed.close();
    });
    feed.state.subscribe(({ status }) => other.push(status));
    feed.lifecycle.subscribe();

    transport.socket.open();

    expect(other).toEqual(closer);
  });
});

describe('a run that begins while the last one is torn down', () => {
  it('has its own state', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url, transport });
    const first = feed.lifecycle.subscribe((event) => {
      if (event.type === 'open') event.link.messages.subscribe({ complete: () => feed.lifecycle.subscribe() });
    });
    transport.socket.open();

    first.unsubscribe();

    expect(feed.state.value.status).toBe('connecting');
  });
});

describe('the last subscriber that leaves', () => {
  it('at the state closed leaves an idle connection, also where a state is on its way', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed = observeWebSocket({ url, transport }, (source) => source.pipe(delay(1)), retryWithBackoff());
      const reader = feed.lifecycle.subscribe();
      feed.state.subscribe(({ status }) => status === 'closed' && reader.unsubscribe());
      transport.socket.open();
      at(4, () => transport.socket.closed(1006));
      flush();

      expect(feed.state.value.status).toBe('idle');
    });
  });
});

describe('a supervision', () => {
  it('that throws has the close told before the retry', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o', '#']);
      const interval = () => {
        throw new Error('no');
      };
      const log = record(
        observeWebSocket({ url, transport }, heartbeat({ interval }), retryWithBackoff({ delays: [5] })).lifecycle,
        brief,
      );

      flush();

      expect(log.slice(0, 3)).toEqual([
        '0 connecting 1',
        '0 close 1006 local unclean',
        '0 reconnecting 1 in 5 after Error',
      ]);
    });
  });

  it('that sets connections up has the close told before the failure, whatever event it was ended at', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['ox'], { x: raw('{') });
      const feed = observeWebSocket(
        { url, transport },
        onOpen(() => undefined),
      );
      const log = record(feed.lifecycle, brief);
      feed.lifecycle.subscribe({
        next: ({ type }) => type === 'rejected' && feed.link!.terminate(new Error('enough')),
        error: () => undefined,
      });

      flush();

      expect(log).toEqual(['0 connecting 1', '0 open 1', '1 rejected {', '1 close 1006 local unclean', '1 # Error']);
    });
  });

  it('that makes two connections at once has both closed', async () => {
    const transport = playedSockets();
    const closed: number[] = [];
    const feed = observeWebSocket({ url, transport }, (source) => merge(source, source));
    feed.lifecycle.subscribe((event) => event.type === 'close' && closed.push(event.code));
    transport.socket.open();

    await feed.close();

    expect(closed).toHaveLength(2);
  });

  it('that decorates the link lets the outbox out', () => {
    const transport = playedSockets({ answersClose: false });
    const decorate = map((event: Parameters<typeof brief>[0]) =>
      event.type === 'open' ? { ...event, link: Object.create(event.link) as typeof event.link } : event,
    );
    const feed = observeWebSocket<unknown>({ url, transport }, decorate);
    feed.lifecycle.subscribe();
    feed.messages.next('a');

    transport.socket.open();

    expect(transport.calls).toEqual(['send "a"']);
  });
});

describe('a socket that throws when it is to send', () => {
  it('costs that message alone', () => {
    const fake = playedSockets({ answersClose: false });
    const sent: unknown[] = [];
    const transport: Transport = {
      ...fake,
      open: (request, sink) =>
        Object.assign(fake.open(request, sink), {
          send: (data: unknown) => {
            if (data === '"bad"') throw new TypeError('shared');
            sent.push(data);
          },
        }),
    };
    const feed = observeWebSocket<unknown>({ url, transport });
    const log = record(feed.lifecycle, brief);
    for (const message of ['a', 'bad', 'c']) feed.messages.next(message);

    fake.socket.open();
    feed.messages.next('d');

    expect(sent).toEqual(['"a"', '"c"', '"d"']);
    expect(log.map((line) => line.replace(/^\d+ /, ''))).toContain('dropped 1 unserializable');
  });
});

describe('a codec that answers with promises', () => {
  const schema = {
    '~standard': {
      validate: (value: unknown) =>
        Promise.resolve(typeof value === 'number' ? { value } : { issues: [{ message: 'no number' }] }),
    },
  };
  const never: Codec<Promise<string>, string> = { encode: String, decode: () => new Promise(() => undefined) };

  it('has its refusals told in the order of the messages, whatever refused them', async () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url, transport, codec: json({ schema }) });
    const log: string[] = [];
    feed.lifecycle.subscribe((event) => event.type === 'rejected' && log.push(`rejected ${String(event.data)}`));
    feed.messages.subscribe((message) => log.push(`message ${message}`));
    transport.socket.open();

    for (const text of ['1', '"two"', '{three', '4']) transport.socket.frame(text);
    await vi.waitFor(() => expect(log).toHaveLength(4));

    expect(log).toEqual(['message 1', 'rejected "two"', 'rejected {three', 'message 4']);
  });

  it.each(['unsubscribe', 'close'])('and never settles leaves nothing behind after closeTimeout: %s', async (how) => {
    vi.useFakeTimers();
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url, transport, closeTimeout: 1000, codec: never });
    const subscription = feed.messages.subscribe();
    transport.socket.open();
    transport.socket.frame('a');
    const done = vi.fn();

    if (how === 'close') void feed.close().then(done);
    else subscription.unsubscribe();
    await vi.advanceTimersByTimeAsync(900);
    transport.socket.closed(1000);
    await vi.advanceTimersByTimeAsync(101);
    const left = vi.getTimerCount();
    vi.useRealTimers();

    expect(left).toBe(0);
    expect(done).toHaveBeenCalledTimes(how === 'close' ? 1 : 0);
  });
});

describe('an async iterator', () => {
  it('pauses again while it releases its lease', async () => {
    const source = new Subject<number>();
    const is = { paused: false };
    let told = 0;
    const numbers = readWithBackpressure(source, {
      canPause: true,
      pause: () => {
        is.paused = true;
        return () => {
          is.paused = false;
          // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- what it sends may make it pause
          while (!is.paused && told < 6000) source.next(told++);
        };
      },
    });
    const first = numbers.next();
    while (!is.paused) source.next(told++);
    await first;

    for (let n = 0; n < 760; n++) await numbers.next();

    expect(told).toBeLessThan(2500);
  });

  it('that is left while it subscribes leaves nothing behind', async () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url, transport });
    const messages = feed.messages[Symbol.asyncIterator]();
    feed.state.subscribe(({ status }) => {
      if (status === 'connecting') void messages.return!();
    });

    await messages.next();

    expect(feed.messages.observed).toBe(false);
  });
});

describe('two connections', () => {
  it('do not wait for each other: what one does inside a listener of the other is told there and then', () => {
    const first = observeWebSocket({ url, transport: playedSockets({ answersClose: false }) });
    const second = observeWebSocket({ url, transport: playedSockets({ answersClose: false }) });
    const log: string[] = [];

    first.lifecycle.subscribe(({ type }) => {
      log.push(`first ${type}`);
      second.lifecycle.subscribe((event) => log.push(`second ${event.type}`));
      log.push(`second is ${second.state.value.status}`);
    });

    expect(log).toEqual(['first connecting', 'second connecting', 'second is connecting']);
  });
});

/** What throws wherever one looks at it. */
function opaque(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const throwing = Object.fromEntries(
  ['name', 'message', 'code', 'status', 'retryAfter', 'fatal', 'cause', 'then'].map((name) => [
    name,
    {
      get() {
        throw new RangeError('hands off');
      },
    },
  ]),
);

const hostile: [string, () => object][] = [
  ['a revoked proxy', opaque],
  ['an object whose fields throw', () => Object.defineProperties({}, throwing)],
  ['an error whose fields throw', () => Object.defineProperties(new Error(), throwing)],
];

describe.each(hostile)('%s', (_, make) => {
  it('that a set-up throws fails it as anything else does', () => {
    const transport = playedSockets();
    const feed = observeWebSocket(
      { url, transport },
      onOpen(() => {
        throw make();
      }),
      stopOnFatalClose(),
      retryWithBackoff({ delays: [1] }),
    );
    const log = record(feed.lifecycle, brief);

    transport.socket.open();

    expect(log.map((line) => line.replace(/^\d+ /, ''))).toEqual([
      'connecting 1',
      'close 4000 local unclean',
      'reconnecting 1 in 1 after SetupError',
    ]);
  });

  it('that a codec throws has its messages rejected and dropped', () => {
    const transport = playedSockets();
    const codec: Codec<unknown> = {
      encode() {
        throw make();
      },
      decode() {
        throw make();
      },
    };
    const feed = observeWebSocket({ url, transport, codec });
    const log = record(feed.lifecycle, brief);

    transport.socket.open();
    transport.socket.frame('1');
    feed.messages.next(1);

    expect(log.slice(-2).map((line) => line.replace(/^\d+ /, ''))).toEqual(['rejected 1', 'dropped 1 unserializable']);
  });

  it('that a url function throws fails the attempt', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({
      transport,
      url() {
        throw make();
      },
    });
    const log = record(feed.lifecycle, brief);

    expect(log.at(-1)).toMatch(/ # HandshakeError$/);
  });
});

describe('What begins to work when its `then` is called, as queries of databases do,', () => {
  it('is not begun where it is refused', async () => {
    const then = vi.fn();
    const transport = playedSockets();
    const codec = { encode: () => ({ then }) as never, decode: String };
    const feed = observeWebSocket<unknown>({ url, transport, codec });
    const log = record(feed.lifecycle, brief);
    transport.socket.open();

    feed.messages.next(1);

    expect(log.at(-1)).toMatch(/ dropped 1 unserializable$/);
    expect(() => observeWebSocket({ url: { then } as never })).toThrow(TypeError);
    await Promise.resolve();
    expect(then).not.toHaveBeenCalled();
  });
});
