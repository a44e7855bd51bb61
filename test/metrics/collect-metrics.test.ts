import { AggregatorRegistry, Counter, Registry, register as globalRegister } from 'prom-client';
import {
  concatMap,
  delay,
  endWith,
  first,
  ignoreElements,
  merge,
  mergeWith,
  NEVER,
  of,
  retry as rxjsRetry,
  Subject,
  takeUntil,
  tap,
  throwError,
} from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  completeOnClose,
  heartbeat,
  HeartbeatTimeoutError,
  observeWebSocket,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
  WebSocketError,
} from '../../src/index.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.js';
import { collectMetrics } from '../../src/metrics/index.js';
import { closeWith, raw, scriptedServer } from '../../src/testing/index.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { standIn } from '../helpers/stand-in.js';

/** Scrapes a registry: every sample by its name and labels. */
async function scraped(register: Registry): Promise<Record<string, number>> {
  const lines = (await register.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

const made: WebSocketConnection[] = [];

/** A connection whose transport the test controls, closed with the test. */
function played(...supervision: Supervision[]) {
  const transport = playedSockets();
  const feed = observeWebSocket({ url: 'ws://test', transport }, ...supervision);
  made.push(feed);
  return { transport, feed };
}

afterEach(() => {
  for (const feed of made.splice(0)) void feed.close();
});

const takeUntilEnd =
  (ended: Subject<never>): Supervision =>
  (source) =>
    source.pipe(mergeWith(ended), takeUntil(ended.pipe(ignoreElements(), endWith(true))));

describe('collectMetrics', () => {
  it('exports all numbers of a connection under valid Prometheus names', async () => {
    const register = new Registry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['-o-a-j-x', '-#', '-o'], { x: closeWith(4401), j: raw('{') });
      const supervision = [heartbeat({ random: () => 0.5 }), retryWithBackoff<LifecycleEvent>({ delays: [3, 3] })];
      const feed = observeWebSocket({ url: 'ws://test', transport }, ...supervision);
      collectMetrics(feed, { register, labels: { feed: 'trades' } });
      feed.messages.next('hello');
      const reader = feed.messages.subscribe();
      at(30_000, () => feed.messages.next('again'));
      at(35_000, () => reader.unsubscribe());
      at(35_001, () => feed.messages.next('queued'));
    });

    const samples = await scraped(register);

    const labels = '{feed="trades"}';
    expect(samples).toMatchObject({
      [`rxwire_messages_received_total${labels}`]: 2,
      [`rxwire_received_bytes_total${labels}`]: 4,
      [`rxwire_messages_rejected_total${labels}`]: 1,
      [`rxwire_messages_sent_total${labels}`]: 2,
      [`rxwire_sent_bytes_total${labels}`]: 14,
      'rxwire_messages_dropped_total{feed="trades",reason="overflow"}': 0,
      'rxwire_failures_total{feed="trades",error="ConnectionClosedError"}': 1,
      'rxwire_failures_total{feed="trades",error="HandshakeError"}': 1,
      'rxwire_failures_total{feed="trades",error="other"}': 0,
      [`rxwire_opens_total${labels}`]: 2,
      'rxwire_closes_total{feed="trades",code="4401"}': 1,
      'rxwire_closes_total{feed="trades",code="1006"}': 1,
      'rxwire_closes_total{feed="trades",code="1000"}': 1,
      [`rxwire_retries_total${labels}`]: 2,
      [`rxwire_connections_open${labels}`]: 0,
      [`rxwire_messages_queued${labels}`]: 1,
      [`rxwire_buffered_bytes${labels}`]: 0,
      'rxwire_heartbeat_latency_seconds_bucket{le="0.001",feed="trades"}': 2,
      [`rxwire_heartbeat_latency_seconds_count${labels}`]: 2,
    });
    expect(await register.metrics()).toContain('# TYPE rxwire_heartbeat_latency_seconds histogram');
  });

  it('reads gauges at each scrape, and counts nothing twice', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    collectMetrics(feed, { register });

    const before = await scraped(register);
    const reader = feed.messages.subscribe();
    transport.socket.open().bufferedAmount = 7;
    feed.messages.next('hello');
    const during = [await scraped(register), await scraped(register)];
    reader.unsubscribe();
    const after = await scraped(register);

    expect(before).toMatchObject({ rxwire_connections_open: 0, rxwire_opens_total: 0, rxwire_retries_total: 0 });
    for (const samples of during) {
      expect(samples).toMatchObject({
        rxwire_connections_open: 1,
        rxwire_opens_total: 1,
        rxwire_messages_sent_total: 1,
      });
      expect(samples).toMatchObject({ rxwire_buffered_bytes: 7 });
    }
    expect(after).toMatchObject({ rxwire_connections_open: 0, 'rxwire_closes_total{code="1000"}': 1 });
  });

  it('neither connects nor keeps a connection open', async () => {
    const register = new Registry();
    const { feed, transport } = played();

    collectMetrics(feed, { register });
    await scraped(register);
    expect(feed.state.value.status).toBe('idle');
    const reader = feed.messages.subscribe();
    transport.socket.open();
    reader.unsubscribe();

    expect(feed.state.value.status).toBe('idle');
    expect(transport.calls).toEqual(['close 1000']);
  });

  it('counts a close once, whatever causes it', async () => {
    const register = new Registry();
    const failure = new Subject<never>();
    const ends: Record<string, (subject: ReturnType<typeof played>) => void> = {
      asked: ({ feed }) => void feed.close(3000),
      peer: ({ transport }) => transport.socket.closed(4401),
      left: () => undefined,
      failed: () => failure.error(new Error('the supervision failed')),
    };

    for (const [name, end] of Object.entries(ends)) {
      const subject = played((source) => merge(source, failure));
      collectMetrics(subject.feed, { register, labels: { name } });
      const reader = subject.feed.lifecycle.subscribe({ error: () => undefined });
      subject.transport.socket.open();
      end(subject);
      reader.unsubscribe();
    }

    const closes = Object.entries(await scraped(register)).filter(([name]) => name.startsWith('rxwire_closes'));
    expect(Object.fromEntries(closes)).toEqual({
      'rxwire_closes_total{name="asked",code="3000"}': 1,
      'rxwire_closes_total{name="peer",code="4401"}': 1,
      'rxwire_closes_total{name="left",code="1000"}': 1,
      'rxwire_closes_total{name="failed",code="1006"}': 1,
    });
  });

  it('counts the close of a connection that loses its last subscriber while it closes', async () => {
    const register = new Registry();
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport });
    collectMetrics(feed, { register });
    const reader = feed.messages.subscribe();
    transport.socket.open();

    const closed = feed.close();
    expect(feed.state.value.status).toBe('closing');
    reader.unsubscribe();
    transport.socket.closed(1000);
    await closed;

    expect(await scraped(register)).toMatchObject({ 'rxwire_closes_total{code="1000"}': 1 });
  });

  it('counts a close once if the last subscriber unsubscribes in its callback', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    collectMetrics(feed, { register });
    feed.lifecycle.pipe(first(({ type }) => type === 'close')).subscribe();
    transport.socket.open();

    transport.socket.closed(1001);

    const closes = Object.entries(await scraped(register)).filter(([name]) => name.startsWith('rxwire_closes'));
    expect(closes).toEqual([['rxwire_closes_total{code="1001"}', 1]]);
  });

  it('counts the close of a run that is unsubscribed before the supervision emits the `close`', async () => {
    const register = new Registry();
    const late = (source: Observable<LifecycleEvent>) => source.pipe(concatMap((event) => of(event).pipe(delay(3))));
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['-----o-|', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, completeOnClose(), late);
      collectMetrics(feed, { register });
      feed.lifecycle.subscribe();
      const left = new Subject<void>();
      at(100, () => void feed.lifecycle.pipe(takeUntil(left)).subscribe());
      at(101, () => left.next());
    });

    expect(await scraped(register)).toMatchObject({
      rxwire_opens_total: 2,
      'rxwire_closes_total{code="1000"}': 2,
    });
  });

  describe('counts one close for each open, so that the two can be compared,', () => {
    const OPENS = 'rxwire_opens_total';
    const NORMAL_CLOSES = 'rxwire_closes_total{code="1000"}';
    const BROKEN = 'rxwire_closes_total{code="1006"}';

    it('if a run is unsubscribed while `onOpen` holds its `open` back', async () => {
      const register = new Registry();
      const { feed, transport } = played(onOpen(() => NEVER));
      collectMetrics(feed, { register });
      const reader = feed.messages.subscribe();
      transport.socket.open();
      expect(feed.state.value.status).toBe('connecting');

      reader.unsubscribe();

      expect(await scraped(register)).toMatchObject({ [OPENS]: 1, [NORMAL_CLOSES]: 1 });
    });

    it('if a run errors or completes while `onOpen` holds its `open` back', async () => {
      for (const end of [(ended: Subject<never>) => ended.error('x'), (ended: Subject<never>) => ended.complete()]) {
        const register = new Registry();
        const ended = new Subject<never>();
        const { feed, transport } = played(
          onOpen(() => NEVER),
          takeUntilEnd(ended),
        );
        collectMetrics(feed, { register });
        feed.messages.subscribe({ error: () => undefined });
        transport.socket.open();

        end(ended);

        expect(await scraped(register)).toMatchObject({ [OPENS]: 1, ['rxwire_closes_total{code="1006"}']: 1 });
      }
    });

    it('if the end of a run starts another run', async () => {
      const register = new Registry();
      const again = () => feed.messages.subscribe();
      const { feed, transport } = played(tap({ unsubscribe: () => (runs++ === 0 ? again() : undefined) }));
      let runs = 0;
      collectMetrics(feed, { register });
      const reader = feed.messages.subscribe();
      transport.socket.open();

      reader.unsubscribe();

      expect(feed.state.value.status).toBe('connecting');
      expect(await scraped(register)).toMatchObject({ [OPENS]: 1, [NORMAL_CLOSES]: 1 });
    });

    it.each([
      ['', () => undefined],
      [', and starts another run as it ends', (again: () => void) => again()],
    ])('and none for an attempt that is unsubscribed before it is open%s', async (_, atEnd) => {
      const register = new Registry();
      let runs = 0;
      const { feed } = played(
        tap({ unsubscribe: () => (runs++ === 0 ? atEnd(() => void feed.messages.subscribe()) : undefined) }),
      );
      collectMetrics(feed, { register });

      feed.messages.subscribe().unsubscribe();

      expect(await scraped(register)).toMatchObject({ [OPENS]: 0 });
      expect(await register.metrics()).not.toContain('code="1000"');
    });

    it.each<[string, Supervision[]]>([
      ['behind the retry', [retryWithBackoff({ delays: [10, 10] }), delay(30)]],
      ['before the retry', [delay(30), retryWithBackoff({ delays: [10, 10] })]],
      ['so long that the next connection is open by then', [retryWithBackoff({ delays: [1, 1] }), delay(100)]],
    ])('if the supervision delays all events %s', async (_, supervision) => {
      const register = new Registry();
      inVirtualTime(({ cold, at, flush }) => {
        const { transport } = scriptedServer(cold, ['o 50ms #', 'o 70ms #', 'o']);
        const feed = observeWebSocket({ url: 'ws://test', transport }, ...supervision);
        collectMetrics(feed, { register });
        feed.lifecycle.subscribe();
        at(500, () => void feed.close());
        flush();
      });

      const { [OPENS]: opens, [NORMAL_CLOSES]: normal, [BROKEN]: broken } = await scraped(register);

      expect({ opens, normal, broken }).toEqual({ opens: 3, normal: 1, broken: 2 });
    });

    it('if a connection has taken the place of another, and is unsubscribed', async () => {
      const register = new Registry();
      const transport = playedSockets();
      const feed = observeWebSocket({ url: 'ws://test', transport });
      collectMetrics(feed, { register });
      const reader = feed.messages.subscribe();
      transport.socket.open();
      feed.reconnect({ overlap: 1000 });
      transport.socket.open();

      reader.unsubscribe();

      expect(await scraped(register)).toMatchObject({ [OPENS]: 2, [NORMAL_CLOSES]: 2 });
    });

    it('if two connections are open as the last subscriber unsubscribes', async () => {
      const register = new Registry();
      const transport = playedSockets();
      let holds = false;
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => (holds ? NEVER : undefined)),
      );
      collectMetrics(feed, { register });
      const reader = feed.messages.subscribe();
      transport.socket.open();
      holds = true;
      feed.reconnect({ overlap: 1000 });
      transport.socket.open();

      reader.unsubscribe();

      expect(await scraped(register)).toMatchObject({ [OPENS]: 2, [NORMAL_CLOSES]: 2 });
    });

    it('if two connections are open as the supervision fails', async () => {
      const register = new Registry();
      const transport = playedSockets();
      const failure = new Subject<never>();
      let holds = false;
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => (holds ? NEVER : undefined)),
        mergeWith(failure),
      );
      collectMetrics(feed, { register });
      feed.messages.subscribe({ error: () => undefined });
      transport.socket.open();
      holds = true;
      feed.reconnect({ overlap: 1000 });
      transport.socket.open();

      failure.error(new Error('the supervision failed'));

      expect(await scraped(register)).toMatchObject({ [OPENS]: 2, [NORMAL_CLOSES]: 1, [BROKEN]: 1 });
    });

    it('also for a connection that was open before it was collected', async () => {
      const register = new Registry();
      const { feed, transport } = played();
      const reader = feed.messages.subscribe();
      transport.socket.open();

      collectMetrics(feed, { register });
      reader.unsubscribe();

      expect(await scraped(register)).toMatchObject({ [OPENS]: 1, [NORMAL_CLOSES]: 1 });
    });
  });

  it('treats a number and its digits as the same label value, as the registry does', async () => {
    const register = new Registry();
    const collecting = collectMetrics(played().feed, { register, labels: { shard: 1 } });
    collectMetrics(played().feed, { register, labels: { shard: '1' } });

    collecting.unsubscribe();

    expect(await scraped(register)).toMatchObject({ 'rxwire_retries_total{shard="1"}': 0 });
  });
});

/** The samples of one metric, by their labels. */
const family = (samples: Record<string, number>, name: string) =>
  Object.fromEntries(
    Object.entries(samples)
      .filter(([key, value]) => key.startsWith(`${name}{`) && value !== 0)
      .map(([key, value]) => [key.slice(name.length), value]),
  );

describe('Failures', () => {
  /** Scripts of a server, and what is counted of them. */
  const failuresOf = async (scripts: string[], values: Record<string, unknown>, ...supervision: Supervision[]) => {
    const register = new Registry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, scripts, values);
      const feed = observeWebSocket({ url: 'ws://test', transport, connectTimeout: 50 }, ...supervision);
      collectMetrics(feed, { register });
      feed.lifecycle.subscribe({ error: () => undefined });
      at(1000, () => void feed.close());
    });
    return family(await scraped(register), 'rxwire_failures_total');
  };
  const retry = (retries: number) => retryWithBackoff<LifecycleEvent>({ delays: Array<number>(retries).fill(5) });
  const retryPlainly =
    (count: number): Supervision =>
    (source) =>
      source.pipe(rxjsRetry({ count, delay: 5 }));

  it('are counted by the name of their error: each that is retried, and the one that a run ends with', async () => {
    const scripts = ['o-x', '-#', '-----', 'o-#'];

    expect(await failuresOf(scripts, { x: closeWith(1011) }, retry(3))).toEqual({
      '{error="ConnectionClosedError"}': 2,
      '{error="HandshakeError"}': 1,
      '{error="ConnectTimeoutError"}': 1,
    });
  });

  it('are counted without a retry too, and not what was asked for', async () => {
    expect(await failuresOf(['o-x'], { x: closeWith(4401) }, stopOnFatalClose())).toEqual({
      '{error="FatalCloseError"}': 1,
    });
    expect(await failuresOf(['o-|'], {}, completeOnClose())).toEqual({});
  });

  it('are counted where a refresh or the `retry` of RxJS follows, which emit no `reconnecting`', async () => {
    const refresh = refreshOnUnauthorized(() => of(undefined), { resetAfter: 0 });

    expect(await failuresOf(['o-x', 'o'], { x: closeWith(4401) }, refresh)).toEqual({
      '{error="ConnectionClosedError"}': 1,
    });
    expect(
      await failuresOf(['o-x', '-#', 'o-t', 'o-|', 'o'], { x: closeWith(1011), t: closeWith(4000) }, retryPlainly(4)),
    ).toEqual({ '{error="ConnectionClosedError"}': 3, '{error="HandshakeError"}': 1 });
  });

  it('are counted there too where no event says why we gave up', async () => {
    expect(await failuresOf(['-----', 'o'], {}, retryPlainly(1))).toEqual({ '{error="ConnectTimeoutError"}': 1 });
  });

  it('are counted there also where a message was dropped meanwhile', async () => {
    const register = new Registry();
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['o-x', 'o'], { x: closeWith(1011) });
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryPlainly(1));
      collectMetrics(feed, { register });
      feed.lifecycle.subscribe();
      at(4, () => feed.messages.next(1n));
      at(20, () => void feed.close());
    });
    const samples = await scraped(register);

    expect(family(samples, 'rxwire_messages_dropped_total')).toEqual({ '{reason="unserializable"}': 1 });
    expect(family(samples, 'rxwire_failures_total')).toEqual({ '{error="ConnectionClosedError"}': 1 });
  });

  it('are none where a new run, `reconnect()` or a handover follows', async () => {
    const register = new Registry();
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-|', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, completeOnClose());
      collectMetrics(feed, { register });
      feed.lifecycle.subscribe();
      at(10, () => feed.lifecycle.subscribe());
      at(20, () => feed.reconnect());
      at(30, () => feed.reconnect({ overlap: 5 }));
      at(40, () => void feed.close());
      flush();
    });

    expect(family(await scraped(register), 'rxwire_failures_total')).toEqual({});
  });

  it('with an error of somebody else are `other`', async () => {
    class Mine extends Error {
      override name = 'Mine';
    }
    const fail: Supervision = (source) => source.pipe(concatMap((event) => throwError(() => new Mine(event.type))));

    expect(await failuresOf(['o'], {}, fail)).toEqual({ '{error="other"}': 1 });
  });

  it('with an error that has a name of its own, though it is one of ours, are `other`: there is no end to such names', async () => {
    class Maintenance extends WebSocketError {
      override name = 'Maintenance';
    }
    const fail: Supervision = (source) =>
      source.pipe(concatMap((event) => throwError(() => new Maintenance(event.type))));

    expect(await failuresOf(['o'], {}, fail)).toEqual({ '{error="other"}': 1 });
  });

  it('that came before collecting are not counted', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    feed.lifecycle.subscribe({ error: () => undefined });
    transport.socket.closed();
    expect(feed.state.value.status).toBe('failed');

    collectMetrics(feed, { register });

    expect(family(await scraped(register), 'rxwire_failures_total')).toEqual({});
  });
});

describe('The state', () => {
  it('distinguishes a connection that waits to retry from one that has failed, and has a series for each', async () => {
    const register = new Registry();
    const waiting = played((source) => source.pipe(retryWithBackoff<LifecycleEvent>()));
    const failed = played();
    for (const { feed, transport } of [waiting, failed]) {
      collectMetrics(feed, { register });
      feed.lifecycle.subscribe({ error: () => undefined }).add(() => undefined);
      transport.socket.closed();
    }
    collectMetrics(played().feed, { register });

    const samples = await scraped(register);

    expect(family(samples, 'rxwire_connections')).toEqual({
      '{state="reconnecting"}': 1,
      '{state="failed"}': 1,
      '{state="idle"}': 1,
    });
    expect(Object.keys(samples).filter((name) => name.startsWith('rxwire_connections{'))).toEqual(
      ['idle', 'connecting', 'open', 'reconnecting', 'closing', 'closed', 'failed'].map(
        (state) => `rxwire_connections{state="${state}"}`,
      ),
    );
    await waiting.feed.close();
  });
});

describe('Close codes', () => {
  it('outside a list are `other`, so that there are at most 20 series', async () => {
    const register = new Registry();
    for (let code = 1000; code < 5000; code++) {
      const { feed, transport } = played();
      collectMetrics(feed, { register }).add(feed.lifecycle.subscribe({ error: () => undefined }));
      transport.socket.open();
      transport.socket.closed(code);
    }

    const closes = family(await scraped(register), 'rxwire_closes_total');

    expect(Object.keys(closes)).toHaveLength(20);
    expect(closes).toMatchObject({ '{code="1006"}': 1, '{code="4429"}': 1, '{code="other"}': 4000 - 19 });
  });
});

describe('Dropped messages', () => {
  it('are counted by reason', async () => {
    const register = new Registry();
    const transport = playedSockets();
    const feed = observeWebSocket({ url: 'ws://test', transport, outbox: { capacity: 2 } });
    collectMetrics(feed, { register });
    feed.lifecycle.subscribe();

    for (const message of [1, 2, 3]) feed.messages.next(message);
    feed.messages.next(1n);
    await feed.close();

    expect(family(await scraped(register), 'rxwire_messages_dropped_total')).toEqual({
      '{reason="overflow"}': 1,
      '{reason="unserializable"}': 1,
      '{reason="closed"}': 2,
    });
  });
});

it('Labels are those that were given, whatever becomes of them', async () => {
  const register = new Registry();
  const labels = { feed: 'a' };
  const one = collectMetrics(played().feed, { register, labels });
  labels.feed = 'b';
  const two = collectMetrics(played().feed, { register, labels });

  expect(await register.getSingleMetricAsString('rxwire_connections_open')).toMatch(/\{feed="a"\} 0\n.*\{feed="b"\} 0/);
  one.unsubscribe();
  two.unsubscribe();
});

it('Of the processes of a cluster the newest message counts', async () => {
  const ofWorker = async (now: number) => {
    vi.useFakeTimers({ now });
    const register = new Registry();
    const { feed, transport } = played();
    collectMetrics(feed, { register });
    feed.messages.subscribe();
    transport.socket.open().say(1);
    const metrics = await register.getMetricsAsJSON();
    await feed.close();
    vi.useRealTimers();
    return metrics as object[];
  };

  const together = AggregatorRegistry.aggregate([await ofWorker(1000), await ofWorker(3000)]);

  const last = await together.getSingleMetric('rxwire_last_message_timestamp_seconds')!.get();
  expect(last.values).toEqual([expect.objectContaining({ value: 3 })]);
});

describe('The time of the last message', () => {
  const NAME = 'rxwire_last_message_timestamp_seconds';

  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => {
    for (const feed of made.splice(0)) void feed.close(); // before its timers are gone
    vi.useRealTimers();
  });

  it('is exact to a second, and absent before the first message', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    collectMetrics(feed, { register });
    const reader = feed.messages.subscribe();
    transport.socket.open();

    vi.advanceTimersByTime(2300);
    expect(await scraped(register)).not.toHaveProperty(NAME);
    transport.socket.frame('1');
    vi.advanceTimersByTime(5000);

    expect(await scraped(register)).toMatchObject({ [NAME]: 3 });
    transport.socket.frame('2');
    vi.advanceTimersByTime(10);
    reader.unsubscribe();
    vi.advanceTimersByTime(5000);
    expect(await scraped(register)).toMatchObject({ [NAME]: 7.31 });
  });

  it.each([
    ['while `onOpen` sets up', onOpen(() => NEVER), () => undefined],
    ['during a closing handshake of ours', tap<LifecycleEvent>(), (feed: WebSocketConnection) => void feed.close()],
  ])('is that of a message which arrives %s, also where it is scraped an hour later', async (_, operator, act) => {
    const register = new Registry();
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport, closeTimeout: 10_000 }, operator);
    collectMetrics(feed, { register });
    feed.messages.subscribe({ error: () => undefined });
    transport.socket.open();
    act(feed);
    vi.advanceTimersByTime(2300);

    transport.socket.frame('1');
    vi.advanceTimersByTime(200);
    transport.socket.closed();
    vi.advanceTimersByTime(3_600_000);

    expect(await scraped(register)).toMatchObject({ [NAME]: 2.5 });
  });

  it('is the newest one of connections with the same labels', async () => {
    const register = new Registry();
    const feeds = [played(), played()];
    const labels = [
      { feed: 'a', zone: 1 },
      { zone: 1, feed: 'a' },
    ];
    for (const [index, { feed, transport }] of feeds.entries()) {
      collectMetrics(feed, { register, labels: labels[index]! });
      feed.messages.subscribe();
      transport.socket.open();
    }

    feeds[1]!.transport.socket.frame('1');
    vi.advanceTimersByTime(2000);
    feeds[0]!.transport.socket.frame('1');
    vi.advanceTimersByTime(2000);

    expect(await scraped(register)).toMatchObject({ [`${NAME}{feed="a",zone="1"}`]: 3 });
    for (const { feed } of feeds) void feed.close();
  });

  it('may be 0, where the clock begins', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    collectMetrics(feed, { register });
    feed.messages.subscribe();

    transport.socket.open().frame('1');

    expect(await scraped(register)).toMatchObject({ [NAME]: 0 });
  });

  it('takes one timer for all connections that are open, and none while none is', () => {
    const feeds = [played(), played()];
    for (const { feed } of feeds) collectMetrics(feed, { register: new Registry() });
    expect(vi.getTimerCount()).toBe(0);

    const readers = feeds.map(({ feed, transport }) => {
      const reader = feed.messages.subscribe();
      transport.socket.open();
      return reader;
    });
    expect(vi.getTimerCount()).toBe(1);
    for (const reader of readers) reader.unsubscribe();

    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('A connection that is collected twice', () => {
  it('is counted once, until it is no longer collected at all', async () => {
    const register = new Registry();
    const { feed, transport } = played();
    const first = collectMetrics(feed, { register, labels: { feed: 'a' } });
    const second = collectMetrics(feed, { register, labels: { feed: 'a' } });
    feed.messages.subscribe({ error: () => undefined });
    transport.socket.open();
    feed.messages.next('x');

    first.unsubscribe();
    first.unsubscribe();
    transport.socket.closed(4401);

    expect(await scraped(register)).toMatchObject({
      'rxwire_messages_sent_total{feed="a"}': 1,
      'rxwire_closes_total{feed="a",code="4401"}': 1,
      'rxwire_failures_total{feed="a",error="ConnectionClosedError"}': 1,
    });
    second.unsubscribe();
    expect((await register.metrics()).trim()).toBe('');
  });
});

describe('A connection that is collected again', () => {
  /** An open connection that has received so much. */
  function receiving(count: number) {
    const subject = played();
    subject.feed.messages.subscribe({ error: () => undefined });
    subject.transport.socket.open();
    for (let n = 0; n < count; n++) subject.transport.socket.frame('1');
    return subject;
  }

  it('is counted on where it left off, beside another one with the same labels', async () => {
    const register = new Registry();
    const [a, b] = [receiving(3), receiving(2)];
    collectMetrics(b.feed, { register });
    const collecting = collectMetrics(a.feed, { register });
    expect(await scraped(register)).toMatchObject({ rxwire_messages_received_total: 5, rxwire_opens_total: 2 });

    for (let time = 0; time < 2; time++) {
      collecting.unsubscribe();
      a.transport.socket.frame('1');
      collecting.add(collectMetrics(a.feed, { register }));
    }
    const again = collectMetrics(a.feed, { register });

    expect(await scraped(register)).toMatchObject({ rxwire_messages_received_total: 7, rxwire_opens_total: 2 });
    again.unsubscribe();
  });

  it('is counted from its beginning where its series was removed', async () => {
    const register = new Registry();
    const [a, b] = [receiving(3), receiving(2)];
    collectMetrics(b.feed, { register, labels: { feed: 'b' } });
    const labels = { feed: 'a' };
    collectMetrics(a.feed, { register, labels }).unsubscribe();

    collectMetrics(a.feed, { register, labels });

    expect(await scraped(register)).toMatchObject({ 'rxwire_messages_received_total{feed="a"}': 3 });
  });
});

describe('Connections in one registry', () => {
  /** An open connection that has sent some messages. */
  function sending(count: number) {
    const subject = played();
    subject.feed.messages.subscribe({ error: () => undefined });
    subject.transport.socket.open();
    for (let sent = 0; sent < count; sent++) subject.feed.messages.next(sent);
    return subject;
  }

  const sentBy = async (register: Registry) =>
    Object.fromEntries(
      Object.entries(await scraped(register))
        .filter(([name]) => name.startsWith('rxwire_messages_sent_total'))
        .map(([name, value]) => [name.slice(26), value]),
    );

  it('are distinguished by their labels, and added up if these are the same', async () => {
    const register = new Registry();
    collectMetrics(sending(1).feed, { register, labels: { feed: 'a' } });
    collectMetrics(sending(2).feed, { register, labels: { feed: 'b' } });
    collectMetrics(sending(3).feed, { register, labels: { feed: 'b' } });

    expect(await sentBy(register)).toEqual({ '{feed="a"}': 1, '{feed="b"}': 5 });
    expect(await scraped(register)).toMatchObject({ 'rxwire_connections_open{feed="b"}': 2 });
  });

  it('are removed with their own series, and a sum never goes down', async () => {
    const register = new Registry();
    const a = sending(1);
    const leavingA = collectMetrics(a.feed, { register, labels: { feed: 'a' } });
    const leavingB = collectMetrics(sending(2).feed, { register, labels: { feed: 'b' } });
    collectMetrics(sending(3).feed, { register, labels: { feed: 'b' } });
    a.transport.socket.closed(4401);

    leavingB.unsubscribe();
    leavingA.unsubscribe();

    expect(await sentBy(register)).toEqual({ '{feed="b"}': 5 });
    expect(await register.metrics()).not.toContain('feed="a"');
  });

  it('remove the metrics with the last connection, and can be added again', async () => {
    const register = new Registry();
    const { feed } = sending(1);

    collectMetrics(feed, { register }).unsubscribe();
    expect((await register.metrics()).trim()).toBe('');
    collectMetrics(feed, { register });

    expect(await sentBy(register)).toEqual({ '': 1 });
  });

  it('may have other labels once they were removed', async () => {
    const register = new Registry();
    const { feed } = sending(1);
    collectMetrics(sending(2).feed, { register, labels: { feed: 'stays' } });

    collectMetrics(feed, { register, labels: { feed: 'a' } }).unsubscribe();
    collectMetrics(feed, { register, labels: { feed: 'b' } });

    expect(await sentBy(register)).toEqual({ '{feed="stays"}': 2, '{feed="b"}': 1 });
  });

  it('are collected again after the registry is cleared or reset', async () => {
    const register = new Registry();
    const { feed } = sending(1);
    const first = collectMetrics(feed, { register });
    register.clear();
    collectMetrics(sending(2).feed, { register });
    first.unsubscribe();
    expect(await sentBy(register)).toEqual({ '': 2 });

    register.resetMetrics();

    expect(await sentBy(register)).toEqual({ '': 0 });
  });

  it('are not counted after they are removed', async () => {
    const register = new Registry();
    const { feed, transport } = sending(1);
    const leaving = collectMetrics(feed, { register });
    collectMetrics(sending(0).feed, { register });

    leaving.unsubscribe();
    feed.messages.next('more');
    transport.socket.closed(4401);

    expect(await sentBy(register)).toEqual({ '': 1 });
    expect(await register.metrics()).not.toContain('4401');
  });

  it('use the global registry of prom-client by default', async () => {
    const leaving = collectMetrics(sending(1).feed);

    expect(await globalRegister.metrics()).toContain('rxwire_messages_sent_total 1');
    leaving.unsubscribe();

    expect((await globalRegister.metrics()).trim()).toBe('');
  });

  it('register no metric if one name is taken', async () => {
    const register = new Registry();
    new Counter({ name: 'rxwire_opens_total', help: 'somebody else’s', registers: [register] });

    expect(() => collectMetrics(sending(1).feed, { register })).toThrow(
      'Expected `register` to be a registry without this metric, got "rxwire_opens_total".',
    );

    expect((await register.getMetricsAsJSON()).map(({ name }) => name)).toEqual(['rxwire_opens_total']);
  });
});

describe('A stand-in of a connection', () => {
  it.each([
    [
      'by what its link was closed with',
      [{ type: 'open', link: {} }],
      'remote',
      { '{error="ConnectionClosedError"}': 1 },
    ],
    ['as a handshake where it had no link', [], 'remote', { '{error="HandshakeError"}': 1 }],
    [
      'by the error that was emitted',
      [{ type: 'error', error: new HeartbeatTimeoutError('silent') }],
      'remote',
      { '{error="HeartbeatTimeoutError"}': 1 },
    ],
    ['as nothing where we have closed it', [{ type: 'open', link: {} }], 'local', {}],
  ])('counts a failure %s', async (_, opening, initiator, expected) => {
    const register = new Registry();
    const { connection, emit } = standIn();
    collectMetrics(connection, { register });

    emit({ type: 'connecting', attempt: 1 }, ...opening, { type: 'close', code: 1011, reason: '', initiator });
    emit({ type: 'connecting', attempt: 2 });

    const samples = await scraped(register);
    expect(family(samples, 'rxwire_failures_total')).toEqual(expected);
    expect(family(samples, 'rxwire_closes_total')).toEqual({ '{code="1011"}': 1 });
  });

  it('has its latencies counted in seconds', async () => {
    const register = new Registry();
    const { connection, emit } = standIn();
    collectMetrics(connection, { register });

    emit({ type: 'heartbeat', latency: 20 });

    expect(await scraped(register)).toMatchObject({
      'rxwire_heartbeat_latency_seconds_bucket{le="0.01"}': 0,
      'rxwire_heartbeat_latency_seconds_bucket{le="0.025"}': 1,
      rxwire_heartbeat_latency_seconds_sum: 0.02,
    });
  });
});

describe('A bad argument', () => {
  const { feed } = played();
  afterEach(() => globalRegister.clear());

  it.each<[string, unknown, unknown, ErrorConstructor]>([
    ['`connection` to be an object, got undefined', undefined, {}, TypeError],
    ['`connection.events` to be an object, got undefined', {}, {}, TypeError],
    ['`options` to be an object, got null', feed, null, TypeError],
    ['`register.registerMetric` to be a function, got undefined', feed, { register: {} }, TypeError],
    ['`register.registerMetric` to be a function, got undefined', feed, { register: null }, TypeError],
    ['`labels` to be an object, got "a"', feed, { labels: 'a' }, TypeError],
    ['`labels.feed` to be a string or a number, got undefined', feed, { labels: { feed: undefined } }, TypeError],
    [
      '`labels` to be valid Prometheus label names other than code, error, le, reason, state, got "a-b"',
      feed,
      { labels: { 'a-b': 1 } },
      RangeError,
    ],
    ...['code', 'error', 'le', 'reason', 'state'].map((name): [string, unknown, unknown, ErrorConstructor] => [
      `\`labels\` to be valid Prometheus label names other than code, error, le, reason, state, got "${name}"`,
      feed,
      { labels: { [name]: 1 } },
      RangeError,
    ]),
    ['`scheduler.schedule` to be a function, got undefined', feed, { scheduler: {} }, TypeError],
  ])('throws: expected %s', async (message, connection, options, Kind) => {
    const collect = () => collectMetrics(connection as never, options as never);

    expect(collect).toThrow(Kind);
    expect(collect).toThrow(`Expected ${message}`);
    expect(await globalRegister.metrics()).toBe('\n');
  });

  it('throws: label names that differ from the registry, or other labels of a connection that is in it', () => {
    const register = new Registry();
    collectMetrics(feed, { register, labels: { feed: 'a', zone: 1 } });

    expect(() => collectMetrics(played().feed, { register, labels: { feed: 'b' } })).toThrow(
      'Expected `labels` to be named as in the rest of this registry (feed,zone), got "feed".',
    );
    expect(() => collectMetrics(feed, { register, labels: { zone: 2, feed: 'a' } })).toThrow(
      'Expected `labels` to be those that this connection has in this registry',
    );
  });
});
