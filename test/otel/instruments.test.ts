import type { Attributes } from '@opentelemetry/api';
import { describe, expect, it, vi } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/index.js';
import { collectMetrics } from '../../src/otel/index.js';
import { closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { standIn } from '../helpers/stand-in.js';
import { bringsNoComplaints, played, telemetry } from './telemetry.js';

bringsNoComplaints();

describe('The instruments', () => {
  /** What was measured of a connection to which everything has happened that is measured. */
  function eventful(attributes: Attributes) {
    const { meter, tracer, measured, described } = telemetry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['-o-a-j-x', '-#', '-o'], { x: closeWith(4401), j: raw('{') });
      const feed = observeWebSocket(
        { url: 'ws://test', transport, outbox: { capacity: 1 } },
        heartbeat({ random: () => 0.5 }),
        retryWithBackoff<LifecycleEvent>({ delays: [3, 3] }),
      );
      collectMetrics(feed, { meter, tracer, attributes });
      feed.messages.next('dropped');
      feed.messages.next('hello');
      const reader = feed.messages.subscribe();
      at(35_000, () => reader.unsubscribe());
      at(35_001, () => feed.messages.next('queued'));
    });
    return { measured, described };
  }

  it('measure all numbers of a connection', async () => {
    const { measured } = eventful({ feed: 'trades' });

    const of = (name: string, attributes = {}) => `rxwire.${name}${JSON.stringify({ feed: 'trades', ...attributes })}`;
    expect(await measured()).toMatchObject({
      [of('messages.received')]: 2,
      [of('bytes.received')]: 4,
      [of('messages.rejected')]: 1,
      [of('messages.last_received')]: 0.007,
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

  it('say what they measure, and in which unit', async () => {
    const { described } = eventful({});

    expect(await described()).toEqual({
      'rxwire.messages.received': ['{message}', 'Messages received, rejected ones too.'],
      'rxwire.bytes.received': ['By', 'Payload received: bytes where the transport knows them.'],
      'rxwire.messages.rejected': ['{message}', 'Messages received that could not be decoded.'],
      'rxwire.messages.last_received': [
        's',
        'When the last message arrived, in seconds since 1970, to a second.', // prettier-ignore
      ],
      'rxwire.messages.sent': ['{message}', 'Messages handed to the socket.'],
      'rxwire.bytes.sent': ['By', 'Payload handed to the socket: bytes where the transport knows them.'],
      'rxwire.messages.dropped': ['{message}', 'Messages dropped before they were sent, by reason.'],
      'rxwire.messages.queued': ['{message}', 'Messages that wait to be sent.'],
      'rxwire.bytes.buffered': ['By', 'Bytes that the sockets buffer.'],
      'rxwire.opens': ['{connection}', 'Handshakes that succeeded.'],
      'rxwire.closes': ['{connection}', 'Connections that closed, by code.'],
      'rxwire.failures': ['{connection}', 'Connections that failed, by error.'],
      'rxwire.retries': ['{retry}', 'Retries that were scheduled.'],
      'rxwire.connections': ['{connection}', 'Connections, by state.'],
      'rxwire.heartbeat.latency': ['s', 'From ping to reply.'],
    });
  });

  it('measure latencies in seconds', async () => {
    const { meter, tracer, measured } = telemetry();
    const { connection, emit } = standIn();
    const collecting = collectMetrics(connection, { meter, tracer });

    emit({ type: 'heartbeat', latency: 20 });

    expect(await measured()).toMatchObject({ 'rxwire.heartbeat.latency': { count: 1, sum: 0.02 } });
    collecting.unsubscribe();
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

  it('take attributes for the same in whatever order they are', async () => {
    const { meter, tracer, measured } = telemetry();
    const leaving = [
      { feed: 'a', zone: 1 },
      { zone: 1, feed: 'a' },
      { feed: 'a', zone: 2 },
    ].map((attributes) => collectMetrics(played().feed, { meter, tracer, attributes }));

    expect(await measured()).toMatchObject({
      'rxwire.connections{"feed":"a","zone":1,"rxwire.state":"idle"}': 2,
      'rxwire.connections{"feed":"a","zone":2,"rxwire.state":"idle"}': 1,
    });
    for (const each of leaving) each.unsubscribe();
  });

  it('read nothing once no connection is collected', async () => {
    const { meter, tracer, measured } = telemetry();
    const { feed } = played();
    collectMetrics(feed, { meter, tracer }).unsubscribe();

    expect(await measured()).toEqual({});
  });

  it('are read together by one callback, which the meter has as long as a connection is collected', () => {
    const { meter, tracer } = telemetry();
    const added = vi.spyOn(meter, 'addBatchObservableCallback');
    const removed = vi.spyOn(meter, 'removeBatchObservableCallback');
    const collect = (feed: string) => collectMetrics(played().feed, { meter, tracer, attributes: { feed } });
    const leaving = ['a', 'b'].map(collect);

    leaving[0]!.unsubscribe();
    expect(removed).not.toHaveBeenCalled();
    leaving[1]!.unsubscribe();

    expect(added.mock.calls).toEqual([
      [expect.any(Function), Array<unknown>(10).fill(expect.objectContaining({ _descriptor: expect.anything() }))],
    ]);
    expect(removed.mock.calls).toEqual(added.mock.calls);
  });
});

describe('The time of the last message', () => {
  const NAME = 'rxwire.messages.last_received';

  it('is exact to a second, and absent before the first message', async () => {
    const { meter, tracer, measured } = telemetry();
    const scheduler = new CountingScheduler();
    const { feed, transport } = played();
    const collecting = collectMetrics(feed, { meter, tracer, scheduler });
    feed.messages.subscribe();
    transport.socket.open();
    scheduler.advance(2300);
    expect(await measured()).not.toHaveProperty([NAME]);

    transport.socket.frame('1');
    scheduler.advance(9000);

    expect(await measured()).toMatchObject({ [NAME]: 3 });
    collecting.unsubscribe();
  });

  it('is the newest one of connections with the same attributes, also where others have none', async () => {
    const { meter, tracer, measured } = telemetry();
    const scheduler = new CountingScheduler();
    const connections = [played(), played(), played()];
    const leaving = connections.map(({ feed, transport }) => {
      feed.messages.subscribe();
      transport.socket.open();
      return collectMetrics(feed, { meter, tracer, scheduler });
    });

    for (const { transport } of connections.slice(0, 2)) {
      transport.socket.frame('1');
      scheduler.advance(2000);
    }

    expect(await measured()).toMatchObject({ [NAME]: 3 });
    for (const each of leaving) each.unsubscribe();
  });
});
