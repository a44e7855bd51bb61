import { config as rxjs, filter, retry } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { binary, isMessageDroppedError, multiplex, observeWebSocket, requestResponse } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig, WebSocketConnection } from '../../src/index.node.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';

let unhandled: unknown[];

beforeEach(() => {
  unhandled = [];
  rxjs.onUnhandledError = (error) => unhandled.push(error);
});

afterEach(async () => {
  await laterTask(); // RxJS reports in a task of its own
  rxjs.onUnhandledError = null;
  expect(unhandled).toEqual([]);
});

type Feed = WebSocketConnection<unknown>;

function make(outbox: NonNullable<WebSocketConfig['outbox']>, ...supervision: Supervision[]) {
  const transport = playedSockets();
  const feed: Feed = observeWebSocket<unknown>({ url: 'ws://test', transport, outbox }, ...supervision);
  const drops: string[] = [];
  feed.events.subscribe((event) => event.type === 'dropped' && drops.push(`${event.count} ${event.reason}`));
  return { transport, feed, drops };
}

/** What somebody may hear of an open connection by. */
const news: Record<string, (feed: Feed) => Observable<unknown>> = {
  'the lifecycle': ({ lifecycle }) => lifecycle.pipe(filter(({ type }) => type === 'open')),
  'the state': ({ state }) => state.pipe(filter(({ status }) => status === 'open')),
  'the events': ({ events }) => events.pipe(filter(({ type }) => type === 'open')),
};

const fullOutboxes: [string, NonNullable<WebSocketConfig['outbox']>][] = [
  ['capacity 0, dropOldest', { capacity: 0 }],
  ['capacity 0, dropNewest', { capacity: 0, overflow: 'dropNewest' }],
  ['capacity 0, error', { capacity: 0, overflow: 'error' }],
  ['capacity 2, dropOldest', { capacity: 2 }],
  ['capacity 2, dropNewest', { capacity: 2, overflow: 'dropNewest' }],
  ['capacity 2, error', { capacity: 2, overflow: 'error' }],
  ['maxBytes 6, dropOldest', { maxBytes: 6 }],
  ['maxBytes 6, error', { maxBytes: 6, overflow: 'error' }],
];

describe.each(Object.entries(news))('What a subscriber of %s sends when the connection is open', (_, of) => {
  it.each(fullOutboxes)('goes out right after the outbox, and nothing is lost: %s', (_name, outbox) => {
    const { transport, feed, drops } = make(outbox);
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      for (const value of ['hello', 'how', 'are you']) feed.messages.next(value);
    });
    if (outbox.capacity !== 0) for (const value of [1, 2]) feed.messages.next(value);
    transport.socket.open();
    feed.messages.next('later');

    const waited = outbox.capacity === 0 ? [] : ['send 1', 'send 2'];
    expect(transport.socket.calls).toEqual([
      ...waited,
      ...['send "hello"', 'send "how"', 'send "are you"', 'send "later"'],
    ]);
    expect(drops).toEqual([]);
    expect(feed.stats).toMatchObject({ queued: 0, dropped: 0 });
  });

  it('may go by its link, ahead of the outbox', () => {
    const { transport, feed } = make({});
    const links: unknown[] = [];
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      links.push(feed.link);
      feed.link?.send('on this connection');
    });
    feed.messages.next('waits');
    transport.socket.open();

    expect(transport.socket.calls).toEqual(['send "on this connection"', 'send "waits"']);
    expect(links).toEqual([feed.link]);
    expect(feed.link).toBeDefined();
  });

  it('has no link where it has ended meanwhile', () => {
    const { transport, feed } = make({});
    const links: unknown[] = [];
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      void feed.close();
      links.push(feed.link);
    });
    transport.socket.open();

    expect(links).toEqual([undefined]);
  });

  it('goes out on each connection', () => {
    const { transport, feed } = make({ capacity: 0 }, retry());
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => feed.messages.next('hello'));
    transport.socket.open();
    transport.socket.closed();
    transport.socket.open();

    expect(transport.sockets.map(({ calls }) => calls)).toEqual([['send "hello"'], ['send "hello"']]);
  });

  it('is sent before the closing handshake of a close() that comes in the same moment', () => {
    const { transport, feed, drops } = make({ capacity: 0 });
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      feed.messages.next('hello');
      void feed.close();
    });
    transport.socket.open();

    expect(transport.socket.calls).toEqual(['send "hello"', 'close 1000']);
    expect(drops).toEqual([]);
  });

  it('counts as waiting until then', () => {
    const { transport, feed } = make({ capacity: 0 });
    const queued: number[] = [];
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      feed.messages.next('hello');
      queued.push(feed.stats.queued);
    });
    transport.socket.open();

    expect(queued).toEqual([1]);
    expect(feed.stats.queued).toBe(0);
  });

  it('is a copy of bytes that are used again at once', () => {
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport, codec: binary() });
    const bytes = typeof Buffer === 'undefined' ? Uint8Array.of(0) : Buffer.of(0);
    feed.lifecycle.subscribe();
    of(feed).subscribe(() => {
      for (const value of [1, 2, 3]) feed.messages.next(bytes.fill(value));
      bytes.fill(9);
    });
    transport.socket.open();

    expect(transport.socket.calls).toEqual(['send 1', 'send 2', 'send 3']);
  });
});

describe('A request at `open`', () => {
  it('is not sent where its subscriber unsubscribes at once, and all others are', () => {
    const { transport, feed } = make({});
    const request = requestResponse<unknown, unknown, number>(feed, { idOf: () => undefined });
    feed.lifecycle.pipe(filter(({ type }) => type === 'open')).subscribe(() => {
      const [, second] = ['a', 'b', 'c'].map((value, id) => request(id, value).subscribe());
      second!.unsubscribe();
    });

    transport.socket.open();

    expect(transport.socket.calls).toEqual(['send "a"', 'send "c"']);
  });
});

describe('A topic', () => {
  it('is not subscribed to on a connection that a listener of its `open` ends', () => {
    const { transport, feed, drops } = make({}, retry());
    const topics = multiplex<unknown, unknown, string>(feed, { keyOf: String, subscribe: (key) => ({ sub: key }) });
    topics('a').subscribe();
    const ending = feed.lifecycle.subscribe((event) => {
      if (event.type === 'open') event.link.terminate(new Error('not this one'));
    });
    transport.socket.open();
    ending.unsubscribe();
    transport.socket.open();

    expect(transport.sockets.map(({ calls }) => calls.filter((call) => call.startsWith('send')))).toEqual([
      [],
      ['send {"sub":"a"}'],
    ]);
    expect(drops).toEqual([]);
  });

  it('has no mark on such a connection', () => {
    const { transport, feed } = make({}, retry());
    const topics = multiplex<unknown, unknown, string>(feed, { keyOf: String, mark: (key) => `${key} is there` });
    const marks: unknown[] = [];
    topics('a').subscribe((mark) => marks.push(mark));
    const ending = feed.lifecycle.subscribe((event) => {
      if (event.type === 'open') event.link.terminate(new Error('not this one'));
    });
    transport.socket.open();
    expect(marks).toEqual([]);
    ending.unsubscribe();
    transport.socket.open();

    expect(marks).toEqual(['a is there']);
  });
});

describe('What a subscriber sends at an `open` of a connection that another one ends at once', () => {
  /** The second subscriber ends it. */
  function ended(outbox: NonNullable<WebSocketConfig['outbox']>) {
    const made = make(outbox, retry());
    const { feed } = made;
    let isFirst = true;
    const sent: Promise<unknown>[] = [];
    feed.lifecycle.pipe(filter(({ type }) => type === 'open')).subscribe(() => {
      if (isFirst) sent.push(feed.send('hello').catch((error: unknown) => error));
    });
    feed.lifecycle.subscribe((event) => {
      if (event.type !== 'open' || !isFirst) return;
      isFirst = false;
      event.link.terminate(new Error('not this one'));
    });
    made.transport.socket.open();
    return { ...made, sent };
  }

  it('waits for the next one', async () => {
    const { transport, sent, drops } = ended({ capacity: 1 });
    transport.socket.open();

    expect(transport.socket.calls).toEqual(['send "hello"']);
    expect(await sent[0]).toBeUndefined();
    expect(drops).toEqual([]);
  });

  it.each(['dropOldest', 'dropNewest', 'error'] as const)(
    'is bounded as what waits is, and its loss is reported: %s',
    async (overflow) => {
      const { transport, feed, sent, drops } = ended({ capacity: 0, overflow });
      transport.socket.open();

      const error = await sent[0];

      expect(isMessageDroppedError(error) && error.reason).toBe('overflow');
      expect(drops).toEqual(['1 overflow']);
      expect(feed.stats).toMatchObject({ sent: 0, dropped: 1, queued: 0 });
    },
  );
});
