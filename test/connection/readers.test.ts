import { config as rxjs, retry } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeWebSocket, onOpen, text } from '../../src/index.node.js';
import type { Link, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { fakeTransport } from '../helpers/fake-transport.js';
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

function connect(...supervision: Supervision[]) {
  const transport = playedSockets();
  const feed = observeWebSocket<string>({ url: 'ws://test', transport, codec: text() }, ...supervision);
  const log: string[] = [];
  feed.lifecycle.subscribe({
    next: ({ type }) => log.push(type),
    error: () => log.push('#'),
    complete: () => log.push('|'),
  });
  return { transport, feed, log };
}

/** What a reader does on reading 'bye'. */
type Ending = (feed: WebSocketConnection<string>, link: Link) => void;

const endings: Record<string, Ending> = {
  'link.terminate': (_, link) => link.terminate(new Error('bye')),
  'link.terminate with a code': (_, link) => link.terminate(new Error('bye'), 4000),
  'link.close': (_, link) => link.close(),
  'close()': (feed) => void feed.close(),
  'reconnect()': (feed) => feed.reconnect(),
};

describe.each([
  ['an error ends', [] as Supervision[]],
  ['is retried', [retry()] as Supervision[]],
])('A message that makes its first reader end the connection, which %s,', (_, supervision) => {
  it.each(Object.entries(endings))('reaches the other readers: %s', (_name, end) => {
    const { transport, feed, log } = connect(...supervision);
    transport.socket.open();
    const link = feed.link!;
    const others: string[] = [];
    const note = (who: string) => ({
      next: (message: string) => others.push(`${who} ${message}`),
      error: () => undefined,
    });
    feed.messages.subscribe({ next: () => end(feed, link), error: () => undefined });
    feed.messages.subscribe(note('second'));
    feed.messages.subscribe(note('third'));
    link.messages.subscribe(note('of the link'));
    log.length = 0;

    transport.socket.frame('bye');

    expect(others).toEqual(['second bye', 'third bye', 'of the link bye']);
    expect(log[0]).toBe('close');
  });

  it.each(Object.entries(endings))('reaches those of `link.messages`, its only other ones: %s', (_name, end) => {
    const { transport, feed } = connect(...supervision);
    transport.socket.open();
    const link = feed.link!;
    const own: string[] = [];
    feed.messages.subscribe({ next: () => end(feed, link), error: () => undefined });
    link.messages.subscribe({ next: (message) => own.push(message), complete: () => own.push('|') });

    transport.socket.frame('bye');

    expect(own).toEqual(['bye', '|']);
  });

  it.each(Object.entries(endings))('reaches them before the end does: %s', (_name, end) => {
    const { transport, feed } = connect(...supervision);
    transport.socket.open();
    const link = feed.link!;
    const log: string[] = [];
    link.messages.subscribe({ next: () => end(feed, link), complete: () => log.push('link ended') });
    link.messages.subscribe(() => log.push('second'));
    feed.lifecycle.subscribe({ next: ({ type }) => log.push(type), error: () => undefined });

    transport.socket.frame('bye');

    expect(log[0]).toBe('second');
  });

  it('is the last one that is read of that connection', () => {
    const { transport, feed } = connect(...supervision);
    transport.socket.open();
    const link = feed.link!;
    const read: string[] = [];
    feed.messages.subscribe({ next: () => link.terminate(new Error('bye')), error: () => undefined });
    feed.messages.subscribe({ next: (message) => read.push(message), error: () => undefined });

    transport.socket.frame('bye');
    transport.sockets[0]!.frame('after');

    expect(read).toEqual(['bye']);
  });
});

describe('A reader that unsubscribes another one', () => {
  it('keeps the message from it, and from nobody else', () => {
    const { transport, feed } = connect();
    transport.socket.open();
    const read: string[] = [];
    feed.messages.subscribe(() => second.unsubscribe());
    const second = feed.messages.subscribe(() => read.push('second'));
    feed.messages.subscribe(() => read.push('third'));

    transport.socket.frame('a');

    expect(read).toEqual(['third']);
  });
});

describe('`link.messages`', () => {
  it.each<[string, (feed: WebSocketConnection<string>, transport: ReturnType<typeof playedSockets>) => void]>([
    ['the server closes', (_, transport) => transport.socket.closed(1001)],
    ['it breaks', (_, transport) => transport.socket.closed()],
    ['link.terminate', (feed) => feed.link!.terminate(new Error('enough'))],
    ['link.close', (feed) => feed.link!.close()],
    ['close()', (feed) => void feed.close()],
    ['reconnect()', (feed) => feed.reconnect()],
  ])('completes however the connection ends, so that a reader without an error handler harms nobody: %s', (_, end) => {
    const ends: string[] = [];
    const { transport, feed } = connect(
      onOpen((link) => void link.messages.subscribe({ complete: () => ends.push('|') })),
      retry(),
    );
    transport.socket.open();

    end(feed, transport);

    expect(ends).toEqual(['|']);
  });

  it('completes at once for who comes when the connection has ended, and its error is there', () => {
    const { transport, feed } = connect(retry());
    transport.socket.open();
    const link = feed.link!;
    const error = new Error('enough');
    const before = link.error;

    link.terminate(error);
    const ends: string[] = [];
    link.messages.subscribe({ complete: () => ends.push('messages') });
    link.pongs.subscribe({ complete: () => ends.push('pongs') });

    expect(before).toBeUndefined();
    expect(link.error).toBe(error);
    expect(ends).toEqual(['messages', 'pongs']);
  });
});

describe('A message that a listener brings about', () => {
  it('has the events before it reach every listener in their order', () => {
    const transport = fakeTransport();
    const feed = observeWebSocket<string>({ url: 'ws://test', transport, codec: text() });
    const log: string[] = [];
    feed.messages.subscribe();
    feed.messages.subscribe();
    feed.lifecycle.subscribe(({ type }) => {
      if (type !== 'open') return;
      feed.messages.next(undefined as never); // is dropped
      transport.sink.onMessage('a', 1);
    });
    feed.lifecycle.subscribe(({ type }) => log.push(type));

    transport.open();

    expect(log).toEqual(['open', 'dropped']);
  });
});
