import { inspect } from 'node:util';
import { EMPTY, lastValueFrom, NEVER, of, Subject, take, takeUntil, throwError, timeout, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  isConnectionClosedError,
  isConnectTimeoutError,
  isHandshakeError,
  observeWebSocket,
  ofType,
  retryWithBackoff,
  WebSocketError,
} from '../../src/index.node.js';
import type { AttemptContext, LifecycleEvent, OpenEvent, WebSocketConnection } from '../../src/index.node.js';
import { closeWith, coldOn, raw, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { fakeTransport } from '../helpers/fake-transport.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { PlayedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

/** An error of a user's own. */
class Refused extends WebSocketError {
  held: unknown;
}

describe('the lifecycle of one connection', () => {
  it('errors after a clean close by the server, 1000 too', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['--o--|']);
      const log = record(observeWebSocket({ url: 'ws://test', transport }).lifecycle, brief);

      flush();

      expect(log).toEqual(['0 connecting 1', '2 open 1', '5 close 1000 remote', '5 # ConnectionClosedError']);
    });
  });

  it('errors with the code, the reason and the cleanness of the close', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--x'], { x: closeWith(4002, 'moved') });
      const failed = vi.fn();
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({ error: failed });

      flush();

      expect(failed).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({ name: 'ConnectionClosedError', code: 4002, reason: 'moved', wasClean: true }),
      );
      expect(isConnectionClosedError(failed.mock.calls[0]![0])).toBe(true);
    });
  });

  it('errors after a break with 1006', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o--#']);
      const log = record(observeWebSocket({ url: 'ws://test', transport }).lifecycle, brief);

      flush();

      expect(log.slice(2)).toEqual(['3 close 1006 remote unclean', '3 # ConnectionClosedError']);
    });
  });

  it('completes when we asked for the close', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.lifecycle, brief);
      at(3, () => void feed.close(4000, 'done'));

      flush();

      expect(log).toEqual(['0 connecting 1', '0 open 1', '3 close 4000 done local', '3 |']);
    });
  });

  it.each([
    ['refused', '--#', {}, ['0 connecting 1', '2 error HandshakeError', '2 close 1006 remote unclean']],
    [
      'refused with 401',
      '--x',
      { x: refuseWith(401) },
      ['0 connecting 1', '2 error HandshakeError', '2 close 1006 remote unclean'],
    ],
    ['never answered', '---', {}, ['0 connecting 1', '9 close 1006 local unclean']],
  ])('closes exactly once when the handshake is %s', (_, script, values, expected) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, [script], values);
      const log = record(observeWebSocket({ url: 'ws://test', transport, connectTimeout: 9 }).lifecycle, brief);

      flush();

      expect(log.slice(0, -1)).toEqual(expected);
      expect(log.at(-1)).toMatch(/# (HandshakeError|ConnectTimeoutError)$/);
    });
  });

  it('closes once for every connecting, on the thousandth connection as on the first', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o-#', '-#', '-o|']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        retryWithBackoff({ initialDelay: 1, maxDelay: 1, maxRetries: 999 }),
      );
      const log = record(feed.lifecycle, brief);

      flush();

      const types = log.map((line) => line.split(' ')[1]!).filter((type) => type === 'connecting' || type === 'close');
      expect(types).toEqual(Array.from({ length: 1000 }, () => ['connecting', 'close']).flat());
    });
  });

  it('says why a handshake was refused', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['x'], { x: refuseWith(429, { 'Retry-After': '7', Server: 'me' }) });
      const failed = vi.fn();
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({ error: failed });

      flush();

      const error: unknown = failed.mock.calls[0]![0];
      expect(isHandshakeError(error)).toBe(true);
      expect(error).toMatchObject({
        status: 429,
        headers: { 'retry-after': '7', server: 'me' },
        retryAfter: 7000,
        fatal: false,
      });
    });
  });

  it('gives up an attempt that is not open within connectTimeout, factories included', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const failed = vi.fn();
      const config = { url: () => NEVER, transport: server.transport };
      const log = record(observeWebSocket(config).lifecycle, brief);
      observeWebSocket(config).lifecycle.subscribe({ error: failed });

      flush();

      expect(log).toEqual(['0 connecting 1', '10000 close 1006 local unclean', '10000 # ConnectTimeoutError']);
      expect(isConnectTimeoutError(failed.mock.calls[0]![0])).toBe(true);
      expect(String(failed.mock.calls[0]![0])).toContain('10000 ms');
    });
  });

  it('is not given up once it is open', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const { transport } = scriptedServer(cold, ['9s o 9s a']);

      const { messages } = observeWebSocket({ url: 'ws://test', transport });

      expectObservable(messages).toBe('9s - 9s a');
    });
  });
});

describe('url, protocols and headers', () => {
  it('are asked for after connecting', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const order: string[] = [];
      const url = () => {
        order.push('url');
        return 'ws://test';
      };

      observeWebSocket({ url, transport: server.transport }).lifecycle.subscribe(({ type }) => order.push(type));
      flush();

      expect(order).toEqual(['connecting', 'url', 'open']);
    });
  });

  it.each([
    [29_999, { attempt: 2, failures: 1, error: expect.any(Error) as unknown }],
    [30_000, { attempt: 2, failures: 0, error: expect.any(Error) as unknown, sinceHealthy: 5 }],
  ])('are asked with no failure after a connection that was open for half a minute: %i ms', (open, context) => {
    inVirtualTime(({ at, flush }) => {
      const contexts: AttemptContext[] = [];
      const transport = playedSockets();
      const url = (given: AttemptContext) => {
        contexts.push(given);
        return 'ws://test';
      };
      const feed = observeWebSocket({ url, transport }, retryWithBackoff({ delays: [5] }));
      feed.lifecycle.subscribe();
      at(1, () => transport.socket.open());
      at(1 + open, () => transport.socket.closed());
      at(1 + open + 6, () => void feed.close());

      flush();

      expect(contexts[1]).toEqual(context);
    });
  });

  it.each([
    ['https://app.example/js/worker.js', '/ws', 'wss://app.example/ws'],
    ['app://http/worker.js', '/ws', 'app://http/ws'],
  ])('of a worker at %s may be relative: %s', (href, url, absolute) => {
    vi.stubGlobal('location', { href });
    const transport = playedSockets();

    observeWebSocket({ url, transport }).lifecycle.subscribe().unsubscribe();
    vi.unstubAllGlobals();

    expect(transport.socket.url).toBe(absolute);
  });

  it('are not asked for once somebody has closed on hearing of connecting', () => {
    const url = vi.fn(() => 'ws://test');
    const feed = observeWebSocket({ url, transport: playedSockets({ answersClose: false }) });

    feed.lifecycle.subscribe(() => void feed.close());

    expect(url).not.toHaveBeenCalled();
  });

  it('reach the transport, as values and from every kind of factory', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['-o#', '-o']);
      let attempt = 0;
      const feed = observeWebSocket(
        {
          url: () => cold('--u|', { u: new URL(`ws://test/?token=${++attempt}`) }),
          protocols: () => ['chat', 'superchat'],
          headers: () => cold('-h', { h: { authorization: `Bearer ${attempt}` } }),
          transport: server.transport,
        },
        retryWithBackoff({ delays: [1] }),
      );
      const log = record(feed.lifecycle, brief);

      flush();

      expect(server.connections).toEqual([
        { url: 'ws://test/?token=1', protocols: ['chat', 'superchat'], headers: { authorization: 'Bearer 1' } },
        { url: 'ws://test/?token=2', protocols: ['chat', 'superchat'], headers: { authorization: 'Bearer 2' } },
      ]);
      expect(log.slice(0, 2)).toEqual(['0 connecting 1', '3 open 1']);
      expect(log.at(-1)).toBe('8 open 2');
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no token');
      },
      'no token',
    ],
    ['emits an error', () => throwError(() => new Error('no token')), 'no token'],
    ['completes empty', () => EMPTY, 'no elements'],
    [
      'throws what has no message',
      () => {
        throw Object.assign(new Error(''), { code: 'EPIPE' });
      },
      'EPIPE',
    ],
  ])('are an ordinary failed attempt when a factory %s', (_, url, reason) => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const failed = vi.fn();
      const feed = observeWebSocket({ url, transport: server.transport });
      const log = record(feed.lifecycle, brief);
      observeWebSocket({ url, transport: server.transport }).lifecycle.subscribe({ error: failed });

      flush();

      expect(log).toEqual(['0 connecting 1', '0 close 1006 local unclean', '0 # HandshakeError']);
      expect(failed.mock.calls[0]![0]).toMatchObject({ fatal: false, cause: expect.any(Error) });
      expect(String(failed.mock.calls[0]![0])).toContain(reason);
    });
  });

  it.each<[string, object, string]>([
    ['url', { url: () => undefined }, 'a string or a URL, got undefined'],
    ['url', { url: () => 42 }, 'a string or a URL, got number'],
    ['url', { url: () => of(42) }, 'a string or a URL, got number'],
    ['protocols', { protocols: () => Promise.resolve(null) }, 'a string or an array of strings, got object'],
    ['headers', { headers: () => of({ a: 1 }) }, 'an object of strings, got object'],
    ['headers', { headers: () => null }, 'an object of strings, got object'],
    ['headers', { headers: () => new Map([['a', 'b']]) }, 'an object of strings, got object'],
  ])('fail for good where the %s factory answers with what is of the wrong type: %o', async (name, factory, words) => {
    const { transport } = scriptedServer(coldOn(), ['o']);
    const feed = observeWebSocket({ url: 'ws://test', transport, ...factory }, retryWithBackoff());

    const error: unknown = await lastValueFrom(feed.lifecycle).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true, cause: expect.any(TypeError) as unknown });
    expect(String(error)).toContain(`The \`${name}\` factory failed: Expected \`${name}\` to be ${words}`);
  });

  it.each<[string, object]>([
    ['a number, emitted', { url: () => of(4711) }],
    ['an object, returned', { url: () => ({ href: 'wss://test/?4711' }) }],
    ['text in the place of headers, promised', { headers: () => of('authorization: 4711') }],
    ['text in the place of headers, returned', { headers: () => '4711' }],
    ['a header that is no text', { headers: () => of({ authorization: 4711 }) }],
    ['a subprotocol that is no text', { protocols: () => of([4711]) }],
  ])('are not quoted where a factory gives what cannot be sent: %s', (_, factories) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const failed = vi.fn();

      observeWebSocket({ url: 'ws://test', transport, ...factories }).lifecycle.subscribe({ error: failed });
      flush();

      const error = failed.mock.calls[0]![0] as Error;
      expect(error).toMatchObject({ name: 'HandshakeError', cause: expect.any(TypeError) });
      expect(inspect(error, { depth: Infinity }) + JSON.stringify(error)).not.toContain('4711');
    });
  });

  it('are retried after a factory failed, and not if its error is fatal', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const errors = [new Error('busy'), new WebSocketError('gone', { fatal: true })];
      const url = () => throwError(() => errors.shift());
      const log = record(observeWebSocket({ url, transport }, retryWithBackoff({ delays: [1, 1] })).lifecycle, brief);

      flush();

      expect(log.slice(2)).toEqual([
        '0 reconnecting 1 in 1 after HandshakeError',
        '1 connecting 2',
        '1 close 1006 local unclean',
        '1 # HandshakeError',
      ]);
    });
  });

  it('end the attempt for good when one of them closes the connection', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed: WebSocketConnection = observeWebSocket({
        url: () => {
          void feed.close();
          return 'ws://test';
        },
        transport: server.transport,
      });
      const log = record(feed.lifecycle, brief);

      flush();

      expect(log).toEqual(['0 connecting 1', '0 close 1006 local unclean', '0 |']);
      expect(server.connections).toEqual([]);
    });
  });

  it('make no socket when the last subscriber leaves while one of them is asked', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const leave = new Subject<void>();
      const url = () => {
        leave.next();
        return 'ws://test';
      };
      const feed = observeWebSocket({ url, transport: server.transport });

      const log = record(feed.lifecycle.pipe(takeUntil(leave)), brief);
      flush();

      expect(log).toEqual(['0 connecting 1', '0 |']);
      expect(server.connections).toEqual([]);
      expect(feed.state.value).toEqual({ status: 'idle' });
    });
  });

  it('take a promise', async () => {
    const server = scriptedServer(() => NEVER, ['-']);
    const feed = observeWebSocket({ url: () => Promise.resolve('ws://test/1'), transport: server.transport });
    const connected = vi.fn();
    const subscription = feed.lifecycle.subscribe(connected);

    await vi.waitFor(() => expect(server.connections).toHaveLength(1));

    expect(server.connections[0]!.url).toBe('ws://test/1');
    subscription.unsubscribe();
  });

  it('are not waited for any more after an unsubscribe', () => {
    inVirtualTime(({ cold, expectSubscriptions }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const url = cold('-----u', { u: 'ws://test' });

      record(observeWebSocket({ url: () => url, transport }).lifecycle, brief, timer(3));

      expectSubscriptions(url.subscriptions).toBe('^--!');
    });
  });

  it.each(['nonsense', 'http//test'])('end fatally when %j is no URL', (url) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const log = record(observeWebSocket({ url, transport }, retryWithBackoff()).lifecycle, brief);

      flush();

      expect(log).toEqual(['0 connecting 1', '0 close 1006 local unclean', '0 # HandshakeError']);
    });
  });
});

describe('events', () => {
  it('show a URL without its credentials and query, and nothing of the link', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-#', '#'], { a: raw('{oops') });
      const url = 'wss://user:secret@test/path?token=secret';
      const feed = observeWebSocket({ url, transport }, retryWithBackoff({ delays: [1] }));
      const events: LifecycleEvent[] = [];
      const errors: unknown[] = [];
      feed.lifecycle.subscribe({ next: (event) => events.push(event), error: (error: unknown) => errors.push(error) });

      flush();

      const shown = JSON.stringify([events, errors, feed.state.value, feed.stats, feed]);
      expect(events.find(({ type }) => type === 'open')).toMatchObject({ url: 'wss://test/path' });
      expect(shown).toContain('wss://test/path');
      expect(shown).not.toContain('secret');
      expect(shown).not.toContain('link');
      expect(events.map(({ type }) => type)).toEqual([
        ...['connecting', 'open', 'rejected', 'close', 'reconnecting'],
        ...['connecting', 'error', 'close'],
      ]);
    });
  });

  it('keep a URL with secrets out of the error that a transport throws for it', async () => {
    const failed = vi.fn();
    observeWebSocket('wss://user:secret@ bad host/?token=secret').lifecycle.subscribe({ error: failed });

    const error = failed.mock.calls[0]![0] as Error;

    expect(error).toMatchObject({ name: 'HandshakeError', fatal: true });
    expect(JSON.stringify(error) + String(error) + String(error.stack)).not.toContain('secret');
    await Promise.resolve();
  });

  it('can be logged whatever the user’s code has thrown', () => {
    const transport = playedSockets({ answersClose: false });
    const circular = Object.assign(new Error('mine'), { self: {} });
    circular.self = circular;
    const fail = () => {
      throw circular;
    };
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport, codec: { encode: fail, decode: fail } });
    const logged: unknown[] = [];
    const subscription = feed.lifecycle.subscribe((event) => logged.push(JSON.parse(JSON.stringify(event))));
    transport.socket.open();

    feed.messages.next(1);
    transport.socket.frame('2');

    expect(logged.slice(2)).toMatchObject([
      { type: 'dropped', error: { message: 'A message could not be encoded: mine', cause: 'Error: mine' } },
      { type: 'rejected', data: '2', error: { message: 'A message could not be decoded: mine', cause: 'Error: mine' } },
    ]);
    subscription.unsubscribe();
  });

  it('can be logged with an error that is not ours, and so can the state, and that error stays what it is', () => {
    inVirtualTime(() => {
      const transport = fakeTransport(); // it reports an error and lives on
      const circular = Object.assign(new RangeError('frame too long'), { self: {} });
      circular.self = circular;
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff());
      const events: LifecycleEvent[] = [];
      const subscription = feed.lifecycle.subscribe((event) => events.push(event));
      transport.open();

      transport.sink.onError(circular);
      feed.link!.terminate(circular);

      const told = [...events.filter((event) => 'error' in event), feed.state.value];
      expect(told.map((each) => JSON.parse(JSON.stringify(each)) as unknown)).toMatchObject([
        { type: 'error', error: 'RangeError: frame too long' },
        { type: 'reconnecting', retry: 1, error: 'RangeError: frame too long' },
        { status: 'reconnecting', retry: 1, error: 'RangeError: frame too long' },
      ]);
      expect(told.map((each) => 'error' in each && each.error)).toEqual([circular, circular, circular]);
      subscription.unsubscribe();
    });
  });

  it.each<[string, (error: Refused) => unknown]>([
    ['a cycle', (error) => error],
    ['a BigInt', () => 1n],
  ])('can be logged with an error of a class of somebody’s own that holds %s', (_, held) => {
    inVirtualTime(() => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff());
      const events: LifecycleEvent[] = [];
      const subscription = feed.lifecycle.subscribe((event) => events.push(event));
      transport.socket.open();
      const refused = new Refused('not today');
      refused.held = held(refused);

      feed.link!.terminate(refused);

      expect(JSON.parse(JSON.stringify([events.at(-1), feed.state.value]))).toMatchObject([
        { type: 'reconnecting', error: 'WebSocketError: not today' },
        { status: 'reconnecting', error: 'WebSocketError: not today' },
      ]);
      subscription.unsubscribe();
    });
  });

  it('tell of a message that does not decode, and the connection and all others go on', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-x-b'], { x: raw('{oops') });
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const log = record(feed.lifecycle, brief);
      const messages = record(feed.messages);

      flush();

      expect(log).toEqual(['0 connecting 1', '0 open 1', '4 rejected {oops']);
      expect(messages).toEqual(['2 "a"', '6 "b"']);
      expect(feed.stats).toMatchObject({ received: 3, rejected: 1 });
    });
  });
});

describe('a link', () => {
  const linkOf = (event: LifecycleEvent) => (event as OpenEvent).link;

  it('closes as asked by us', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['--o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff());
      feed.lifecycle.subscribe((event) => event.type === 'open' && event.link.close(3001, 'enough'));
      const log = record(feed.lifecycle, brief);

      flush();

      expect(log).toEqual(['2 open 1', '2 close 3001 enough local', '2 |']);
    });
  });

  it('refuses to close with what may not be sent', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const refused = vi.fn();
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe((event) => {
        if (event.type !== 'open') return;
        try {
          event.link.close(1001);
        } catch (error) {
          refused(error);
        }
      });

      flush();

      expect(refused).toHaveBeenCalledExactlyOnceWith(expect.any(RangeError));
    });
  });

  it('pings with what it is given, and not once a close has begun', () => {
    const transport = playedSockets({ answersClose: false, canPing: true });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const links: OpenEvent['link'][] = [];
    feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => links.push(link));
    transport.socket.open();

    links[0]!.ping?.('hello');
    void feed.close();
    links[0]!.ping?.('too late');
    transport.socket.closed(1000);

    expect(transport.calls).toEqual(['ping hello', 'close 1000']);
  });

  it('terminates at once with the given error, and leaves nothing running', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o---a---b']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      let open!: LifecycleEvent;
      feed.lifecycle.subscribe({ next: (event) => event.type === 'open' && (open = event), error: () => undefined });
      const log = record(feed.lifecycle, brief);
      const messages = record(feed.messages);
      at(6, () => linkOf(open).terminate(new TypeError('mine')));

      flush();

      expect(log.slice(-2)).toEqual(['6 close 1006 local unclean', '6 # TypeError']);
      expect(messages).toEqual(['4 "a"', '6 # TypeError']);
    });
  });

  it('terminates with a code in the background: told at once, then a Close frame, and closeTimeout has the last word', async () => {
    const log: string[] = [];
    const transport = playedSockets({ answersClose: false });
    const clock = new CountingScheduler();
    const feed = observeWebSocket({ url: 'ws://test', transport, scheduler: clock, closeTimeout: 50 });
    feed.lifecycle.subscribe({
      next: (event) => {
        log.push(brief(event));
        if (event.type === 'open') event.link.terminate(new TypeError('mine'), 4000);
      },
      error: (error: unknown) => log.push(`# ${(error as Error).name}`),
    });
    transport.socket.open();

    expect(log).toEqual(['connecting 1', 'open 1', 'close 4000 local unclean', '# TypeError']);
    expect(transport.calls).toEqual(['close 4000']);
    clock.advance(49);
    expect(transport.calls).toEqual(['close 4000']);
    clock.advance(1);
    expect(transport.calls).toEqual(['close 4000', 'terminate']);
    expect(clock.pending).toBe(0);
    await feed.close();
  });

  it('terminates with a code that the peer answers, and leaves nothing running', async () => {
    const transport = playedSockets();
    const clock = new CountingScheduler();
    const feed = observeWebSocket({ url: 'ws://test', transport, scheduler: clock });
    const events: string[] = [];
    feed.lifecycle.subscribe({
      next: (event) => {
        events.push(brief(event));
        if (event.type === 'open') event.link.terminate(new TypeError('mine'), 4000);
      },
      error: () => undefined,
    });
    transport.socket.open();

    expect(events.slice(2)).toEqual(['close 4000 local unclean']);
    expect(transport.calls).toEqual(['close 4000']);
    expect(clock.pending).toBe(0);
    await feed.close();
  });

  it('refuses to terminate with a code that may not be sent', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    let open!: LifecycleEvent;
    const subscription = feed.lifecycle.subscribe((event) => (open = event));
    transport.socket.open();

    expect(() => linkOf(open).terminate(new Error('mine'), 1002)).toThrow(RangeError);
    expect(feed.state.value.status).toBe('open');
    subscription.unsubscribe();
  });

  it('counts frames, sends ahead of the outbox, and ends its messages with the connection', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o-a-b-#', 'o-c']);
      const feed = observeWebSocket<string, unknown>(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [2] }),
      );
      const sent = record(server.sent);
      const own: string[][] = [];
      const counts: number[] = [];
      feed.messages.next('queued');
      feed.lifecycle.subscribe((event) => {
        if (event.type !== 'open') return;
        own.push(record(event.link.messages));
        event.link.messages.subscribe(() => counts.push(event.link.received));
        event.link.send({ hello: event.attempt });
        event.link.sendRaw('as it is');
      });

      flush();

      expect(sent.slice(0, 3)).toEqual(['0 {"hello":1}', '0 "as it is"', '0 "queued"']);
      expect(own).toEqual([['2 "a"', '4 "b"', '6 |'], ['10 "c"']]);
      expect(counts).toEqual([1, 2, 1]);
    });
  });

  it('lets a look consume what arrives, and a throw in it terminates the connection', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b-c-d-e']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const messages = record(feed.messages);
      const log = record(feed.lifecycle, brief);
      let letPass!: () => void;
      let link!: OpenEvent['link'];
      feed.lifecycle.subscribe({
        next: (event) => event.type === 'open' && (link = event.link),
        error: () => undefined,
      });
      at(1, () => (letPass = link.intercept((data) => data === '"a"' || data === '"c"')));
      at(5, () => letPass());
      at(7, () =>
        link.intercept(() => {
          throw new SyntaxError('mine');
        }),
      );

      flush();

      expect(messages).toEqual(['4 "b"', '6 "c"', '8 # SyntaxError']);
      expect(log.slice(-2)).toEqual(['8 close 1006 local unclean', '8 # SyntaxError']);
    });
  });

  it('keeps looks apart, the same one given twice too', () => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const look = vi.fn(() => false);
    const stops: (() => void)[] = [];
    const subscription = feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
      stops.push(link.intercept(look), link.intercept(look));
    });
    const looksAtAMessage = () => {
      look.mockClear();
      transport.socket.frame('1');
      return look.mock.calls.length;
    };
    transport.socket.open();

    const looks = [looksAtAMessage()];
    for (const stop of [stops[0]!, stops[0]!, stops[1]!]) {
      stop();
      looks.push(looksAtAMessage());
    }

    expect(looks).toEqual([2, 1, 1, 0]);
    subscription.unsubscribe();
  });

  it('shows what arrives to each look until one has consumed it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const seen: string[] = [];
      const lookFor = (consumed: string) => (data: string | Uint8Array) => {
        seen.push(`${consumed}? ${String(data)}`);
        return data === consumed;
      };
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => {
        link.intercept(lookFor('"a"'));
        link.intercept(lookFor('"b"'));
      });
      const messages = record(feed.messages);

      flush();

      expect(seen).toEqual(['"a"? "a"', '"a"? "b"', '"b"? "b"']);
      expect(messages).toEqual([]);
      expect(feed.stats.received).toBe(2);
    });
  });

  it.each([
    ['abandoned', (_: PlayedSockets, leave: () => void) => leave()],
    ['broken', ({ socket }: PlayedSockets) => socket.closed()],
  ])('hears no pong of a connection that is %s', (_, end) => {
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const heard: unknown[] = [];
    const subscription = feed.lifecycle.pipe(ofType('open')).subscribe({
      next: ({ link }) => {
        link.pongs.subscribe({ next: (payload) => heard.push(payload), complete: () => heard.push('|') });
      },
      error: () => undefined,
    });
    transport.socket.open();
    transport.socket.pong('in time');

    end(transport, () => subscription.unsubscribe());
    transport.socket.pong('late');

    expect(heard).toEqual(['in time', '|']);
  });

  it('delivers nothing of a connection that a look has terminated, and ends with an abandoned one', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a-b', 'o-c']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const messages = record(feed.messages, undefined, timer(3));
      const own: string[][] = [];
      feed.lifecycle
        .pipe(takeUntil(timer(3)))
        .subscribe((event) => event.type === 'open' && own.push(record(event.link.messages)));
      at(5, () => {
        const second = record(feed.messages);
        feed.lifecycle.pipe(ofType('open')).subscribe({
          next: ({ link }) =>
            link.intercept(() => {
              link.terminate(new Error('mine'));
              return false;
            }),
          error: () => own.push(second),
        });
      });

      flush();

      expect(messages).toEqual(['2 "a"']);
      expect(own).toEqual([['2 "a"', '3 |'], ['7 # Error']]);
    });
  });

  it('delivers no message whose look has terminated the connection, though the run goes on', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-a', 'o-b']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      feed.lifecycle.pipe(ofType('open')).subscribe(({ attempt, link }) => {
        link.intercept(() => {
          if (attempt === 1) link.terminate(new Error('mine'));
          return false;
        });
      });

      const messages = record(feed.messages);
      flush();

      expect(messages).toEqual(['5 "b"']);
    });
  });

  it('of a connection that has ended has messages that complete, and the error that it ended with', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', 'o-a']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      const links: OpenEvent['link'][] = [];
      feed.lifecycle.pipe(ofType('open')).subscribe(({ link }) => links.push(link));
      let late: string[] = [];
      at(3, () => (late = record(links[0]!.messages)));

      flush();

      expect(late).toEqual(['3 |']);
      expect(links[0]!.error).toMatchObject({ name: 'ConnectionClosedError', code: 1006 });
      expect(links[1]!.error).toBeUndefined();
    });
  });

  it('of a connection that is over does nothing but tell what it drops', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      const links: OpenEvent['link'][] = [];
      feed.lifecycle.subscribe((event) => event.type === 'open' && links.push(event.link));
      const log = record(feed.lifecycle, brief);
      at(6, () => {
        links[0]!.terminate(new Error('late'));
        links[0]!.close();
        links[0]!.ping?.();
        links[0]!.send('lost');
      });

      flush();

      expect(log.slice(-2)).toEqual(['3 open 2', '6 dropped 1 closed']);
    });
  });
});

describe('a supervision', () => {
  it('that gives an attempt up has its close told all the same', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o', 'o#']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        timeout({ each: 5 }),
        retryWithBackoff({ delays: [2] }),
      );
      const log = record(feed.lifecycle, brief);
      const states = record(feed.state, ({ status }) => status);

      flush();

      expect(log.filter((line) => / (connecting|close) /.test(line))).toEqual([
        '0 connecting 1',
        '5 close 1006 local unclean',
        '7 connecting 2',
        '8 close 1006 remote unclean',
      ]);
      expect(states.slice(1, 6)).toEqual(['0 open', '5 closed', '5 reconnecting', '7 connecting', '7 open']);
    });
  });

  it('that completes while a connection is open closes it, and tells of it', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const closes = record(server.closes);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, take(2));
      const log = record(feed.lifecycle, brief);

      flush();

      expect(closes).toEqual(['0 {"code":1000,"reason":""}']);
      expect(log).toEqual(['0 connecting 1', '0 open 1', '0 close 1006 local unclean', '0 |']);
      expect(feed.state.value).toEqual({ status: 'closed', code: 1006, reason: '' });
    });
  });
});

describe('after the end', () => {
  it('a new subscription starts a new run, whose attempts count from 1', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-#', '-o-|']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const first = record(feed.lifecycle, brief);
      flush();
      const second = record(feed.lifecycle, brief);

      flush();

      expect(first.at(-1)).toBe('1 # HandshakeError');
      expect(second).toEqual(['1 connecting 1', '2 open 1', '4 close 1000 remote', '4 # ConnectionClosedError']);
    });
  });

  it('a subscriber may start that run from its own end', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-#', '-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      let second: string[] = [];
      feed.lifecycle.subscribe({ error: () => (second = record(feed.lifecycle, brief)) });

      flush();

      expect(second).toEqual(['1 connecting 1', '2 open 1']);
      expect(feed.state.value.status).toBe('open');
    });
  });
});
