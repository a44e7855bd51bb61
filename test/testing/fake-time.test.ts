import { mock } from 'node:test';
import { asyncScheduler, NEVER, Subject } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { atMost, observeWebSocket, requestResponse } from '../../src/index.node.js';
import type { Supervision, WebSocketConfig } from '../../src/index.node.js';
import {
  bufferCountOrTime,
  heartbeat,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../operators/index.js';
import { monotonicNow } from '../../src/rx/monotonic-now.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

type At = (time: number, action: () => void) => void;
type Note = (what: string) => void;
/** Plays something in time, and notes what happens. */
type Scene = (at: At, note: Note) => void;

/** How long a scene lasts. */
const LENGTH = 120_000;

/** Runs a scene in somebody's time. @returns what was noted, with the time before it */
function played(scene: Scene, passes: () => void): string[] {
  const start = asyncScheduler.now();
  const notes: string[] = [];
  scene(
    (time, action) => void asyncScheduler.schedule(action, time),
    (what) => notes.push(`${asyncScheduler.now() - start} ${what}`),
  );
  passes();
  return notes;
}

const times: Record<string, (scene: Scene) => string[]> = {
  'TestScheduler.run'(scene) {
    let notes: string[] = [];
    inVirtualTime(({ flush }) => (notes = played(scene, flush)));
    return notes;
  },
  "vitest's fake timers"(scene) {
    vi.useFakeTimers();
    return played(scene, () => vi.advanceTimersByTime(LENGTH));
  },
  "vitest's fake timers, with another date"(scene) {
    vi.useFakeTimers({ now: 0 });
    return played(scene, () => vi.advanceTimersByTime(LENGTH));
  },
  "vitest's fake timers, without a fake `performance`"(scene) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    return played(scene, () => vi.advanceTimersByTime(LENGTH));
  },
};

/** A connection whose server is played, and what it emits. */
function feedThat(note: Note, config: Partial<WebSocketConfig>, ...supervision: Supervision[]) {
  const transport = playedSockets({ canPing: true, answersClose: false });
  const feed = observeWebSocket({ url: 'ws://feed', transport, ...config }, ...supervision);
  feed.events.subscribe((event) => {
    if (event.type !== 'dropped' && event.type !== 'error') note(brief(event));
    else if (event.type === 'dropped') note(`dropped ${event.reason}`);
  });
  const connect = () => feed.lifecycle.subscribe({ error: () => note('failed'), complete: () => note('completed') });
  return { feed, transport, connect };
}

const scenes: [string, Scene, string[]][] = [
  [
    'connectTimeout, and the delay of a retry',
    (_at, note) =>
      feedThat(note, { connectTimeout: 300 }, retryWithBackoff({ delays: [1000], maxRetries: 1 })).connect(),
    [
      '0 connecting 1',
      '300 close 1006 local unclean',
      '300 reconnecting 1 in 1000 after ConnectTimeoutError',
      '1300 connecting 2',
      '1600 close 1006 local unclean',
      '1600 failed',
    ],
  ],
  [
    'the second between two attempts',
    (at, note) => {
      const { transport, connect } = feedThat(note, {}, retryWithBackoff({ firstDelay: 0, maxRetries: 1 }));
      connect();
      at(250, () => transport.socket.closed());
      at(1500, () => transport.socket.closed());
    },
    [
      '0 connecting 1',
      '250 close 1006 remote unclean',
      '250 reconnecting 1 in 750 after HandshakeError',
      '1000 connecting 2',
      '1500 close 1006 remote unclean',
      '1500 failed',
    ],
  ],
  [
    'maxElapsed',
    (_at, note) =>
      feedThat(
        note,
        { connectTimeout: 100 },
        retryWithBackoff({ initialDelay: 1000, factor: 1, jitter: 'none', maxElapsed: 2500 }),
      ).connect(),
    [
      '0 connecting 1',
      '100 close 1006 local unclean',
      '100 reconnecting 1 in 1000 after ConnectTimeoutError',
      '1100 connecting 2',
      '1200 close 1006 local unclean',
      '1200 reconnecting 2 in 1000 after ConnectTimeoutError',
      '2200 connecting 3',
      '2300 close 1006 local unclean',
      '2300 failed',
    ],
  ],
  [
    'maxElapsed of a wait for `when`',
    (_at, note) =>
      feedThat(
        note,
        { connectTimeout: 100 },
        retryWithBackoff({ delays: [1000], when: NEVER, maxElapsed: 2500 }),
      ).connect(),
    [
      '0 connecting 1',
      '100 close 1006 local unclean',
      '100 reconnecting 1 in 1000 after ConnectTimeoutError',
      '2600 failed',
    ],
  ],
  [
    'resetAfter',
    (at, note) => {
      const { transport, connect } = feedThat(note, {}, retryWithBackoff({ delays: [1000, 1000] }));
      connect();
      at(1000, () => transport.socket.open());
      at(5999, () => transport.socket.closed());
      at(8000, () => transport.socket.open());
      at(13_000, () => transport.socket.closed());
      at(14_500, () => transport.socket.open());
      at(14_600, () => transport.socket.closed());
    },
    [
      '0 connecting 1',
      '1000 open 1',
      '5999 close 1006 remote unclean',
      '5999 reconnecting 1 in 1000 after ConnectionClosedError',
      '6999 connecting 2',
      '8000 open 2',
      '13000 close 1006 remote unclean',
      '13000 reconnecting 1 in 1000 after ConnectionClosedError',
      '14000 connecting 3',
      '14500 open 3',
      '14600 close 1006 remote unclean',
      '14600 reconnecting 2 in 1000 after ConnectionClosedError',
      '15600 connecting 4',
      '25600 close 1006 local unclean',
      '25600 failed',
    ],
  ],
  [
    'interval, latency and timeout of a heartbeat',
    (at, note) => {
      const { transport, connect } = feedThat(
        note,
        {},
        heartbeat({ interval: 5000, timeout: 2000, random: () => 0.5 }),
      );
      connect();
      at(100, () => transport.socket.open());
      at(2625, () => transport.socket.pong());
      at(7650, () => transport.socket.pong());
    },
    [
      '0 connecting 1',
      '100 open 1',
      '2625 heartbeat 25',
      '7650 heartbeat 50',
      '14600 close 1006 local unclean',
      '14600 failed',
    ],
  ],
  [
    'closeTimeout',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, { closeTimeout: 700 });
      connect();
      at(100, () => transport.socket.open());
      at(200, () => void feed.close());
    },
    ['0 connecting 1', '100 open 1', '900 close 1006 local unclean', '900 completed'],
  ],
  [
    'sinceHealthy, and grace',
    (at, note) => {
      const { feed, transport, connect } = feedThat(
        note,
        {},
        stopOnFatalClose({ grace: 2500 }),
        retryWithBackoff({ delays: [1000, 1000, 1000, 1000] }),
      );
      feed.events.subscribe((event) => {
        if ('sinceHealthy' in event) note(`${event.type}: healthy ${event.sinceHealthy} ago`);
      });
      connect();
      at(100, () => transport.socket.open());
      at(30_100, () => transport.socket.closed(1008));
      at(31_200, () => transport.socket.open().closed(1008));
      at(32_300, () => transport.socket.open().closed(1008));
      at(33_400, () => transport.socket.open().closed(1008));
    },
    [
      '0 connecting 1',
      '100 open 1',
      '30100 close 1008 remote',
      '30100 close: healthy 0 ago',
      '30100 reconnecting 1 in 1000 after ConnectionClosedError',
      '31100 connecting 2',
      '31100 connecting: healthy 1000 ago',
      '31200 open 2',
      '31200 close 1008 remote',
      '31200 close: healthy 1100 ago',
      '31200 reconnecting 2 in 1000 after ConnectionClosedError',
      '32200 connecting 3',
      '32200 connecting: healthy 2100 ago',
      '32300 open 3',
      '32300 close 1008 remote',
      '32300 close: healthy 2200 ago',
      '32300 reconnecting 3 in 1000 after ConnectionClosedError',
      '33300 connecting 4',
      '33300 connecting: healthy 3200 ago',
      '33400 open 4',
      '33400 close 1008 remote',
      '33400 close: healthy 3300 ago',
      '33400 failed',
    ],
  ],
  [
    'linger',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, { linger: 700 });
      feed.state.subscribe(({ status }) => note(status));
      const subscription = connect();
      at(100, () => transport.socket.open());
      at(200, () => subscription.unsubscribe());
    },
    ['0 idle', '0 connecting', '0 connecting 1', '100 open', '100 open 1', '900 idle'],
  ],
  [
    'pace',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, { pace: atMost(2, 1000) });
      for (const message of [1, 2, 3, 4, 5]) feed.messages.next(message);
      connect();
      at(100, () => transport.socket.open());
      for (const time of [1199, 1201, 2299, 2301]) at(time, () => note(String(transport.socket.calls)));
    },
    [
      '0 connecting 1',
      '100 open 1',
      '1199 send 1,send 2',
      '1201 send 1,send 2,send 3,send 4',
      '2299 send 1,send 2,send 3,send 4',
      '2301 send 1,send 2,send 3,send 4,send 5',
    ],
  ],
  [
    'the timeout of a request',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, {});
      connect();
      at(100, () => transport.socket.open());
      at(200, () =>
        requestResponse(feed, { idOf: () => 1, timeout: 700 })(1, 'anybody?').subscribe({
          error: (error: unknown) => note((error as Error).name),
        }),
      );
    },
    ['0 connecting 1', '100 open 1', '900 RequestTimeoutError'],
  ],
  [
    'the time of a batch',
    (at, note) => {
      const values = new Subject<number>();
      values.pipe(bufferCountOrTime(10, 700)).subscribe((batch) => note(String(batch)));
      at(100, () => values.next(1));
      at(600, () => values.next(2));
      at(800, () => values.next(3));
    },
    ['800 1,2,3'],
  ],
  [
    'the timeout of a refresh',
    (at, note) => {
      const { transport, connect } = feedThat(
        note,
        {},
        refreshOnUnauthorized(() => NEVER, { timeout: 700 }),
      );
      connect();
      at(100, () => transport.socket.open().closed(4401));
    },
    ['0 connecting 1', '100 open 1', '100 close 4401 remote', '800 failed'],
  ],
  [
    'maxAge',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, { outbox: { maxAge: 700 } });
      connect();
      at(100, () => feed.messages.next('old'));
      at(101, () => feed.messages.next('young'));
      at(801, () => transport.socket.open());
      at(802, () => note(String(transport.socket.calls)));
    },
    ['0 connecting 1', '801 open 1', '801 dropped expired', '802 send "young"'],
  ],
  [
    'the overlap of two connections',
    (at, note) => {
      const { feed, transport, connect } = feedThat(note, {});
      connect();
      at(100, () => transport.socket.open());
      at(200, () => feed.reconnect({ overlap: 700 }));
      at(300, () => transport.socket.open());
      at(999, () => note(String(transport.sockets[0]!.calls)));
      at(1001, () => note(String(transport.sockets[0]!.calls)));
    },
    [
      '0 connecting 1',
      '100 open 1',
      '300 close 1000 local unclean',
      '300 connecting 2',
      '300 open 2',
      '999 ',
      '1001 close 1000',
    ],
  ],
];

describe.each(Object.entries(times))('In %s', (_, inTime) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(scenes)('time is measured by it: %s', (_name, scene, notes) => {
    expect(inTime(scene)).toEqual(notes);
  });
});

describe("Node's mock timers", () => {
  afterEach(() => mock.timers.reset());

  it.each([1_700_000_000_000, Date.now()])('are what durations go by, at any date: %i', (now) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now });
    const before = monotonicNow(asyncScheduler);

    mock.timers.tick(1234);

    expect(monotonicNow(asyncScheduler) - before).toBe(1234);
  });
});
