import {
  concatMap,
  config as rxjs,
  delay,
  delayWhen,
  filter,
  merge,
  mergeMap,
  of,
  skipWhile,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import type { MonoTypeOperatorFunction, Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';

type Type = LifecycleEvent['type'];

/** Passes events of one type on late. */
const late = (type: Type, ms: number): MonoTypeOperatorFunction<LifecycleEvent> =>
  delayWhen((event) => (event.type === type ? timer(ms) : of(0)));

/** A `close` is followed by a copy of it, when the next connection is open. */
const withCopyOfClose = (event: LifecycleEvent): Observable<LifecycleEvent> =>
  event.type === 'close' ? merge(of(event), of({ ...event }).pipe(delay(10))) : of(event);

const retrying = (...delays: number[]): Supervision => retryWithBackoff<LifecycleEvent>({ delays });

let unhandled: unknown[];

beforeEach(() => {
  unhandled = [];
  rxjs.onUnhandledError = (error) => unhandled.push(error);
});

afterEach(() => {
  rxjs.onUnhandledError = null;
  expect(unhandled).toEqual([]);
});

/** The types of the events of one feed, and how its lifecycle ended. */
function typesOf(feed: WebSocketConnection): string[] {
  const types: string[] = [];
  feed.lifecycle.subscribe({
    next: ({ type }) => types.push(type),
    error: () => types.push('#'),
    complete: () => types.push('|'),
  });
  return types;
}

describe('A connection whose supervision takes its time', () => {
  it('lives on behind the retry, however long each event takes', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o---#', 'o----------a']);
      const audit = concatMap((event: LifecycleEvent) => of(event).pipe(delay(60)));
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, retrying(1), audit);
      const log = record(feed.lifecycle, brief);
      const sent = record(server.sent);
      at(500, () => feed.messages.next('still here'));

      flush();

      expect(log).toEqual([
        '60 connecting 1',
        '120 open 1',
        '180 close 1006 remote unclean',
        '240 reconnecting 1 in 1 after ConnectionClosedError',
        '300 connecting 2',
        '360 open 2',
      ]);
      expect(feed.state.value).toMatchObject({ status: 'open', attempt: 2 });
      expect(sent).toEqual(['500 "still here"']);
      expect(server.connections).toHaveLength(2);
    });
  });

  it('emits each close once where it waits before the retry, though the error overtakes it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o'.padEnd(50, '-') + '#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, delay(30), retrying(100));
      const log = record(feed.lifecycle, brief);

      flush();

      expect(log).toEqual([
        '30 connecting 1',
        '30 open 1',
        '50 close 1006 remote unclean',
        '50 reconnecting 1 in 100 after ConnectionClosedError',
        '180 connecting 2',
        '180 open 2',
      ]);
    });
  });

  it('is not ended, nor called waiting, by a `reconnecting` that comes when it is open', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-#', 'o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retrying(5),
        late('reconnecting', 50),
      );
      const log = record(feed.lifecycle, brief);
      const states = record(feed.state, ({ status }) => status);
      const sent = record(server.sent);
      at(80, () => feed.messages.next('x'));

      flush();

      expect(log.slice(-2)).toEqual(['7 open 2', '52 reconnecting 1 in 5 after ConnectionClosedError']);
      expect(states.at(-1)).toBe('7 open');
      expect(sent).toEqual(['80 "x"']);
    });
  });

  it.each<[string, Supervision]>([
    ['is delayed', late('close', 50)],
    ['comes twice', concatMap((event: LifecycleEvent) => of(event, event))],
    ['comes again later', mergeMap((event: LifecycleEvent) => merge(of(event), of(event).pipe(late('close', 50))))],
    ['is swallowed', filter(({ type }: LifecycleEvent) => type !== 'close')],
  ])('has one close for each connecting where its close %s behind the retry', (_, supervision) => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', '#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(5, 5), supervision);
      const types = typesOf(feed);
      const states = record(feed.state, ({ status }) => status);
      at(200, () => void feed.close());

      flush();

      const grammar = types.filter((type) => type === 'connecting' || type === 'close');
      expect(grammar).toEqual(['connecting', 'close', 'connecting', 'close', 'connecting', 'close']);
      expect(types.at(-1)).toBe('|');
      expect(states.slice(-3).map((line) => line.split(' ')[1])).toEqual(['open', 'closing', 'closed']);
    });
  });

  it.each<[string, string[], Supervision, (feed: WebSocketConnection) => void]>([
    ['that reconnect() ended too early', ['o', 'o-------#', 'o'], delay(5), (feed) => feed.reconnect()],
    ['beside it that failed', ['o----------#', '#', 'o'], delay(0), (feed) => feed.reconnect({ overlap: 0 })],
    ['that is kept quiet', ['#', 'o-----#', 'o'], skipWhile(({ type }: LifecycleEvent) => type !== 'open'), () => {}],
  ])('has one close, and no copy of it, behind a connection %s', (_, scripts, supervision, act) => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, scripts);
      const copies = mergeMap(withCopyOfClose);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(5, 5), supervision, copies);
      const log = record(feed.lifecycle, brief);
      at(3, () => act(feed));

      flush();

      expect(log.slice(-4).map((line) => line.split(' ')[1])).toEqual(['close', 'reconnecting', 'connecting', 'open']);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('keeps its state where `connecting` comes behind its `open`', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, late('connecting', 20));
      const types = typesOf(feed);

      flush();

      expect(types).toEqual(['open']);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('is never called open while it is gone, though its `open` comes', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o--#', '#', '-o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retrying(5, 100),
        late('open', 30),
      );
      const states = record(feed.state, ({ status }) => status);
      const types = typesOf(feed);
      at(40, () => expect(types).toContain('open'));

      flush();

      expect(states).toEqual([
        '0 idle',
        '0 connecting',
        '4 closed',
        '4 reconnecting',
        '9 connecting',
        '9 closed',
        '9 reconnecting',
        '109 connecting',
        '140 open',
      ]);
    });
  });

  it('can be closed when the `open` that came last was of the connection before', async () => {
    let closed: Promise<void> | undefined;
    let feed!: WebSocketConnection;
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', '---------o']);
      feed = observeWebSocket({ url: 'ws://test', transport }, retrying(1), late('open', 5));
      const log = record(feed.lifecycle, brief);
      at(6, () => void (closed = feed.close()));

      flush();

      expect(log.slice(-3)).toEqual(['5 open 1', '6 close 1006 local unclean', '6 |']);
    });
    await closed;

    const types = typesOf(feed); // the next run is not kept waiting

    expect(types).toEqual(['connecting']);
  });

  it('stays closing where its `open` comes during the closing handshake', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets({ answersClose: false });
      const feed = observeWebSocket({ url: 'ws://test', transport, closeTimeout: 100 }, delay(20));
      const states = record(feed.state, ({ status }) => status);
      const log = record(feed.lifecycle, brief);
      at(1, () => transport.socket.open());
      at(2, () => void feed.close());

      flush();

      expect(states).toEqual(['0 idle', '2 closing', '102 closed']);
      expect(log).toEqual(['20 connecting 1', '21 open 1', '102 close 1006 local unclean', '102 |']);
    });
  });

  it('has no latency of a heartbeat that comes when it is gone', () => {
    const transport = playedSockets();
    const beat = { type: 'heartbeat', latency: 7 } as const;
    const last = concatMap((event: LifecycleEvent) => (event.type === 'reconnecting' ? of(event, beat) : of(event)));
    const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(1000), last);
    typesOf(feed);
    transport.socket.open();

    transport.socket.closed(1001);

    expect(feed.stats.latency).toBeUndefined();
  });
});

describe('A supervision that makes two connections at once', () => {
  it('has a close of each emitted, of one that it gives up too, and the state is not closed before both are', () => {
    const transport = playedSockets();
    const giveUp = new Subject<void>();
    const both: Supervision = (source) => merge(source.pipe(takeUntil(giveUp)), source);
    const feed = observeWebSocket({ url: 'ws://test', transport }, both);
    const types = typesOf(feed);
    for (const socket of transport.sockets) socket.open();

    giveUp.next();
    const before = feed.state.value.status;
    void feed.close();

    expect(before).toBe('open');
    expect(types).toEqual(['connecting', 'connecting', 'open', 'open', 'close', 'close', '|']);
    expect(feed.state.value.status).toBe('closed');
  });
});
