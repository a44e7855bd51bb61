import { metrics, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { collectMetrics } from '../../src/otel/index.js';
import { bringsNoComplaints, played, providers, telemetry } from './telemetry.js';

bringsNoComplaints();

describe('collectMetrics', () => {
  afterEach(() => {
    metrics.disable();
    trace.disable();
  });

  it('neither connects nor keeps a connection open', () => {
    const { meter, tracer } = telemetry();
    const { feed, transport } = played();

    collectMetrics(feed, { meter, tracer });
    expect(feed.state.value.status).toBe('idle');
    const reader = feed.messages.subscribe();
    transport.socket.open();
    reader.unsubscribe();

    expect(feed.state.value.status).toBe('idle');
  });

  it('takes a meter and a tracer named `rxwire` of the global providers by default', async () => {
    const { meters, tracers, collected, spans } = providers();
    metrics.setGlobalMeterProvider(meters);
    trace.setGlobalTracerProvider(tracers);
    const { feed, transport } = played();
    const collecting = collectMetrics(feed);
    const reader = feed.messages.subscribe();
    transport.socket.open();
    reader.unsubscribe();

    expect((await collected()).map(({ scope }) => scope.name)).toEqual(['rxwire']);
    expect(spans().map(({ instrumentationScope }) => instrumentationScope.name)).toEqual(['rxwire']);
    collecting.unsubscribe();
  });

  it('does nothing where there are no providers', () => {
    const { feed, transport } = played();
    const collecting = collectMetrics(feed);
    feed.messages.subscribe();

    expect(() => transport.socket.open()).not.toThrow();
    collecting.unsubscribe();
  });

  it('counts a connection once that is collected twice', async () => {
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

  it('counts a connection on where it left off that is collected again, beside another one with the same attributes', async () => {
    const { meter, tracer, measured } = telemetry();
    const [a, b] = [played(), played()];
    for (const { feed, transport } of [a, b]) {
      feed.messages.subscribe();
      transport.socket.open();
      transport.socket.frame('1');
    }
    collectMetrics(b.feed, { meter, tracer });

    for (let time = 0; time < 3; time++) collectMetrics(a.feed, { meter, tracer }).unsubscribe();
    a.transport.socket.frame('1');
    collectMetrics(a.feed, { meter, tracer });

    expect(await measured()).toMatchObject({ 'rxwire.opens': 2, 'rxwire.messages.received': 3 });
  });

  it('may give a connection other attributes once it was no longer collected', async () => {
    const { meter, tracer, measured, spans } = telemetry();
    const { feed, transport } = played();
    collectMetrics(feed, { meter, tracer, attributes: { feed: 'a' } }).unsubscribe();
    const collecting = collectMetrics(feed, { meter, tracer, attributes: { feed: 'b' } });
    feed.messages.subscribe();
    transport.socket.open();

    expect(await measured()).toMatchObject({ 'rxwire.opens{"feed":"b"}': 1 });
    collecting.unsubscribe();
    expect(spans()).toMatchObject([{ attributes: { feed: 'b' } }]);
  });
});

describe('A bad argument', () => {
  const { feed } = played();

  it.each<[string, unknown, unknown]>([
    ['`connection` to be an object, got undefined', undefined, {}],
    ['`connection.events` to be an object, got undefined', {}, {}],
    ['`options` to be an object, got null', feed, null],
    ['`meter.createCounter` to be a function, got undefined', feed, { meter: {} }],
    ['`meter.createCounter` to be a function, got undefined', feed, { meter: null }],
    ['`tracer.startSpan` to be a function, got undefined', feed, { tracer: {} }],
    ['`tracer.startSpan` to be a function, got undefined', feed, { tracer: null }],
    ['`attributes` to be an object, got 5', feed, { attributes: 5 }],
    ['`scheduler.schedule` to be a function, got undefined', feed, { scheduler: {} }],
  ])('throws: expected %s', (message, connection, options) => {
    expect(() => collectMetrics(connection as never, options as never)).toThrow(new TypeError(`Expected ${message}.`));
  });
});
