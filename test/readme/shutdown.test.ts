import * as rxjs from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import { coldOn, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';
import { blockOf, observeBy, runBlock } from './run-block.js';

const recipe = (part: string) => blockOf('docs/shutdown.md', part);

describe('A graceful shutdown', () => {
  it('saves what arrived before the signal, and closes', async () => {
    const server = scriptedServer(coldOn(), ['oabc']);
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport: server.transport });
    const saved: unknown[] = [];
    let onSignal = () => {};
    const process = { once: (_: 'SIGTERM', listener: () => void) => (onSignal = listener) };
    const save = (trades: unknown) => rxjs.timer(5).pipe(rxjs.tap(() => saved.push(trades)));
    const closes: unknown[] = [];
    server.closes.subscribe((close) => closes.push(close));

    const running = runBlock(recipe('SIGTERM'), { globals: { feed, process, save } });
    feed.messages.subscribe((message) => message === 'c' && onSignal());
    await running;

    expect(saved).toEqual([['a', 'b', 'c']]);
    expect(closes).toEqual([{ code: 1000, reason: 'shutting down' }]);
    expect(feed.state.value.status).toBe('closed');
  });

  it('rejects where the feed failed for good, behind the last batch', async () => {
    const { transport } = scriptedServer(coldOn(), ['oab#']);
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport });
    const saved: unknown[] = [];
    const save = (trades: unknown) => rxjs.timer(5).pipe(rxjs.tap(() => saved.push(trades)));

    const running = runBlock(recipe('SIGTERM'), { globals: { feed, process: { once: () => {} }, save } });

    await expect(running).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    expect(saved).toEqual([['a', 'b']]);
  });

  it('is that of `await using`, which waits until the socket is closed', async () => {
    const server = scriptedServer(coldOn(), ['o'], {}, { reply: () => ({ price: 7 }) });
    let made: WebSocketConnection | undefined;
    const { lastPrice } = (await runBlock(recipe('await using feed'), {
      globals: {
        observeWebSocket: (...args: Parameters<ReturnType<typeof observeBy>>) =>
          (made = observeBy(server.transport)(...args)),
      },
      returned: ['lastPrice'],
    })) as { lastPrice: () => Promise<number> };
    const closes: unknown[] = [];
    server.closes.subscribe((close) => closes.push(close));

    expect(await lastPrice()).toBe(7);
    expect(closes).toEqual([{ code: 1000, reason: '' }]);
    expect(made!.state.value.status).toMatch(/closed|idle/);
  });
});

describe('A connection that lingers', () => {
  const lingering = (act: (feed: WebSocketConnection, at: (frame: number, action: () => void) => void) => void) => {
    let log: string[] = [];
    inVirtualTime(({ cold, flush, at }) => {
      const server = scriptedServer(cold, [`o${'-a'.repeat(50)}`]);
      log = record(server.log, ({ type }) => type);
      const expose = (feed: WebSocketConnection) => act(feed, at);
      const code = `${recipe('linger: 5000')}\nexpose(feed);`;
      void runBlock(code, { globals: { observeWebSocket: observeBy(server.transport), expose } });
      flush();
    });
    return log;
  };

  it('is found by a subscriber that comes in time, who misses what arrived meanwhile', () => {
    let messages: string[] = [];
    const log = lingering((feed, at) => {
      const first = feed.messages.subscribe();
      at(10, () => first.unsubscribe());
      at(96, () => (messages = record(feed.messages, undefined, rxjs.timer(1000))));
    });

    expect(log).toEqual(['0 connect', '6096 close']);
    expect(messages).toEqual(['98 "a"', '100 "a"'].slice(-messages.length));
    expect(messages.length).toBeLessThan(4);
  });

  it('is closed at once by close()', () => {
    const log = lingering((feed, at) => {
      const first = feed.messages.subscribe();
      at(10, () => first.unsubscribe());
      at(20, () => void feed.close());
    });

    expect(log).toEqual(['0 connect', '20 close']);
  });
});
