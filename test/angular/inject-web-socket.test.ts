// @vitest-environment happy-dom
import {
  EnvironmentInjector,
  createEnvironmentInjector,
  provideZonelessChangeDetection,
  InjectionToken,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { of, take, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  injectWebSocket,
  provideWebSocketDefaults,
  WEB_SOCKET_FRAME_SCHEDULER,
  WEB_SOCKET_TRANSPORT,
} from '../../src/angular/index.js';
import type { InjectedWebSocket } from '../../src/angular/index.js';
import { retryWithBackoff, text } from '../../src/index.js';
import type { Transport } from '../../src/index.js';
import { scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { detectsChangesOnceAFrame } from './change-detection.js';
import { createTicker } from './ticker.js';
import type { TickerOptions } from './ticker.js';

// The default in Angular 21, but not in 20.
beforeEach(() => TestBed.configureTestingModule({ providers: [provideZonelessChangeDetection()] }));
afterEach(() => TestBed.resetTestingModule());

/** The texts of a page over time. */
function watchPage(scripts: readonly string[], frames: string, until: number, options?: TickerOptions): string[] {
  const lines: string[] = [];
  inVirtualTime(({ cold, animate, at, flush }) => {
    animate(frames);
    const ticker = createTicker(scriptedServer(cold, scripts).transport, options);
    const look = (ms: number) => {
      ticker.render();
      const line = ticker.text();
      if (!lines.at(-1)?.endsWith(`ms: ${line}`)) lines.push(`${ms} ms: ${line}`);
      // After everything else that happens in the next millisecond.
      if (ms < until) at(1, () => at(0, () => look(ms + 1)));
      else ticker.destroy();
    };
    look(0);
    flush();
  });
  return lines;
}

describe('The signals', () => {
  it('follow the server over a reconnect', () => {
    const lines = watchPage(['-o-a---#', '-o--b'], 'xxxxxxxxxxxxxxxxxxxx', 16, {
      supervision: [retryWithBackoff({ delays: [3] })],
    });

    expect(lines).toEqual([
      '0 ms: connecting',
      '1 ms: open',
      '4 ms: open a',
      '7 ms: reconnecting a',
      '10 ms: connecting a',
      '11 ms: open a',
      '15 ms: open b',
    ]);
  });

  it('show the last message of a frame, while `messages` emits all of them', () => {
    inVirtualTime(({ cold, animate, at, flush }) => {
      animate('                               ------x----x');
      const { transport } = scriptedServer(cold, ['o-abcd---e']);
      const ticker = createTicker(transport);
      const messages: string[] = [];
      const latest: (string | undefined)[] = [];
      ticker.feed.messages.subscribe((message) => messages.push(message));
      ticker.render();
      for (const ms of [5, 8, 10, 12]) at(ms, () => latest.push(ticker.feed.latest()));
      at(20, () => ticker.destroy());

      flush();

      expect(messages).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(latest).toEqual([undefined, 'd', 'd', 'e']);
    });
  });

  it('show the end of a run, and its last message, which waits for a frame', () => {
    const lines = watchPage(['-o-a#'], '-------x', 8);

    expect(lines).toEqual(['0 ms: connecting', '1 ms: open', '4 ms: failed', '7 ms: failed a']);
  });

  it('follow the next run', () => {
    inVirtualTime(({ cold, animate, at, flush }) => {
      animate('xxxxxxxxxxxxxxxxxxxx');
      const { transport, connections } = scriptedServer(cold, ['o-#', 'o-a', 'o-b']);
      const { feed, ...ticker } = createTicker(transport);
      const lines: string[] = [];
      const note = () => lines.push(`${feed.state().status} ${feed.latest()}`);
      ticker.render();
      at(3, note);
      at(5, () => void feed.messages.pipe(take(1)).subscribe());
      at(9, note);
      at(10, () => void feed.connection.close());
      at(11, note);
      at(12, () => void feed.messages.pipe(take(1)).subscribe());
      at(16, note);
      at(17, () => ticker.destroy());

      flush();

      expect(lines).toEqual(['failed undefined', 'open a', 'closed a', 'open b']);
      expect(connections).toHaveLength(3);
    });
  });

  it('cannot be written', () => {
    const { feed } = createTicker(playedSockets({ answersClose: false }));

    expect([feed.state, feed.latest].some((signal) => 'set' in signal)).toBe(false);
  });
});

describe('A connection', () => {
  it('starts after the first render, and not before', () => {
    const transport = playedSockets({ answersClose: false });
    let requests = 0;
    const counting: Transport = { ...transport, open: (...args) => (requests++, transport.open(...args)) };
    const ticker = createTicker(counting);
    const before = requests;

    ticker.render();
    ticker.render();

    expect([before, requests]).toEqual([0, 1]);
  });

  it('starts at the first subscription if that is earlier, and its signal is idle until the first render', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      const ticker = createTicker(transport);
      ticker.feed.messages.subscribe();
      flush();
      const before = ticker.feed.state().status;

      ticker.render();

      expect([before, ticker.feed.state().status, connections.length]).toEqual(['idle', 'open', 1]);
      ticker.destroy();
    });
  });

  it('closes with 1000 for all subscribers when its component is destroyed', () => {
    inVirtualTime(({ cold, at, flush, expectObservable }) => {
      const server = scriptedServer(cold, ['o']);
      const ticker = createTicker(server.transport, { supervision: [retryWithBackoff()] });
      const events = record(ticker.feed.connection.lifecycle, brief);
      ticker.render();
      at(3, () => ticker.destroy());

      expectObservable(server.closes).toBe('---c', { c: { code: 1000, reason: '' } });
      flush();

      expect(events).toEqual(['0 connecting 1', '0 open 1', '3 close 1000 local', '3 |']);
    });
  });

  it.each([
    ['connects', ['----o'], 2],
    ['is open', ['o'], 2],
    ['waits for a retry', ['#', 'o'], 2],
    ['waits for a frame', ['oa'], 2],
    ['has ended', ['o#', '#'], 20],
  ])('leaves nothing behind if it %s when its component is destroyed', (_case, scripts, ms) => {
    const time = new CountingScheduler();
    const frames = new CountingScheduler();
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, scripts);
      const ticker = createTicker(server.transport, {
        config: { scheduler: time },
        supervision: [retryWithBackoff({ delays: [10], scheduler: time })],
        providers: [{ provide: WEB_SOCKET_FRAME_SCHEDULER, useValue: frames }],
      });
      ticker.render();
      at(ms, () => {
        time.advance(ms);
        ticker.destroy();
        time.flush();
      });
      flush();

      const { length } = server.connections;
      time.advance(100_000);
      expect([time.pending, frames.pending, server.connections.length]).toEqual([0, 0, length]);
    });
  });

  it('never starts if its component is destroyed before the first render', () => {
    const transport = playedSockets({ answersClose: false });
    const ticker = createTicker(transport);

    ticker.destroy();

    expect(transport.calls).toEqual([]);
    expect(ticker.feed.connection.state.value).toEqual({ status: 'idle' });
  });

  it.each(['open', 'not open'])(
    'makes no socket for who subscribes after it was destroyed, where it was %s',
    (before) => {
      inVirtualTime(({ cold, at, flush }) => {
        const server = scriptedServer(cold, ['o']);
        const ticker = createTicker(server.transport, { supervision: [retryWithBackoff()] });
        if (before === 'open') ticker.render();
        at(3, () => ticker.destroy());
        const seen: unknown[] = [];
        at(5, () => ticker.feed.messages.subscribe({ complete: () => seen.push('completed') }));
        at(6, () => ticker.feed.connection.messages.subscribe({ complete: () => seen.push('completed') }));
        at(7, () => ticker.feed.reconnect());
        flush();

        expect(seen).toContain('completed');
        expect(server.connections).toHaveLength(Number(before === 'open'));
        expect(ticker.feed.connection.state.value.status).not.toBe('open');
      });
    },
  );

  it('makes no socket if its supervision ends it while it connects', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport, connections } = scriptedServer(cold, ['o']);
      const { feed } = createTicker(transport, { supervision: [take(1)] });
      feed.messages.subscribe();
      flush();

      expect(connections).toEqual([]);
    });
  });

  it('shows an error of its supervision as its state', () => {
    const oops = new Error('oops');
    const ticker = createTicker(playedSockets({ answersClose: false }), {
      supervision: [() => throwError(() => oops)],
    });

    ticker.render();

    expect(ticker.feed.state()).toEqual({ status: 'failed', error: oops });
    ticker.destroy();
  });
});

describe('A provided default', () => {
  const connect = (transport: Transport, options: TickerOptions) => {
    const ticker = createTicker(transport, options);
    ticker.render();
    ticker.destroy();
  };

  it('applies to every connection, and a config overrides it', () => {
    inVirtualTime(({ cold }) => {
      const server = scriptedServer(cold, ['o']);
      const defaults = provideWebSocketDefaults({ protocols: 'app', headers: { from: 'app' } });

      connect(server.transport, { providers: [defaults], config: { protocols: 'own' } });

      expect(server.connections).toEqual([{ url: 'ws://test', protocols: ['own'], headers: { from: 'app' } }]);
    });
  });

  it('of the nearest provider applies alone', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      TestBed.configureTestingModule({
        providers: [
          { provide: WEB_SOCKET_TRANSPORT, useValue: server.transport },
          provideWebSocketDefaults({ headers: { from: 'app' } }),
        ],
      });
      const FEED = new InjectionToken<InjectedWebSocket>('feed');
      const route = createEnvironmentInjector(
        [
          provideWebSocketDefaults({ protocols: 'route' }),
          { provide: FEED, useFactory: () => injectWebSocket('ws://test') },
        ],
        TestBed.inject(EnvironmentInjector),
      );
      const feed = route.get(FEED);
      feed.messages.subscribe();
      flush();

      route.destroy();

      expect(server.connections).toEqual([{ url: 'ws://test', protocols: ['route'], headers: {} }]);
      expect(feed.connection.state.value).toMatchObject({ status: 'closed', code: 1000 });
    });
  });

  it('for the transport is overridden by a config', () => {
    inVirtualTime(({ cold }) => {
      const own = scriptedServer(cold, ['o']);
      const provided = scriptedServer(cold, ['o']);

      connect(provided.transport, { config: { transport: own.transport } });

      expect([own.connections.length, provided.connections.length]).toEqual([1, 0]);
    });
  });

  it('applies where a config has undefined', () => {
    inVirtualTime(({ cold }) => {
      const server = scriptedServer(cold, ['o']);

      connect(server.transport, {
        config: { protocols: undefined, scheduler: undefined, transport: undefined },
        providers: [provideWebSocketDefaults({ protocols: 'app', headers: undefined })],
      });

      expect(server.connections).toEqual([{ url: 'ws://test', protocols: ['app'], headers: {} }]);
    });
  });

  it('applies to a call with a URL only', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      TestBed.configureTestingModule({
        providers: [{ provide: WEB_SOCKET_TRANSPORT, useValue: server.transport }],
      });
      for (const url of ['ws://test/text', new URL('ws://test/url')]) {
        TestBed.runInInjectionContext(() => injectWebSocket(url)).messages.subscribe();
      }
      flush();

      expect(server.connections.map(({ url }) => url)).toEqual(['ws://test/text', 'ws://test/url']);
    });
  });

  it('may be a codec', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['oa']);
      const { feed } = createTicker(server.transport, { providers: [provideWebSocketDefaults({ codec: text() })] });
      const messages = record(feed.messages.pipe(take(1)));
      flush();

      expect(messages[0]).toBe(String.raw`1 "\"a\""`);
    });
  });
});

describe('Bad arguments', () => {
  const refused = (...args: unknown[]) => {
    const inject = injectWebSocket as (...args: unknown[]) => unknown;
    return () => TestBed.runInInjectionContext(() => inject(...args));
  };

  it.each([
    [[undefined], '`url`'],
    [[null], '`url`'],
    [[5], '`url`'],
    [[true], '`url`'],
    [[{}], '`url`'],
    [[{ url: 'ws://test', connectTimeout: -1 }], '`connectTimeout`'],
    [[{ url: 'ws://test', scheduler: {} }], '`scheduler.schedule`'],
    [[{ url: 'ws://test', scheduler: null }], '`scheduler.schedule`'],
    [['ws://test', of(1)], '`supervision[0]`'],
    [['ws://test', null], '`supervision[0]`'],
    [['ws://test', 'heartbeat'], '`supervision[0]`'],
    [['ws://test', retryWithBackoff(), 5], '`supervision[1]`'],
  ])('%j throw, by name', (args, name) => {
    expect(refused(...args)).toThrow(`Expected ${name} to be`);
  });

  it('are defaults that are not an object', () => {
    expect(() => provideWebSocketDefaults('wss://x' as never)).toThrow(
      new TypeError('Expected `defaults` to be an object, got "wss://x".'),
    );
    for (const value of [undefined, null, 5])
      expect(() => provideWebSocketDefaults(value as never)).toThrow('Expected `defaults` to be an object, got ');
  });

  it('are not reported outside an injection context: there the error is NG0203', () => {
    expect(() => injectWebSocket('ws://test')).toThrow(/NG0203.*injectWebSocket\(\)/);
  });
});

describe('Without a zone', () => {
  detectsChangesOnceAFrame(provideZonelessChangeDetection);
});
