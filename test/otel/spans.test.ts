import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { NEVER, retry as rxjsRetry, tap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  completeOnClose,
  DecodeError,
  heartbeat,
  HeartbeatTimeoutError,
  observeWebSocket,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.js';
import { collectMetrics } from '../../src/otel/index.js';
import { closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import { laterTask } from '../helpers/later-task.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { standIn } from '../helpers/stand-in.js';
import { bringsNoComplaints, played, telemetry } from './telemetry.js';

bringsNoComplaints();

const retry = (...delays: number[]) => retryWithBackoff<LifecycleEvent>({ delays });

/** What emits no `reconnecting`. */
const retryPlainly: Supervision = (source) => source.pipe(rxjsRetry({ delay: 5 }));

const waitForEver: Supervision = (source) => source.pipe(rxjsRetry({ delay: () => NEVER }));

interface Run {
  /** Of a server: by default a connection that is closed by it, and one that stays. */
  readonly scripts?: string[];
  readonly values?: Readonly<Record<string, unknown>>;
  readonly supervision?: Supervision[];
  /** What is done with the connection, and when. */
  readonly acts?: Readonly<Record<number, (feed: WebSocketConnection) => void>>;
  /** Since when it is collected. */
  readonly since?: number;
}

/** The spans of a run against scripts of a server. */
async function spansOf({ scripts = ['-o-x', '-o'], values = {}, supervision = [], acts = {}, since }: Run) {
  const { meter, tracer, spans } = telemetry();
  inVirtualTime(({ cold, at }) => {
    const { transport } = scriptedServer(cold, scripts, { x: closeWith(1011, 'bug'), ...values });
    const url = 'wss://user:hunter2@feed.example/trades?token=hunter2';
    const feed = observeWebSocket({ url, transport, connectTimeout: 50 }, ...supervision);
    const collect = () => void collectMetrics(feed, { meter, tracer, attributes: { feed: 'trades' } });
    if (since === undefined) collect();
    else at(since, collect);
    feed.lifecycle.subscribe({ error: () => undefined });
    for (const [frame, act] of Object.entries(acts)) at(Number(frame), () => act(feed));
    at(1000, () => void feed.close());
  });
  await Promise.resolve();
  return spans().map(({ name, kind, status, attributes, events }) => ({
    ...{ name, kind, status: status.code, attributes },
    events: events.map((event) => event.name),
  }));
}

/** How the connections of a run ended: with which error, or with none. */
const endsOf = async (run: Run) =>
  (await spansOf(run)).map(({ status, attributes }) =>
    status === SpanStatusCode.ERROR ? attributes['error.type'] : 'no error',
  );

describe('The spans', () => {
  it('are one a connection, with its events, and with the status of its end', async () => {
    const spans = await spansOf({
      scripts: ['-o-a-j-x', '-#', '-o-|'],
      values: { j: raw('{') },
      supervision: [completeOnClose(), retry(3, 3)],
    });

    expect(spans).toEqual([
      {
        name: 'websocket',
        kind: SpanKind.CLIENT,
        status: SpanStatusCode.ERROR,
        events: ['connecting', 'open', 'rejected', 'close'],
        attributes: {
          feed: 'trades',
          'network.protocol.name': 'websocket',
          'rxwire.attempt': 1,
          'url.full': 'wss://feed.example/trades',
          'url.scheme': 'wss',
          'server.address': 'feed.example',
          'server.port': 443,
          'rxwire.close.code': 1011,
          'rxwire.close.reason': 'bug',
          'rxwire.close.clean': true,
          'rxwire.close.initiator': 'remote',
          'error.type': 'ConnectionClosedError',
        },
      },
      expect.objectContaining({
        status: SpanStatusCode.ERROR,
        events: ['connecting', 'error', 'close'],
        attributes: expect.objectContaining({ 'error.type': 'HandshakeError', 'rxwire.attempt': 2 }) as unknown,
      }),
      expect.objectContaining({ status: SpanStatusCode.UNSET, events: ['connecting', 'open', 'close'] }),
    ]);
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });

  it('have its heartbeats, and what was dropped on it', async () => {
    const [span] = await spansOf({
      scripts: ['o'],
      supervision: [
        heartbeat({ interval: 400, timeout: 10, random: () => 0.5 }),
        tap((event) => event.type === 'open' && event.link.send(1n)),
      ],
    });

    expect(span!.events).toEqual(['connecting', 'dropped', 'open', 'heartbeat', 'heartbeat', 'close']);
  });

  it('of a connection that is not retried ends with its error', async () => {
    expect(await endsOf({ supervision: [stopOnFatalClose()], values: { x: closeWith(4401) } })).toEqual([
      'FatalCloseError',
    ]);
  });

  it.each<[string, string, Run]>([
    [
      'a refresh follows',
      'ConnectionClosedError',
      { values: { x: closeWith(4401) }, supervision: [refreshOnUnauthorized(() => timer(5))] },
    ],
    ['the `retry` of RxJS follows a close', 'ConnectionClosedError', { supervision: [retryPlainly] }],
    [
      'the `retry` of RxJS follows a handshake that fails',
      'HandshakeError',
      { scripts: ['-#', '-o'], supervision: [retryPlainly] },
    ],
    [
      'the `retry` of RxJS follows one that takes too long',
      'ConnectTimeoutError',
      { scripts: ['-', '-o'], supervision: [retryPlainly] },
    ],
    [
      'a message is dropped before the `retry` of RxJS',
      'ConnectionClosedError',
      { supervision: [retryPlainly], acts: { 5: (feed) => feed.messages.next(1n) } },
    ],
  ])('ends with the error of its connection where %s', async (_, expected, run) => {
    expect(await endsOf(run)).toEqual([expected, 'no error']);
  });

  it.each<[string, Run]>([
    ['`reconnect()` follows', { acts: { 20: (feed) => feed.reconnect() } }],
    ['a handover follows', { acts: { 20: (feed) => feed.reconnect({ overlap: 5 }) } }],
    [
      '`reconnect()` follows while it is set up',
      { supervision: [onOpen(() => timer(500))], acts: { 20: (feed) => feed.reconnect() } },
    ],
  ])('ends without an error where %s', async (_, run) => {
    expect(await endsOf({ scripts: ['-o', '-o'], ...run })).toEqual(['no error', 'no error']);
  });

  it('ends without an error where `reconnect()` follows, also after another one that failed', async () => {
    expect(await endsOf({ supervision: [retryPlainly], acts: { 20: (feed) => feed.reconnect() } })).toEqual([
      'ConnectionClosedError',
      'no error',
      'no error',
    ]);
  });

  it('ends without an error where a new run begins as the connection closes', async () => {
    const { meter, tracer, spans } = telemetry();
    const { feed, transport } = played();
    const collecting = collectMetrics(feed, { meter, tracer });
    const reader = feed.lifecycle.subscribe((event) => {
      if (event.type !== 'close') return;
      reader.unsubscribe();
      feed.lifecycle.subscribe();
    });
    transport.socket.open().closed(1011);

    expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
    await feed.close();
    collecting.unsubscribe();
    expect(spans()).toHaveLength(2);
  });

  it('ends when its connection does, not earlier and not with the next one', async () => {
    const { meter, tracer, spans } = telemetry();
    const { feed, transport } = played(waitForEver);
    const collecting = collectMetrics(feed, { meter, tracer });
    feed.lifecycle.subscribe();
    transport.socket.open();
    await Promise.resolve();
    expect(spans()).toEqual([]);

    transport.socket.closed(1011, 'bug');
    await Promise.resolve();

    expect(spans().map(({ status }) => status)).toEqual([
      { code: SpanStatusCode.ERROR, message: expect.stringMatching(/^ConnectionClosedError: .*bug/) as unknown },
    ]);
    await feed.close();
    collecting.unsubscribe();
  });

  it('has nothing added once it has ended', async () => {
    const { meter, tracer, spans } = telemetry();
    const { feed, transport } = played(waitForEver);
    const collecting = collectMetrics(feed, { meter, tracer });
    feed.lifecycle.subscribe();
    transport.socket.open().closed(1011);
    await Promise.resolve();

    feed.messages.next(1n);

    expect(spans().map(({ events }) => events.map(({ name }) => name))).toEqual([['connecting', 'open', 'close']]);
    await feed.close();
    collecting.unsubscribe();
  });

  it('ends without an error when the last subscriber unsubscribes, or collecting ends', () => {
    for (const end of ['reader', 'collecting'] as const) {
      const { meter, tracer, spans } = telemetry();
      const { feed, transport } = played();
      const subscriptions = { collecting: collectMetrics(feed, { meter, tracer }), reader: feed.messages.subscribe() };
      transport.socket.open();
      expect(spans()).toEqual([]);

      subscriptions[end].unsubscribe();

      expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
    }
  });

  it('is ended once, when the connection is closed', async () => {
    const { meter, tracer, spans } = telemetry();
    const { feed, transport } = played();
    const collecting = collectMetrics(feed, { meter, tracer });
    feed.messages.subscribe();
    transport.socket.open();

    await feed.close();
    collecting.unsubscribe();

    expect(spans().map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET]);
  });

  it.each<[string, Run, unknown[]]>([
    ['that is closed by us', { scripts: ['-o'], since: 3 }, []],
    ['that fails', { since: 2 }, []],
    ['that has failed', { since: 10 }, []],
    ['that a retry follows', { since: 2, supervision: [retry(5)] }, ['no error']],
    ['that the `retry` of RxJS follows', { since: 2, supervision: [retryPlainly] }, ['no error']],
  ])('is not of a connection %s and was made before it was collected', async (_, run, expected) => {
    expect(await endsOf(run)).toEqual(expected);
  });

  describe('of a stand-in of a connection', () => {
    /** The only span of a connection with these events. */
    function spanOf(...events: object[]) {
      const { meter, tracer, spans } = telemetry();
      const { connection, emit } = standIn();
      const collecting = collectMetrics(connection, { meter, tracer });
      emit({ type: 'connecting', attempt: 1 }, ...events);
      collecting.unsubscribe();
      return spans()[0]!;
    }
    const close = { type: 'close', code: 1006, reason: 'gone', wasClean: false, initiator: 'remote' };

    it('has events that say what happened, and of messages nothing but how many', () => {
      const { events } = spanOf(
        { type: 'open', url: 'ws://feed.example/', link: {} },
        { type: 'heartbeat', latency: 20 },
        { type: 'dropped', count: 2, reason: 'overflow', messages: ['hunter2', 'hunter2'] },
        { type: 'rejected', data: 'hunter2', error: new DecodeError('hunter2', { data: 'hunter2' }) },
        { type: 'error', error: new HeartbeatTimeoutError('silent') },
        close,
      );

      expect(events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ['connecting', {}],
        ['open', {}],
        ['heartbeat', { 'rxwire.heartbeat.latency': 0.02 }],
        ['dropped', { 'rxwire.count': 2, 'rxwire.reason': 'overflow' }],
        ['rejected', { 'exception.type': 'DecodeError' }],
        ['error', { 'exception.type': 'HeartbeatTimeoutError', 'exception.message': 'silent' }],
        [
          'close',
          {
            'rxwire.close.code': 1006,
            'rxwire.close.reason': 'gone',
            'rxwire.close.clean': false,
            'rxwire.close.initiator': 'remote',
          },
        ],
      ]);
    });

    it.each([
      ['ws://feed.example/trades', 'ws', 80],
      ['wss://feed.example/trades', 'wss', 443],
      ['ws://feed.example:8080/trades', 'ws', 8080],
      ['wss://feed.example:8443/trades', 'wss', 8443],
    ])('says where it connected to: %s', (url, scheme, port) => {
      expect(spanOf({ type: 'open', url, link: {} }).attributes).toMatchObject({
        'url.full': url,
        'url.scheme': scheme,
        'server.address': 'feed.example',
        'server.port': port,
      });
    });

    it('says that the handshake failed where nothing else does', () => {
      expect(spanOf(close, { type: 'connecting', attempt: 2 }).status).toEqual({
        code: SpanStatusCode.ERROR,
        message: 'HandshakeError: The handshake failed.',
      });
    });
  });
});

it('keeps its connecting and its open, however many heartbeats follow', () => {
  const { meter, tracer, spans } = telemetry();
  const { connection, emit } = standIn();
  const collecting = collectMetrics(connection, { meter, tracer });
  emit({ type: 'connecting', attempt: 1 });
  for (let n = 0; n < 500; n++) emit({ type: 'heartbeat', latency: 1 });
  collecting.unsubscribe();

  const names = spans()[0]!.events.map(({ name }) => name);
  expect(names[0]).toBe('connecting');
  expect(names.length).toBeLessThan(40);
});

it('has no secrets of others: those in errors and in the words of a close', async () => {
  const { meter, tracer, spans } = telemetry();
  const failed = observeWebSocket({
    url: () => Promise.reject(new Error('GET https://user:hunter2@auth/?token=hunter2 failed')),
    transport: played().transport,
  });
  const { feed: closed, transport } = played();
  for (const feed of [failed, closed]) {
    collectMetrics(feed, { meter, tracer });
    feed.messages.subscribe({ error: () => undefined });
  }
  transport.socket.open().steps.next(closeWith(4001, 'bad token=hunter2'));
  await laterTask();

  expect(spans()).toHaveLength(2);
  expect(JSON.stringify(spans().map(({ status, attributes, events }) => ({ status, attributes, events })))).not.toMatch(
    /hunter2/,
  );
});
