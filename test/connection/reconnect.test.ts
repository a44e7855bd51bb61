import { finalize, NEVER, timer } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, onOpen, retryWithBackoff } from '../../src/index.node.js';
import type { Supervision, WebSocketConnection } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

const retrying = () => retryWithBackoff({ delays: [10, 10, 10] });

/** A connection over scripts, and what its listeners and its server receive. */
function feedOn(cold: RunHelpers['cold'], scripts: string[], ...supervision: Supervision[]) {
  const server = scriptedServer(cold, scripts);
  const feed: WebSocketConnection = observeWebSocket({ url: 'ws://test', transport: server.transport }, ...supervision);
  const closes = record(server.closes, ({ code, reason }) => `${code} ${reason}`.trim());
  return { server, feed, closes, sent: record(server.sent), log: record(feed.lifecycle, brief) };
}

describe('reconnect()', () => {
  it('closes an open connection with its code in the background, and begins the next attempt at once', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, log, closes } = feedOn(cold, ['o', '2ms o'], retrying());
      at(5, () => feed.reconnect({ code: 4100, reason: 'new settings' }));

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '0 open 1',
        '5 close 4100 new settings local unclean',
        '5 connecting 2',
        '7 open 2',
      ]);
      expect(closes).toEqual(['5 4100 new settings']);
      expect(feed.state.value).toEqual({ status: 'open', attempt: 2, protocol: '' });
    });
  });

  it('cuts a wait short, and counts its retries anew', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, log } = feedOn(cold, ['#', '#', 'o'], retryWithBackoff({ delays: [50, 60] }));
      at(20, () => feed.reconnect());

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '0 error HandshakeError',
        '0 close 1006 remote unclean',
        '0 reconnecting 1 in 50 after HandshakeError',
        '20 connecting 2',
        '20 error HandshakeError',
        '20 close 1006 remote unclean',
        '20 reconnecting 1 in 50 after HandshakeError',
        '70 connecting 3',
        '70 open 3',
      ]);
    });
  });

  it('gives up an attempt, with 1006', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, log, closes } = feedOn(cold, ['50ms o', 'o'], retrying());
      at(5, () => feed.reconnect({ code: 4100 }));

      flush();

      expect(log).toEqual(['0 connecting 1', '5 close 1006 local unclean', '5 connecting 2', '5 open 2']);
      expect(closes).toEqual([]);
    });
  });

  it('gives up a set-up, with 1006, and unsubscribes from it', () => {
    inVirtualTime(({ cold, at, flush }) => {
      let ended = 0;
      const setUp = onOpen((link) =>
        feed.stats.opens > 1 ? undefined : NEVER.pipe(finalize(() => (ended += Number(link.writable === false)))),
      );
      const { feed, log, closes } = feedOn(cold, ['o', 'o'], setUp, retrying());
      at(5, () => feed.reconnect({ code: 4100 }));

      flush();

      expect(log).toEqual(['0 connecting 1', '5 close 1006 local unclean', '5 connecting 2', '5 open 2']);
      expect(closes).toEqual(['5 4100']); // the server has an open connection
      expect(ended).toBe(1);
    });
  });

  it('twice in a row begins two attempts, of which the last is kept', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, log, server } = feedOn(cold, ['o', '3ms o'], retrying());
      at(5, () => {
        feed.reconnect();
        feed.reconnect();
      });

      flush();

      expect(log.slice(2)).toEqual([
        '5 close 1000 local unclean',
        '5 connecting 2',
        '5 close 1006 local unclean',
        '5 connecting 3',
        '8 open 3',
      ]);
      expect(server.connections).toHaveLength(3);
    });
  });

  it.each(['connecting', 'open', 'close', 'reconnecting', 'dropped'] as const)(
    'from a listener of %s begins anew when all have received it',
    (type) => {
      inVirtualTime(({ cold, flush }) => {
        const { transport } = scriptedServer(cold, ['o#', 'o']);
        const feed = observeWebSocket<unknown>({ url: 'ws://test', transport, outbox: { capacity: 0 } }, retrying());
        let isDue = true;
        const others: string[] = [];
        feed.events.subscribe((event) => others.push(event.type));
        feed.lifecycle.subscribe((event) => {
          if (event.type !== type || !isDue) return;
          isDue = false;
          feed.reconnect();
        });
        if (type === 'dropped') feed.messages.next('nobody takes it');

        flush();

        const count = (wanted: string) => others.filter((other) => other === wanted).length;
        expect(others.at(-1)).toBe('open');
        expect(count('connecting')).toBe(count('close') + 1);
        expect(feed.state.value.status).toBe('open');
      });
    },
  );

  it.each([
    ['a reader', (feed: WebSocketConnection, act: () => void) => feed.messages.subscribe(act)],
    ['a subscriber of the state', (feed: WebSocketConnection, act: () => void) => feed.state.subscribe(act)],
    ['a subscriber of `events`', (feed: WebSocketConnection, act: () => void) => feed.events.subscribe(act)],
  ])('works from %s', (_, subscribe) => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, server } = feedOn(cold, ['o-a-a', 'o'], retrying());
      let isDue = false;
      subscribe(feed, () => {
        if (!isDue) return;
        isDue = false;
        feed.reconnect();
      });
      at(1, () => (isDue = true));
      at(6, () => feed.link?.terminate(new Error('so that there are states and events')));

      flush();

      expect(server.connections.length).toBeGreaterThanOrEqual(2);
      expect(feed.state.value.status).toBe('open');
    });
  });

  it('from a factory begins an attempt in the place of the one that asks', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      let asked = 0;
      const feed = observeWebSocket({
        transport,
        url: () => {
          if (++asked === 1) feed.reconnect();
          return 'ws://test';
        },
      });
      const log = record(feed.lifecycle, brief);

      flush();

      expect(log).toEqual(['0 connecting 1', '0 close 1006 local unclean', '0 connecting 2', '0 open 2']);
      expect(connections).toHaveLength(1);
    });
  });

  it('keeps outbox, leases and streams', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { feed, sent, log } = feedOn(cold, ['50ms o', 'o-a'], retrying());
      const messages = record(feed.messages);
      const release = feed.pause();
      feed.messages.next('queued');
      at(5, () => feed.reconnect());
      at(20, release);

      flush();

      expect(sent).toEqual(['5 "queued"']);
      expect(messages).toEqual(['20 "a"']);
      expect(log.at(-1)).toBe('5 open 2');
    });
  });

  it('works while nobody but a linger holds the run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport, linger: 100 }, retrying());
      const reader = feed.lifecycle.subscribe();
      at(1, () => reader.unsubscribe());
      at(5, () => feed.reconnect());

      flush();

      expect(connections).toHaveLength(2);
      expect(feed.state.value.status).toBe('idle');
    });
  });

  it('does nothing without a run, during close(), and after a run has ended', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o', 'o#']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      feed.reconnect();
      const first = record(feed.lifecycle, brief);
      at(2, () => {
        void feed.close();
        feed.reconnect();
      });
      at(5, () => feed.lifecycle.subscribe({ error: () => feed.reconnect() }));
      at(9, () => feed.reconnect());

      flush();

      expect(first).toEqual(['0 connecting 1', '0 open 1', '2 close 1000 local', '2 |']);
      expect(connections).toHaveLength(2);
      expect(feed.state.value.status).toBe('failed');
    });
  });

  it.each([[{ code: 1001 }], [{ code: 999 }], [{ reason: 'x'.repeat(124) }], [{ overlap: -1 }]])(
    'refuses %j, and changes nothing',
    (options) => {
      inVirtualTime(({ cold, at, flush }) => {
        const { feed, log } = feedOn(cold, ['o'], retrying());
        at(2, () => expect(() => feed.reconnect(options)).toThrow(RangeError));

        flush();

        expect(log).toEqual(['0 connecting 1', '0 open 1']);
      });
    },
  );
});

describe('what factories are told', () => {
  it('counts attempts since the last healthy connection over all runs, `reconnect()` aside', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['#', 'o 40s #', '#', 'o 1s #', 'o']);
      const told: string[] = [];
      const feed = observeWebSocket(
        {
          transport,
          url: ({ attempt, failures, error, sinceHealthy }) => {
            told.push(`${attempt} ${failures} ${error?.name ?? 'no error'} ${sinceHealthy ?? 'never healthy'}`);
            return 'ws://test';
          },
        },
        retryWithBackoff({ delays: Array.from({ length: 9 }, () => 100) }),
      );
      const log = record(feed.lifecycle, (event) =>
        event.type === 'close' ? `close ${event.sinceHealthy ?? 'never'}` : event.type,
      );
      at(60_000, () => feed.reconnect());
      at(61_000, () => void feed.close());
      at(62_000, () => feed.lifecycle.subscribe());

      flush();

      expect(told).toEqual([
        '1 0 no error never healthy',
        '2 1 HandshakeError never healthy',
        '3 0 ConnectionClosedError 100',
        '4 1 HandshakeError 200',
        '5 2 ConnectionClosedError 1301',
        expect.stringMatching(/^6 2 no error /),
        expect.stringMatching(/^1 3 no error /),
      ]);
      expect(log.filter((line) => line.includes('close'))).toEqual([
        '0 close never',
        '40101 close 0',
        '40201 close 100',
        '41302 close 1201',
        expect.stringMatching(/^60000 close/),
        expect.stringMatching(/^61000 close/),
      ]);
    });
  });

  it('counts a connection as healthy by when its open left the supervision', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o 29999ms #', 'o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        onOpen(() => timer(1)),
        retryWithBackoff({ delays: [1] }),
      );
      const closes = record(feed.lifecycle, (event) => (event.type === 'close' ? String(event.sinceHealthy) : ''));

      flush();

      expect(closes.filter((line) => /\d \w/.test(line))).toEqual(['30000 undefined']);
    });
  });
});
