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

  it.each(['the last one', 'one of several'])('show that a connection that is removed is none: %s', async (which) => {
    const { meter, tracer, measured } = telemetry();
    const { feed, transport } = played();
    const other = collectMetrics(played().feed, { meter, tracer, attributes: { feed: 'other' } });
    const collecting = collectMetrics(feed, { meter, tracer, attributes: { feed: 'a' } });
    feed.messages.subscribe();
    transport.socket.open().say(1);
    const OPEN = 'rxwire.connections{"feed":"a","rxwire.state":"open"}';
    expect(await measured()).toMatchObject({ [OPEN]: 1 });

    collecting.unsubscribe();
    if (which === 'the last one') other.unsubscribe();

    for (let export_ = 0; export_ < 3; export_++) {
      expect(await measured()).toMatchObject({ [OPEN]: 0, 'rxwire.messages.received{"feed":"a"}': 1 });
    }
    other.unsubscribe();
  });

  it.each(['while another one is there', 'where it was the last one'])(
    'go on where a connection takes the place of one with the same attributes, %s',
    async (when) => {
      const { meter, tracer, measured } = telemetry();
      const attributes = { feed: 'a' };
      const other = collectMetrics(played().feed, { meter, tracer, attributes: { feed: 'other' } });
      if (when === 'where it was the last one') other.unsubscribe();
      for (const total of [1, 2, 3]) {
        const { feed, transport } = played();
        const collecting = collectMetrics(feed, { meter, tracer, attributes });
        feed.messages.subscribe();
        transport.socket.open().say(1);

        expect(await measured()).toMatchObject({
          'rxwire.messages.received{"feed":"a"}': total,
          'rxwire.opens{"feed":"a"}': total,
          'rxwire.connections{"feed":"a","rxwire.state":"open"}': 1,
        });
        collecting.unsubscribe();
      }
      other.unsubscribe();
    },
  );

  it('are those of the attributes that were given, whatever becomes of them', async () => {
    const { meter, tracer, measured } = telemetry();
    const attributes = { feed: 'a' };
    const collecting = collectMetrics(played().feed, { meter, tracer, attributes });
    attributes.feed = 'b';

    expect(await measured()).toHaveProperty(['rxwire.connections{"feed":"a","rxwire.state":"idle"}'], 1);
    collecting.unsubscribe();
  });

  it('are read together by one callback, which the meter has until they are read without a connection', async () => {
    const { meter, tracer, measured } = telemetry();
    const added = vi.spyOn(meter, 'addBatchObservableCallback');
    const removed = vi.spyOn(meter, 'removeBatchObservableCallback');
    const collect = (feed: string) => collectMetrics(played().feed, { meter, tracer, attributes: { feed } });
    const leaving = ['a', 'b'].map(collect);

    leaving[0]!.unsubscribe();
    await measured();
    leaving[1]!.unsubscribe();
    expect(removed).not.toHaveBeenCalled();
    await measured();
    await measured();

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
