import { concatMap, delay, delayWhen, EMPTY, filter, map, merge, mergeMap, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief, record } from '../helpers/record.js';

const retrying = (...delays: number[]): Supervision => retryWithBackoff<LifecycleEvent>({ delays });

const late = (type: LifecycleEvent['type'], ms: number): Supervision =>
  delayWhen((event) => (event.type === type ? timer(ms) : of(0)));

const isClose = (event: LifecycleEvent) => event.type === 'close';

describe('A connecting that a supervision emits late', () => {
  it('is not emitted again while a retry waits', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', '#', 'o']);
      const again: Supervision = mergeMap((event) =>
        event.type === 'connecting' ? merge(of(event), of(event).pipe(delay(20))) : of(event),
      );
      const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(5, 50), again);
      const log = record(feed.lifecycle, brief);
      const states = record(feed.state, ({ status }) => status);
      at(25, () => expect(feed.state.value.status).toBe('reconnecting'));

      flush();

      expect(log.filter((line) => /connecting|close/.test(line))).toEqual([
        '0 connecting 1',
        '2 close 1006 remote unclean',
        '2 reconnecting 1 in 5 after ConnectionClosedError',
        '7 connecting 2',
        '7 close 1006 remote unclean',
        '7 reconnecting 2 in 50 after HandshakeError',
        '57 connecting 3',
      ]);
      expect(states.at(-1)).toBe('57 open');
    });
  });

  it('is not emitted behind its close, though the next connection is being made or waited for', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['#', 'o-#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(10, 50), late('connecting', 15));
      const types = record(feed.lifecycle, ({ type }) => type);
      at(17, () => expect(feed.state.value.status).toBe('reconnecting'));

      flush();

      expect(types).toEqual([
        ...['0 error', '0 close', '0 reconnecting'],
        ...['10 open', '12 close', '12 reconnecting', '62 open'],
      ]);
      expect(feed.state.value).toMatchObject({ status: 'open', attempt: 3 });
    });
  });

  it('is not emitted behind its close where the attempt before it was given up', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['-']);
      let connecting: LifecycleEvent;
      const closeFirst: Supervision = concatMap((event) => {
        if (isClose(event)) return of(event, connecting);
        connecting = event;
        return EMPTY;
      });
      const feed = observeWebSocket({ url: 'ws://test', transport, connectTimeout: 50 }, closeFirst);
      const types = record(feed.events, ({ type }) => type);
      record(feed.lifecycle);
      at(5, () => feed.reconnect());

      flush();

      expect(types).toEqual(['55 close']);
    });
  });
});

describe('A close', () => {
  it('is emitted once where a supervision passes a copy of it on late', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#', 'o']);
      const copied: Supervision = map((event) => (isClose(event) ? { ...event } : event));
      const feed = observeWebSocket({ url: 'ws://test', transport }, retrying(5), copied, late('close', 2));
      const types = record(feed.lifecycle, ({ type }) => type);

      flush();

      expect(types.filter((line) => line.endsWith(' close'))).toEqual(['2 close']);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('that a run ends with may be answered by a new run', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['#', 'o-a']);
      const swallowed: Supervision = filter((event) => !isClose(event));
      const feed = observeWebSocket({ url: 'ws://test', transport }, swallowed);
      const received: unknown[] = [];
      const before = feed.lifecycle.subscribe({
        next: (event) => {
          if (!isClose(event)) return;
          before.unsubscribe();
          feed.messages.subscribe((message) => received.push(message));
        },
        error: () => expect.unreachable(),
      });

      flush();

      expect(received).toEqual(['a']);
      expect(feed.state.value.status).toBe('open');
    });
  });
});

describe('A link', () => {
  it('that is terminated while the peer closes is not waited for longer than closeTimeout', () => {
    inVirtualTime(({ at, flush }) => {
      const transport = playedSockets();
      const feed = observeWebSocket({ url: 'ws://test', transport, closeTimeout: 100 }, retrying(5));
      const log = record(feed.lifecycle, brief);
      at(1, () => transport.socket.open().beginToClose());
      feed.events.subscribe((event) => {
        if (event.type === 'open' && event.attempt === 1) at(1, () => event.link.terminate(new Error('enough')));
      });
      at(200, () => transport.socket.open());

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '1 open 1',
        '102 close 1006 local unclean',
        '102 reconnecting 1 in 5 after Error',
        '107 connecting 2',
        '200 open 2',
      ]);
    });
  });

  it('that is closed when the next connection has taken its place changes no state', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const states = record(feed.state, ({ status }) => status);
      feed.lifecycle.subscribe((event) => {
        if (event.type === 'open' && event.attempt === 1) old = event.link;
        if (isClose(event)) old?.close();
      });
      let old: { close(): void } | undefined;
      at(5, () => feed.reconnect({ overlap: 10 }));
      at(50, () => expect(feed.link).toBeDefined());

      flush();

      expect(states).toEqual(['0 idle', '0 connecting', '0 open', '5 closed', '5 connecting', '5 open']);
    });
  });
});

describe('close()', () => {
  it('that is called again in one turn, with a subscriber after each, completes the first and connects the second', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport, connectTimeout: 50 });
      const logs: string[][] = [];
      feed.state.pipe(filter(({ status }) => status === 'failed')).subscribe(() => {
        for (let round = 0; round < 2; round++) {
          void feed.close();
          logs.push(record(feed.messages));
        }
      });
      record(feed.lifecycle);

      flush();

      expect(logs).toEqual([['50 |'], []]);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('that is called as the next run begins, with a subscriber after it, completes that run and connects another one', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-', 'o']);
      const logs: string[][] = [];
      const closeAndSubscribe = () => {
        void feed.close();
        logs.push(record(feed.messages));
      };
      let runs = 0;
      const feed: WebSocketConnection = observeWebSocket(
        { url: 'ws://test', transport, connectTimeout: 50 },
        (source) => {
          if (++runs === 2) closeAndSubscribe();
          return source;
        },
      );
      feed.state.pipe(filter(({ status }) => status === 'failed')).subscribe(() => {
        closeAndSubscribe();
        closeAndSubscribe();
      });
      record(feed.lifecycle);

      flush();

      expect(logs).toEqual([['50 |'], ['50 |'], []]);
      expect(feed.state.value.status).toBe('open');
    });
  });
});

describe('send()', () => {
  it('counts and reports what a full outbox refuses, because nothing is thrown', async () => {
    const outbox = { capacity: 1, overflow: 'error' } as const;
    const feed = observeWebSocket<string>({ url: 'ws://test', transport: playedSockets(), outbox });
    const events = record(feed.events, (event) => brief(event));
    void feed.send('waits');

    await expect(feed.send('too many')).rejects.toMatchObject({ name: 'MessageDroppedError', reason: 'overflow' });

    expect(events).toMatchObject([expect.stringContaining('dropped 1 overflow')]);
    expect(feed.stats).toMatchObject({ sent: 0, dropped: 1, queued: 1 });
  });
});
