import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { retry as rxjsRetry, tap, timer } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  completeOnClose,
  heartbeat,
  observeWebSocket,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.js';
import type { LifecycleEvent, Supervision } from '../../src/index.js';
import { collectMetrics } from '../../src/otel/index.js';
import { closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';

class Reader extends MetricReader {
  protected override onForceFlush() {
    return Promise.resolve();
  }
  protected override onShutdown() {
    return Promise.resolve();
  }
}

/** A meter and a tracer whose measurements and spans the test reads. */
function telemetry() {
  const reader = new Reader();
  const exporter = new InMemorySpanExporter();
  const meters = new MeterProvider({ readers: [reader] });
  const tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return {
    meter: meters.getMeter('rxwire'),
    tracer: tracers.getTracer('rxwire'),
    spans: () => exporter.getFinishedSpans(),
    /** Every data point, by the name of its instrument and its attributes. */
    async measured(): Promise<Record<string, unknown>> {
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
      return Object.fromEntries(
        all.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            `${descriptor.name}${Object.keys(attributes).length > 0 ? JSON.stringify(attributes) : ''}`,
            value,
          ]),
        ),
      );
    },
  };
}

/** A connection whose transport the test controls. */
function played(...supervision: Supervision[]) {
  const transport = playedSockets();
  return { transport, feed: observeWebSocket({ url: 'ws://test', transport }, ...supervision) };
}

const retry = (...delays: number[]) => retryWithBackoff<LifecycleEvent>({ delays });

describe('The instruments', () => {
  it('measure all numbers of a connection', async () => {
    const { meter, tracer, measured } = telemetry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['-o-a-j-x', '-#', '-o'], { x: closeWith(4401), j: raw('{') });
      const feed = observeWebSocket(
        { url: 'ws://test', transport, outbox: { capacity: 1 } },
        heartbeat({ random: () => 0.5 }),
        retry(3, 3),
      );
      collectMetrics(feed, { meter, tracer, attributes: { feed: 'trades' } });
      feed.messages.next('dropped');
      feed.messages.next('hello');
      const reader = feed.messages.subscribe();
      at(35_000, () => reader.unsubscribe());
      at(35_001, () => feed.messages.next('queued'));
    });

    const of = (name: string, attributes = {}) => `rxwire.${name}${JSON.stringify({ feed: 'trades', ...attributes })}`;
    expect(await measured()).toMatchObject({
      [of('messages.received')]: 2,
      [of('bytes.received')]: 4,
      [of('messages.rejected')]: 1,
      [of('messages.sent')]: 1,
      [of('bytes.sent')]: 7,
      [of('messages.dropped', { 'rxwire.reason': 'overflow' })]: 1,
      [of('opens')]: 2,
      [of('closes', { 'rxwire.close.code': '4401' })]: 1,
      [of('closes', { 'rxwire.close.code': '1006' })]: 1,
      [of('closes', { 'rxwire.close.code': '1000' })]: 1,
      [of('failures', { 'error.type': 'ConnectionClosedError' })]: 1,
      [of('failures', { 'error.type': 'HandshakeError' })]: 1,
      [of('retries')]: 2,
      [of('connections', { 'rxwire.state': 'idle' })]: 1,
      [of('connections', { 'rxwire.state': 'failed' })]: 0,
      [of('messages.queued')]: 1,
      [of('bytes.buffered')]: 0,
      [of('heartbeat.latency')]: expect.objectContaining({ count: 2 }) as unknown,
    });
  });

  it('add connections with the same attributes up, and no total goes down when one is removed', async () => {
    const { meter, tracer, measured } = telemetry();
    const [one, two] = [played(), played()];
    const leaving = [one, two].map(({ feed, transport }) => {
      feed.messages.subscribe();
      transport.socket.open().bufferedAmount = 7;
      feed.messages.next('x');
      return collectMetrics(feed, { meter, tracer });
    });
    expect(await measured()).toMatchObject({ 'rxwire.messages.sent': 2, 'rxwire.bytes.buffered': 14 });

    leaving[0]!.unsubscribe();
    one.feed.messages.next('not counted any more');
    two.feed.messages.next('y');

    expect(await measured()).toMatchObject({ 'rxwire.messages.sent': 3 });
    leaving[1]!.unsubscribe();
  });

  it('read nothing once no connection is collected', async () => {
    const { meter, tracer, measured } = telemetry();
    const { feed } = played();
    collectMetrics(feed, { meter, tracer }).unsubscribe();

    expect(await measured()).toEqual({});
  });

  it('count a connection once that is collected twice', async () => {
    const { meter, tracer, measured, spans } = telemetry();
    const { feed, transport } = played();
    const first = collectMetrics(feed, { meter, tracer });
    const second = collectMetrics(feed, { meter, tracer });
    feed.lifecycle.subscribe({ error: () => undefined });
    transport.socket.open();
    first.unsubscribe();
    transport.socket.closed(4401);

    expect(await measured()).toMatchObject({
      'rxwire.opens': 1,
      'rxwire.closes{"rxwire.close.code":"4401"}': 1,
      'rxwire.failures{"error.type":"ConnectionClosedError"}': 1,
    });
    expect(spans()).toHaveLength(1);
    second.unsubscribe();
  });

  describe('of the last message', () => {
    beforeEach(() => void vi.useFakeTimers({ now: 0 }));
    afterEach(() => void vi.useRealTimers());

    it('are exact to a second, and absent before the first one', async () => {
      const { meter, tracer, measured } = telemetry();
      const { feed, transport } = played();
      collectMetrics(feed, { meter, tracer });
      feed.messages.subscribe();
      transport.socket.open();
      vi.advanceTimersByTime(2300);
      expect(await measured()).not.toHaveProperty('rxwire.messages.last_received');

      transport.socket.frame('1');
      vi.advanceTimersByTime(9000);

      expect(await measured()).toMatchObject({ 'rxwire.messages.last_received': 3 });
    });
  });

  it('neither connect nor keep a connection open', () => {
    const { meter, tracer } = telemetry();
    const { feed, transport } = played();

    collectMetrics(feed, { meter, tracer });
    expect(feed.state.value.status).toBe('idle');
    const reader = feed.messages.subscribe();
    transport.socket.open();
    reader.unsubscribe();

    expect(feed.state.value.status).toBe('idle');
  });

  it('are those of the global providers by default, which do nothing where there are none', () => {
    const { feed, transport } = played();
    const collecting = collectMetrics(feed);
    feed.messages.subscribe();

    expect(() => transport.socket.open()).not.toThrow();
    collecting.unsubscribe();
  });
});

describe('The spans', () => {
  /** The spans of a run against scripts of a server. */
  async function spansOf(scripts: string[], values: Record<string, unknown>, ...supervision: Supervision[]) {
    const { meter, tracer, spans } = telemetry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, scripts, values);
      const url = 'wss://user:hunter2@feed.example/trades?token=hunter2';
      const feed = observeWebSocket({ url, transport, connectTimeout: 50 }, ...supervision);
      collectMetrics(feed, { meter, tracer, attributes: { feed: 'trades' } });
      feed.lifecycle.subscribe({ error: () => undefined });
      at(1000, () => void feed.close());
    });
    await Promise.resolve();
    return spans().map(({ name, kind, status, attributes, events }) => ({
      ...{ name, kind, status: status.code, attributes },
      events: events.map((event) => event.name),
    }));
  }

  it('are one a connection, with its events, and with the status of its end', async () => {
    const spans = await spansOf(
      ['-o-a-j-x', '-#', '-o-|'],
      { x: closeWith(1011, 'bug'), j: raw('{') },
      completeOnClose(),
      retry(3, 3),
    );

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

  it('has its heartbeats, and what was dropped on it', async () => {
    const [span] = await spansOf(
      ['o'],
      {},
      heartbeat({ interval: 400, timeout: 10, random: () => 0.5 }),
      tap((event) => event.type === 'open' && event.link.send(1n)),
    );

    expect(span!.events).toEqual(['connecting', 'dropped', 'open', 'heartbeat', 'heartbeat', 'close']);
  });

  it('of a connection that is not retried ends with its error', async () => {
    expect(await spansOf(['-o-x'], { x: closeWith(4401) }, stopOnFatalClose())).toMatchObject([
      { status: SpanStatusCode.ERROR, attributes: { 'error.type': 'FatalCloseError' } },
    ]);
  });

  it('of a connection that a refresh or the `retry` of RxJS follows ends with its error', async () => {
    const refresh = refreshOnUnauthorized(() => timer(5));
    const ends = [
      await spansOf(['-o-x', '-o'], { x: closeWith(4401) }, refresh),
      await spansOf(['-o-x', '-o'], { x: closeWith(1011) }, (source) => source.pipe(rxjsRetry({ delay: 5 }))),
      await spansOf(['-#', '-o'], {}, (source) => source.pipe(rxjsRetry({ delay: 5 }))),
      await spansOf(['-', '-o'], {}, (source) => source.pipe(rxjsRetry({ delay: 5 }))),
    ].map(([first]) => [first!.status, first!.attributes['error.type']]);

    expect(ends).toEqual([
      [SpanStatusCode.ERROR, 'ConnectionClosedError'],
      [SpanStatusCode.ERROR, 'ConnectionClosedError'],
      [SpanStatusCode.ERROR, 'HandshakeError'],
      [SpanStatusCode.ERROR, 'ConnectTimeoutError'],
    ]);
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
});

describe('A bad argument', () => {
  const { feed } = played();

  it.each<[string, unknown, unknown]>([
    ['`connection` to be an object, got undefined', undefined, {}],
    ['`connection.events` to be an object, got undefined', {}, {}],
    ['`options` to be an object, got null', feed, null],
    ['`meter.createCounter` to be a function, got undefined', feed, { meter: {} }],
    ['`tracer.startSpan` to be a function, got undefined', feed, { tracer: {} }],
    ['`attributes` to be an object, got 5', feed, { attributes: 5 }],
    ['`scheduler.schedule` to be a function, got undefined', feed, { scheduler: {} }],
  ])('throws: expected %s', (message, connection, options) => {
    expect(() => collectMetrics(connection as never, options as never)).toThrow(new TypeError(`Expected ${message}.`));
  });
});
