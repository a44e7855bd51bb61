import { runInNewContext } from 'node:vm';
import { asyncScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { heartbeat, observeWebSocket } from '../../src/index.js';
import type { WebSocketConnection, WebSocketLike } from '../../src/index.js';
import { nativeTransport } from '../../src/transport/native.js';
import { dial } from '../helpers/dial.js';
import { inVirtualTime } from '../helpers/marbles.js';

type Listener = (event: object) => void;

/** A WebSocket of the standard's shape that does nothing by itself, and writes down what is asked of it. */
class Mock implements WebSocketLike {
  static readonly made: Mock[] = [];
  readonly args: unknown[];
  readonly calls: unknown[][] = [];
  readonly listeners: Record<string, Listener> = {};
  binaryType = 'blob';
  readyState = 0;
  bufferedAmount = 0;
  protocol = 'chat';
  extensions = 'x';
  onopen!: Listener;
  onmessage!: Listener;
  onerror!: Listener;
  onclose!: Listener;

  constructor(...args: unknown[]) {
    this.args = args;
    Mock.made.push(this);
  }
  send(data: unknown): void {
    this.calls.push(['send', data]);
  }
  close(...args: unknown[]): void {
    this.calls.push(['close', ...args]);
  }
}

/** One that has what Bun's has; whether it works there is another question. */
class Extended extends Mock {
  ping = (payload?: string) => void this.calls.push(['ping', payload]);
  pause = () => void this.calls.push(['pause']);
  resume = () => void this.calls.push(['resume']);
  terminate = () => void this.calls.push(['terminate']);
  addEventListener(type: string, listener: Listener): void {
    this.listeners[type] = listener;
  }
}

const URL = 'wss://user:secret@test/feed?token=secret';

/** A mock, and what comes of it. */
function made(Class: typeof Mock = Mock, url = URL) {
  const mock = new Class();
  return { mock, ...dial(nativeTransport({ create: () => mock }), url) };
}

afterEach(() => {
  vi.unstubAllGlobals();
  Mock.made.length = 0;
});

describe('a socket that is made by `create`', () => {
  it('is given the URL, the subprotocols and the headers, and has its bytes as an ArrayBuffer', () => {
    const create = vi.fn(() => new Mock());
    const [protocols, headers] = [['chat'], { authorization: 'Bearer 1' }];

    dial(nativeTransport({ create }), URL, { protocols, headers });

    expect(create).toHaveBeenCalledExactlyOnceWith(URL, protocols, headers);
    expect((create.mock.calls as unknown[][])[0]![1]).not.toBe(protocols);
    expect(Mock.made[0]!.binaryType).toBe('arraybuffer');
  });

  it.each([
    [{ create: () => new Mock() }, false],
    [{ create: () => new Mock(), canSetHeaders: true }, true],
    [{ create: () => new Mock(), canSetHeaders: false }, false],
    [{}, false],
    [{ canSetHeaders: true }, true],
  ])('takes headers where it is said to: %o, %s', (options, takes) => {
    const transport = nativeTransport(options);
    const observe = () => observeWebSocket({ url: URL, headers: { authorization: 'Bearer 1' }, transport });

    expect(transport.canSetHeaders).toBe(takes);
    expect(transport.canPause).toBe(false);
    if (takes) expect(observe).not.toThrow();
    else expect(observe).toThrow(TypeError);
  });

  it('opens with what it says of itself, or nothing', () => {
    const { mock, reported } = made();
    const bare = made();
    Object.assign(bare.mock, { protocol: undefined, extensions: undefined });

    mock.onopen({});
    bare.mock.onopen({});

    expect(reported).toEqual([['onOpen', 'chat', 'x']]);
    expect(bare.reported).toEqual([['onOpen', '', '']]);
  });

  it.each<[string, unknown, unknown, number]>([
    ['text', 'é', 'é', 1],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2]), 2],
    ['an ArrayBuffer of another realm', runInNewContext('new Uint8Array([1, 2]).buffer'), new Uint8Array([1, 2]), 2],
    ['a view', new Uint8Array([0, 1, 2]).subarray(1), new Uint8Array([1, 2]), 2],
    ['a view of another realm', runInNewContext('new Uint8Array([0, 1, 2]).subarray(1)'), new Uint8Array([1, 2]), 2],
  ])('delivers %s', (_, data, delivered, size) => {
    const { mock, reported } = made();

    mock.onmessage({ data });

    expect(reported).toStrictEqual([['onMessage', delivered, size]]);
  });

  it.each([
    [{ code: 4000, reason: 'enough', wasClean: true }, [4000, 'enough', true]],
    [{ code: 4000, reason: 'enough', wasClean: false }, [4000, 'enough', false]],
    [{ code: 4000, reason: 'enough' }, [4000, 'enough', true]],
    [{ code: 1006, reason: '', wasClean: false }, [1006, '', false]],
    [{ code: 1006, reason: '' }, [1006, '', false]],
    [{ code: 0, reason: '', wasClean: false }, [1006, '', false]],
    [{ code: 0, reason: '', wasClean: true }, [1006, '', false]],
    [{ code: undefined, reason: 'Connection reset' }, [1006, 'Connection reset', false]],
    [{ code: null, reason: null }, [1006, '', false]],
    [{}, [1006, '', false]],
  ])('that closes with %o is reported as %o', (event, fields) => {
    const { mock, reported } = made();
    mock.onopen({});

    mock.onclose(event);

    expect(reported.at(-1)).toEqual(['onClose', ...fields]);
  });

  it.each([
    [{}, 'the WebSocket failed'],
    [{ message: '' }, 'the WebSocket failed'],
    [{ message: 'it broke' }, 'it broke'],
    [{ message: '', error: new Error('connect ETIMEDOUT') }, 'connect ETIMEDOUT'],
    [{ error: new AggregateError([new Error('a'), new Error('b')]) }, 'a; b'],
    [{ message: `cannot connect to '${URL}'` }, `cannot connect to 'wss://test/feed'`],
    [{ message: "'wss://test/feed?token=secret' failed" }, "'wss://test/feed' failed"],
    [{ message: '', error: new Error(`cannot connect to ${URL}`) }, 'cannot connect to wss://test/feed'],
  ])('that fails with %o says why, and shows no secret', (event, message) => {
    const { mock, reported } = made();
    mock.onopen({});

    mock.onerror(event);

    expect(reported.slice(1)).toEqual([['onError', expect.objectContaining({ name: 'WebSocketError', message })]]);
    expect(JSON.stringify(reported)).not.toContain('secret');
  });

  it('that fails before it is open has ended, whether its `close` follows or not', () => {
    const { mock, reported } = made();

    mock.onerror({});

    expect(reported.map(([kind]) => kind)).toEqual(['onError', 'onClose']);
  });

  it('has flushed what its bufferedAmount does not hold, of text as UTF-8', () => {
    const { mock, socket } = made();

    socket.send('é€');
    socket.send(new Uint8Array(10));
    mock.bufferedAmount = 12;
    const before = socket.flushedBytes;
    mock.bufferedAmount = 0;

    expect([before, socket.flushedBytes]).toEqual([3, 15]);
    expect(socket.receivedBytes).toBeUndefined();
    mock.bufferedAmount = 99; // its frames have headers
    expect(socket.flushedBytes).toBe(0);
  });

  it('says nothing of that where it has no bufferedAmount', () => {
    const { mock, socket } = made();
    Object.assign(mock, { bufferedAmount: undefined });

    socket.send('x');

    expect(socket.flushedBytes).toBeUndefined();
    expect(socket.bufferedAmount).toBe(0);
  });

  it.each([[Mock], [Extended]])('is ended by the standard, whatever else it has: %o', (Class) => {
    vi.stubGlobal('Bun', {});
    const { mock, socket } = made(Class);

    socket.close(4000, 'enough');
    socket.terminate();

    expect(mock.calls).toEqual([
      ['close', 4000, 'enough'],
      ['close', 3008],
    ]);
    expect([socket.ping, socket.pause, socket.resume]).toEqual([undefined, undefined, undefined]);
  });
});

describe("the platform's socket", () => {
  const protocols = ['chat'];
  const headers = { authorization: 'Bearer 1' };

  it.each([
    ['Bun', true, true],
    ['Deno', true, false],
    ['workerd', false, false],
  ])('takes headers in %s: %s, and can be paused: %s', (platform, takesHeaders, pauses) => {
    const transport = nativeTransport();
    vi.stubGlobal(platform, {});

    expect([transport.canSetHeaders, transport.canPause]).toEqual([takesHeaders, pauses]);
  });

  it('is given headers as Bun and Deno take them, and subprotocols alone where there are none', () => {
    vi.stubGlobal('WebSocket', Mock);
    const transport = nativeTransport({ canSetHeaders: true });

    dial(transport, URL, { protocols, headers });
    dial(transport, URL, { protocols });

    expect(Mock.made.map(({ args }) => args)).toEqual([
      [URL, { protocols, headers }],
      [URL, protocols],
    ]);
  });

  it('is used for what Bun has beyond the standard', () => {
    vi.stubGlobal('WebSocket', Extended);
    vi.stubGlobal('Bun', {});
    const { socket, reported } = dial(nativeTransport(), URL);
    const bun = Mock.made[0] as Extended;
    const data = new TextEncoder().encode('hello').buffer;

    bun.listeners.ping!({ data });
    bun.listeners.pong!({ data });
    socket.ping!('a');
    socket.ping!();
    socket.pause!();
    socket.resume!();
    socket.terminate();

    expect(reported).toEqual([
      ['onPing', 'hello'],
      ['onPong', 'hello'],
    ]);
    expect(bun.calls).toEqual([['ping', 'a'], ['ping', ''], ['pause'], ['resume'], ['terminate']]);
  });

  it('is used for it also where `create` has made it', () => {
    vi.stubGlobal('WebSocket', Extended);
    vi.stubGlobal('Bun', {});
    const { socket } = made(Extended);

    socket.ping!('a');

    expect(Mock.made[0]!.calls).toEqual([['ping', 'a']]);
  });

  it('is not used elsewhere for what it only seems to have', () => {
    vi.stubGlobal('WebSocket', Extended);
    const { socket } = dial(nativeTransport(), URL);

    socket.terminate();

    expect(socket).not.toHaveProperty('ping');
    expect(socket).not.toHaveProperty('pause');
    expect(Mock.made[0]!.calls).toEqual([['close', 3008]]);
  });
});

describe('a peer that begins to close', () => {
  /** An open one behind a heartbeat, in virtual time. */
  const opened = (
    run: (on: {
      mock: Mock;
      log: string[];
      flush: () => void;
      at: (time: number, act: () => void) => void;
      feed: WebSocketConnection;
    }) => void,
  ) =>
    inVirtualTime(({ at, flush }) => {
      const mocks: Mock[] = [];
      const transport = nativeTransport({ create: () => mocks[mocks.push(new Mock()) - 1]! });
      const beat = heartbeat({ ping: () => 'ping', interval: 500, timeout: 500, random: () => 1 });
      const feed = observeWebSocket({ url: 'ws://test', transport, closeTimeout: 200 }, beat);
      const log: string[] = [];
      feed.lifecycle.subscribe({
        next: ({ type }) => log.push(`${asyncScheduler.now()} ${type}`),
        error: (error: unknown) => log.push(`${asyncScheduler.now()} ${(error as Error).message}`),
        complete: () => log.push(`${asyncScheduler.now()} completed`),
      });
      const [mock] = mocks;
      mock!.readyState = 1;
      mock!.onopen({});
      run({ mock: mock!, log, flush, at, feed });
    });
  const begins = ['0 connecting', '0 open'];

  it('and leaves it at that is given up, 11 s after a heartbeat has noticed', () => {
    opened(({ mock, log, flush, at }) => {
      at(100, () => (mock.readyState = 2));
      flush();

      expect(log).toEqual([...begins, '11500 close', '11500 The connection was closed with code 1006.']);
    });
  });

  it('is noticed by who sends', () => {
    opened(({ mock, log, flush, at, feed }) => {
      at(100, () => (mock.readyState = 2));
      at(150, () => feed.messages.next('x'));
      flush();

      expect(log).toEqual([...begins, '11150 close', '11150 The connection was closed with code 1006.']);
      expect(feed.stats).toMatchObject({ sent: 0, queued: 1 });
    });
  });

  it('and closes in time has its code told', () => {
    opened(({ mock, log, flush, at, feed }) => {
      at(100, () => (mock.readyState = 2));
      at(150, () => feed.messages.next('x'));
      at(11_149, () => mock.onclose({ code: 1001, reason: 'bye' }));
      flush();

      expect(log).toEqual([...begins, '11149 close', '11149 The connection was closed with code 1001 (bye).']);
    });
  });

  it('has our own patience where we close too', () => {
    opened(({ mock, log, flush, at, feed }) => {
      at(100, () => (mock.readyState = 2));
      at(150, () => feed.messages.next('x'));
      at(300, () => void feed.close());
      at(450, () => mock.onclose({ code: 1001, reason: '' }));
      flush();

      expect(log).toEqual([...begins, '300 dropped', '450 close', '450 completed']);
    });
  });
});

it.each<[string, object, string]>([
  ['without a word', { message: '', error: new TypeError('') }, 'the WebSocket failed'],
  ['without any', {}, 'the WebSocket failed'],
  ['as a text', { error: 'boom' }, 'boom'],
  ['with a code', { error: Object.assign(new Error(''), { code: 'ECONNRESET' }) }, 'ECONNRESET'],
  ['with one', { message: '', error: new TypeError('refused') }, 'refused'],
  ['with several', { error: new AggregateError([new Error('one'), new Error('two')]) }, 'one; two'],
])('a failure %s is a sentence', (_, event, sentence) => {
  const { mock, reported } = made();
  mock.onerror(event);

  expect(reported[0]![1]).toHaveProperty('message', sentence);
});
