import type { SchedulerLike } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import type { WebSocketConfig } from '../../src/index.node.js';
import { expectConfig } from '../../src/connection/config.js';
import { observeWebSocket as observeNative } from '../../src/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';

const bad = (config: unknown) => () => observeWebSocket(config as WebSocketConfig);

describe('observeWebSocket', () => {
  it.each([
    [42, 'Expected `url` to be a string or a URL, or a function that returns it, got undefined.'],
    [null, 'Expected `url` to be a string or a URL, or a function that returns it, got undefined.'],
    [{ url: 42 }, 'Expected `url` to be a string or a URL, or a function that returns it, got 42.'],
    [
      { protocols: [1] },
      'Expected `protocols` to be a string or an array of strings, or a function that returns it, got object.',
    ],
    [
      { headers: 'a: b' },
      'Expected `headers` to be an object of strings, or a function that returns it, got "string".',
    ],
    [
      { headers: { a: 1 } },
      'Expected `headers` to be an object of strings, or a function that returns it, got object.',
    ],
    [{ codec: null }, 'Expected `codec.encode` to be a function, got undefined.'],
    [{ codec: { encode: String } }, 'Expected `codec.decode` to be a function, got undefined.'],
    [{ outbox: { capacity: '1' } }, 'Expected `outbox.capacity` to be an integer of 0 or more, got "1".'],
    [
      { outbox: { overflow: true } },
      'Expected `outbox.overflow` to be one of dropOldest, dropNewest, error, got true.',
    ],
    [{ connectTimeout: '1s' }, 'Expected `connectTimeout` to be a number of 1 or more, got "1s".'],
    [{ closeTimeout: null }, 'Expected `closeTimeout` to be a number of 0 or more, got null.'],
    [{ outbox: { maxBytes: '1' } }, 'Expected `outbox.maxBytes` to be a number of 0 or more, got "1".'],
    [{ pace: 5 }, 'Expected `pace.meter` to be a function, got undefined.'],
    [{ pace: [null] }, 'Expected `pace.meter` to be a function, got undefined.'],
    [{ transport: {} }, 'Expected `transport.open` to be a function, got undefined.'],
    [{ transport: null }, 'Expected `transport.open` to be a function, got undefined.'],
    [{ scheduler: {} }, 'Expected `scheduler.schedule` to be a function, got undefined.'],
  ])('throws a TypeError for %j', (config, message) => {
    const isPartial = typeof config === 'object' && config !== null && !('url' in config);
    const whole = isPartial ? { url: 'ws://test', ...config } : config;

    expect(bad(whole)).toThrow(new TypeError(message));
    expect(bad(whole)).toThrow(TypeError);
  });

  it.each([
    [{ outbox: { capacity: -1 } }, 'Expected `outbox.capacity` to be an integer of 0 or more, got -1.'],
    [{ outbox: { capacity: 1.5 } }, 'Expected `outbox.capacity` to be an integer of 0 or more, got 1.5.'],
    [{ outbox: { maxAge: 0 } }, 'Expected `outbox.maxAge` to be a number of 1 or more, got 0.'],
    [
      { outbox: { overflow: 'drop' } },
      'Expected `outbox.overflow` to be one of dropOldest, dropNewest, error, got "drop".',
    ],
    [{ connectTimeout: 0 }, 'Expected `connectTimeout` to be a number of 1 or more, got 0.'],
    [{ closeTimeout: -1 }, 'Expected `closeTimeout` to be a number of 0 or more, got -1.'],
    [{ linger: NaN }, 'Expected `linger` to be a number of 0 or more, got NaN.'],
  ])('throws a RangeError for %j', (config, message) => {
    expect(bad({ url: 'ws://test', ...config })).toThrow(RangeError);
    expect(bad({ url: 'ws://test', ...config })).toThrow(message);
  });

  it('takes an undefined option as left out, and Infinity as never', () => {
    expect(bad({ url: 'ws://test', codec: undefined, linger: Infinity, connectTimeout: Infinity })).not.toThrow();
  });

  it('measures all its times by the scheduler that it is given', () => {
    const clock = new CountingScheduler();
    const transport = playedSockets({ answersClose: false });
    const times = { connectTimeout: 10, closeTimeout: 20, linger: 30, outbox: { maxAge: 40 } };
    const feed = observeWebSocket<unknown>({ url: 'ws://test', transport, scheduler: clock, ...times });
    const statuses: string[] = [];
    const watching = feed.state.subscribe(({ status }) => statuses.push(`${clock.now()} ${status}`));

    feed.lifecycle.subscribe({ error: () => undefined });
    clock.advance(10);
    const lingering = feed.lifecycle.subscribe();
    transport.socket.open();
    lingering.unsubscribe();
    clock.advance(30);
    clock.advance(20);
    feed.messages.next('stale');
    clock.advance(41);
    feed.messages.next('fresh');
    watching.unsubscribe();

    expect(statuses).toEqual([
      '0 idle',
      '0 connecting',
      '10 closed',
      '10 failed',
      '10 connecting',
      '10 open',
      '40 idle',
    ]);
    expect(transport.calls).toEqual(['terminate', 'close 1000', 'terminate']);
    expect(feed.stats).toMatchObject({ queued: 1, dropped: 1 });
    expect(clock.pending).toBe(0);
  });

  it.each(['connectTimeout', 'closeTimeout', 'linger'])('takes a %s longer than timers can', (name) => {
    const clock = new CountingScheduler();
    const delays: (number | undefined)[] = [];
    const scheduler: SchedulerLike = {
      now: clock.now,
      schedule: (work, delay, state) => {
        delays.push(delay);
        return clock.schedule(work as never, delay, state as never);
      },
    };
    const transport = playedSockets({ answersClose: false });
    const feed = observeWebSocket({ url: 'ws://test', transport, scheduler, [name]: 3_000_000_000 });

    const subscription = feed.lifecycle.subscribe();
    transport.socket.open();
    subscription.unsubscribe();

    expect(delays).toContain(2_147_483_647);
    expect(Math.max(...delays.map((delay) => delay ?? 0))).toBe(2_147_483_647);
  });

  it('throws a TypeError for a supervision that is no operator', () => {
    expect(() => observeWebSocket('ws://test', undefined as never)).toThrow(
      new TypeError('Expected `supervision[0]` to be a function, got undefined.'),
    );
  });

  it('throws a TypeError for headers where they cannot be set', () => {
    const headers = { authorization: 'secret' };

    expect(() => observeNative({ url: 'ws://test', headers })).toThrow(TypeError);
    expect(() => observeNative({ url: 'ws://test', headers: () => headers })).toThrow(
      'Expected `headers` to be left out: this transport cannot set any, got function.',
    );
  });

  it('fails with a clear, fatal error where the platform has no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined);
    let failure: unknown;

    observeNative('ws://test').lifecycle.subscribe({ error: (error: unknown) => (failure = error) });

    vi.unstubAllGlobals();
    expect(failure).toMatchObject({ name: 'HandshakeError', fatal: true });
    expect(String(failure)).toContain('has no WebSocket');
  });
});

describe('expectConfig', () => {
  it.each([
    [{ connectTimeout: 0 }, 'Expected `connectTimeout` to be a number of 1 or more, got 0.'],
    [{ outbox: { capacity: -1 } }, 'Expected `outbox.capacity` to be an integer of 0 or more, got -1.'],
  ])('refuses what a connection refuses: %j', (config, message) => {
    const check = (more: object) => () => expectConfig({ url: 'ws://test', ...more }, playedSockets());

    expect(check(config)).toThrow(message);
    expect(check({})).not.toThrow();
  });
});
