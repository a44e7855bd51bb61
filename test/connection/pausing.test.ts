import { delay, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { heartbeat, mergeMapBounded, observeWebSocket, ofType, retryWithBackoff } from '../../src/index.node.js';
import type { Link, WebSocketConnection } from '../../src/index.node.js';
import { pong, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('a paused connection', () => {
  it("tells the server's close once, when reading goes on, behind the messages before it", () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o-ab-|']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const lifecycle = record(feed.lifecycle, brief);
      const messages = record(feed.messages);
      let release = () => {};
      at(1, () => (release = feed.pause()));
      at(50, () => release());

      flush();

      expect(lifecycle).toEqual(['0 connecting 1', '0 open 1', '50 close 1000 remote', '50 # ConnectionClosedError']);
      expect(messages).toEqual(['50 "a"', '50 "b"', '50 # ConnectionClosedError']);
    });
  });

  it('that is healthy outlives a minute with a heartbeat of a second, and is measured again after it', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport },
        heartbeat({ interval: 1000, timeout: 1000, random: () => 0.5 }),
      );
      const lifecycle = record(feed.lifecycle, brief);
      let release = () => {};
      at(700, () => (release = feed.pause()));
      at(60_700, () => release());
      at(61_600, () => void feed.close());

      flush();

      expect(lifecycle).toEqual([
        '0 connecting 1',
        '0 open 1',
        '500 heartbeat 0',
        '61500 heartbeat 0',
        '61600 close 1000 local',
        '61600 |',
      ]);
    });
  });

  it.each([0, 1, 499, 500, 501, 999])(
    'whose peer died during the pause is found within interval and timeout after it; resumed at 60 s and %i ms',
    (phase) => {
      inVirtualTime(({ cold, at, flush }) => {
        const { transport } = scriptedServer(cold, ['o 999s p'], { p: pong() }); // pings stay unanswered
        const feed = observeWebSocket(
          { url: 'ws://test', transport },
          heartbeat({ interval: 1000, timeout: 700, random: () => 0.5 }),
        );
        const lifecycle = record(feed.lifecycle, brief);
        const release = feed.pause();
        at(60_000 + phase, () => release());

        flush();

        const [found, ...what] = lifecycle.at(-2)!.split(' ');
        expect(what.join(' ')).toBe('close 1006 local unclean');
        expect(Number(found) - 60_000 - phase).toBeLessThanOrEqual(1700);
        expect(lifecycle.at(-1)).toBe(`${found} # HeartbeatTimeoutError`);
      });
    },
  );
});

describe('mergeMapBounded on a connection', () => {
  const slowly = (message: string) => of(message).pipe(delay(10));

  it('stops the server at the mark, over reconnects too, and loses nothing', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['oabcd-e-#', 'ofgh']);
      const feed = observeWebSocket<string>({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      const results = record(
        feed.messages.pipe(mergeMapBounded(slowly, { highWaterMark: 2, lowWaterMark: 1, pausing: feed })),
      );
      let received = 0;
      at(10, () => (received = feed.stats.received));
      at(100, () => void feed.close());

      flush();

      expect(received).toBe(3); // one runs, two wait
      expect(results).toEqual([
        ...['11 "a"', '21 "b"', '31 "c"', '41 "d"', '51 "e"'],
        ...['61 "f"', '71 "g"', '81 "h"'],
        '100 |',
      ]);
    });
  });

  it('lets the others have what it held back, when it leaves', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['oabcd']);
      const feed = observeWebSocket<string>({ url: 'ws://test', transport });
      const others = record(feed.messages);
      const leaving = feed.messages.pipe(mergeMapBounded(() => NEVER, { highWaterMark: 1, pausing: feed })).subscribe();
      at(50, () => leaving.unsubscribe());
      at(60, () => void feed.close());

      flush();

      expect(others).toEqual(['1 "a"', '2 "b"', '50 "c"', '50 "d"', '60 |']);
    });
  });
});

it.each<[string, boolean, (feed: WebSocketConnection, link: Link) => void]>([
  ['close()', false, (feed) => void feed.close()],
  ['close() of a link', false, (_, link) => link.close()],
  ['close(), before all have received an event', true, (feed) => void feed.close()],
  ['close() of a link, before all have received an event', true, (_, link) => link.close()],
])('delivers and counts what it had held back, at %s', (_, isInListener, close) => {
  inVirtualTime(({ cold, at, flush }) => {
    const { transport } = scriptedServer(cold, ['o-a']);
    const feed = observeWebSocket({ url: 'ws://test', transport });
    const log: string[] = [];
    feed.messages.subscribe({ next: (message) => log.push(String(message)), complete: () => log.push('|') });
    feed.lifecycle.pipe(ofType('dropped')).subscribe(() => isInListener && close(feed, feed.link!));
    feed.lifecycle.subscribe((event) => log.push(event.type));

    at(1, () => feed.pause());
    at(5, () => {
      feed.messages.next(1n);
      if (!isInListener) close(feed, feed.link!);
    });
    flush();

    expect(log).toEqual(['open', ...(isInListener ? ['a', 'dropped'] : ['dropped', 'a']), 'close', '|']);
    expect(feed.stats).toMatchObject({ received: 1, dropped: 1 });
  });
});

it('stays paused where a lease is taken while what was held back arrives', () => {
  inVirtualTime(({ cold, flush }) => {
    const { transport } = scriptedServer(cold, ['oabcd-e-#']);
    const feed = observeWebSocket<string>({ url: 'ws://test', transport });
    const lifecycle = record(feed.lifecycle, brief);
    const slowly = (message: string) => of(message).pipe(delay(10));
    feed.messages
      .pipe(mergeMapBounded(slowly, { highWaterMark: 2, lowWaterMark: 1, pausing: feed }))
      .subscribe({ error: () => {} });

    flush();

    expect(lifecycle[2]).toBe('31 close 1006 remote unclean');
  });
});
