import { describe, expect, it } from 'vitest';
import { connectionPool, multiplex, requestResponse } from '../../src/index.node.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';
import type { PlayedSockets } from '../helpers/played-sockets.js';
import { record } from '../helpers/record.js';
import { feedOf } from './feeds.js';
import type { Feed, Tick } from './feeds.js';

const topicsOf = {
  keyOf: ({ key }: Tick) => key,
  subscribe: (key: string): unknown => ({ sub: key }),
  unsubscribe: (key: string): unknown => ({ unsub: key }),
};

/** Sockets that are closed when the test says so. */
const sockets = () => playedSockets({ answersClose: false });

/** What each socket was given to send. */
const sentOn = ({ sockets: all }: PlayedSockets): string[] =>
  all.map(({ calls }) =>
    calls
      .filter((call) => call.startsWith('send'))
      .join(' ')
      .replaceAll('send ', ''),
  );

const withoutTime = (lines: readonly string[]): string[] => lines.map((line) => line.slice(line.indexOf(' ') + 1));

describe('While a connection is being closed', () => {
  it('a new topic waits for the next run, and those of this run complete', async () => {
    const transport = sockets();
    const feed = feedOf(transport);
    const topics = multiplex(feed, topicsOf);
    const old = record(topics('a'));
    transport.socket.open();

    const closed = feed.close();
    const next = [record(topics('a')), record(topics('b'))];
    transport.socket.closed(1000);
    await closed;
    transport.socket.open().say({ key: 'a' }, { key: 'b' });

    expect(withoutTime(old)).toEqual(['|']);
    expect(next.map(withoutTime)).toEqual([['{"key":"a"}'], ['{"key":"b"}']]);
    expect(sentOn(transport)).toEqual(['{"sub":"a"}', '{"sub":"a"} {"sub":"b"}']);
  });

  it('a new request waits for the next run, and those of this run are interrupted', async () => {
    const transport = sockets();
    const feed = feedOf(transport);
    const request = requestResponse(feed, { idOf: ({ id }) => id });
    const old = record(request(1, 'one'));
    transport.socket.open();

    const closed = feed.close(4000);
    const next = record(request(2, 'two'));
    transport.socket.closed(4000);
    await closed;
    await laterTask();
    transport.socket.open().say({ id: 2 });

    expect(withoutTime(old)).toEqual(['# ConnectionClosedError']);
    expect(withoutTime(next)).toEqual(['{"id":2}', '|']);
    expect(sentOn(transport)).toEqual(['"one"', '"two"']);
  });

  it('what waits for the next run ends where that is cancelled', async () => {
    const transport = sockets();
    const feed = feedOf(transport);
    const [topics, request] = [multiplex(feed, topicsOf), requestResponse(feed, { idOf: ({ id }) => id })];
    record(topics('a'));
    transport.socket.open();

    const closed = [feed.close()];
    const next = [record(topics('a')), record(request(1, 'one'))];
    closed.push(feed.close());
    const last = record(topics('a'));
    transport.socket.closed(1000);
    await Promise.all(closed);
    transport.socket.open();

    expect(next.map(withoutTime)).toEqual([['|'], ['# ConnectionClosedError']]);
    expect(last).toEqual([]);
    expect(sentOn(transport)).toEqual(['{"sub":"a"}', '{"sub":"a"}']);
  });
});

describe('While a pool', () => {
  function poolOf(transport: PlayedSockets, max: number, keysPerConnection = 1) {
    const feeds: Feed[] = [];
    const create = () => {
      feeds.push(feedOf(transport));
      return feeds.at(-1)!;
    };
    return { pool: connectionPool({ create, max, keysPerConnection }), feeds };
  }

  it('is being closed, new keys wait for its end, and each has a place by then', async () => {
    const transport = sockets();
    const { pool } = poolOf(transport, 2);
    const topics = multiplex(pool, topicsOf);
    record(topics('a'));
    transport.socket.open();
    record(topics('b'));
    transport.socket.open();

    const closed = pool.close();
    record(topics('c'));
    transport.sockets[0]!.closed(1000);
    await laterTask();
    record(topics('d'));
    transport.sockets[1]!.closed(1000);
    await closed;
    await laterTask();
    transport.sockets[2]!.open();
    await laterTask();
    transport.sockets[3]!.open();

    expect(sentOn(transport)).toEqual(['{"sub":"a"}', '{"sub":"b"}', '{"sub":"c"}', '{"sub":"d"}']);
    expect(withoutTime(record(topics('e')))).toEqual(['# WebSocketError']); // all are full
  });

  it('has a connection that is being closed, a new key and a request go to another one with room', async () => {
    const transport = sockets();
    const { pool, feeds } = poolOf(transport, 2, 2);
    const topics = multiplex(pool, topicsOf);
    record(topics('a'));
    transport.socket.open();
    record(topics('b'));
    record(topics('c'));
    transport.socket.open();

    const closed = feeds[0]!.close();
    record(topics('b'));
    record(requestResponse(pool, { idOf: ({ id }) => id })(1, 'one'));
    transport.sockets[0]!.closed(1000);
    await closed;

    expect(sentOn(transport)).toEqual(['{"sub":"a"} {"sub":"b"}', '{"sub":"c"} {"sub":"b"} "one"']);
  });
});

describe('When a link is closed', () => {
  it.each([
    [4000, 'bye'],
    [1000, ''],
  ])('a request over it errors with what it was closed with: %d "%s"', (code, reason) => {
    const transport = sockets();
    const feed = feedOf(transport);
    const errors: unknown[] = [];
    feed.lifecycle.subscribe();
    transport.socket.open();
    const link = feed.link!;
    const request = requestResponse(link, { idOf: ({ id }) => id });

    request(1, 'one').subscribe({ error: (error: unknown) => errors.push(error) });
    link.close(code, reason);
    transport.socket.closed(code, reason);

    expect(errors).toMatchObject([{ name: 'ConnectionClosedError', code, reason }]);
  });
});
