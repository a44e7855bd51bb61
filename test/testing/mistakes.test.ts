import { asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observeWebSocket } from '../../src/index.node.js';
import { closeWith, coldOn, ping, pong, raw, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('An invalid script', () => {
  it.each([
    ['opens twice', 'oo', 'A script opens its connection twice.'],
    ['sends before it is open', 'a', 'A script sends before its connection is open: put an `o` first.'],
    ['pings before it is open', 'p', 'A script sends before its connection is open: put an `o` first.'],
    ['sends a pong before it is open', 'q', 'A script sends before its connection is open: put an `o` first.'],
  ])('that %s is an error in the test', (_, script, message) => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, [script], { p: ping(), q: pong() });
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({ error: () => undefined });

      expect(flush).toThrow(message);
    });
  });

  it.each([
    [[], '`scripts` to be an array of at least one marble string'],
    ['o', '`scripts` to be an array of at least one marble string'],
    [['o', 1], '`scripts[1]` to be a string'],
  ])('throws when the server is created: %j', (scripts, expectation) => {
    inVirtualTime(({ cold }) => {
      expect(() => scriptedServer(cold, scripts as string[])).toThrow(expectation);
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['undefined', { a: 'a', b: undefined }, 'Expected `values.b` to be a value that can be sent, got undefined.'],
    ['undefined for a letter that is not used', { z: undefined }, 'Expected `values.z` to be a value that can be sent'],
    ['undefined for `o`', { o: undefined }, 'Expected `values.o` to be a value that can be sent'],
    ['a function', { a: () => 1 }, 'Expected `values.a` to be a value of JSON, a Uint8Array or a step, got'],
    [
      'a symbol',
      { a: Symbol('s') },
      'Expected `values.a` to be a value of JSON, a Uint8Array or a step, got Symbol(s).',
    ],
    ['an object without JSON', { a: { toJSON: () => undefined } }, 'Expected `values.a` to be a value of JSON'],
    ['a BigInt', { a: 1n }, 'Expected `values.a` to be a value of JSON, got one that cannot be converted.'],
  ])('throws when the server is created, for a value that cannot be sent: %s', (_, values, message) => {
    inVirtualTime(({ cold }) => {
      expect(() => scriptedServer(cold, ['o-a'], values)).toThrow(message);
      expect(() => scriptedServer(cold, ['o-a'], values)).toThrow(TypeError);
    });
  });

  it('throws with the reason why a value cannot be converted', () => {
    inVirtualTime(({ cold }) => {
      expect(() => scriptedServer(cold, ['o-a'], { a: 1n })).toThrow(
        expect.objectContaining({ cause: expect.any(TypeError) as TypeError }),
      );
    });
  });

  it('may share its values with an expectation: what is no letter of it need not be sent', () => {
    inVirtualTime(({ cold }) => {
      expect(() => scriptedServer(cold, ['o-a'], { x: 1n, f: () => 1 })).not.toThrow();
    });
  });

  it.each([
    () => closeWith(999),
    () => closeWith(5000),
    () => closeWith(1000.5),
    () => refuseWith(199),
    () => refuseWith(600),
    () => refuseWith(400.5),
  ])('throws for an invalid code or status: %s', (make) => {
    expect(make).toThrow(RangeError);
  });
});

describe('`coldOn()` within `TestScheduler.run`', () => {
  const message = '`coldOn()` plays marbles outside `TestScheduler.run`: inside, use the `cold` that it passes.';

  it('throws, with real and with fake timers, at any time', () => {
    inVirtualTime(({ at, flush }) => {
      expect(() => coldOn()).toThrow(message);
      at(5000, () => expect(() => coldOn()).toThrow(message));
      flush();
    });
    vi.useFakeTimers({ now: 0 });
    inVirtualTime(() => expect(() => coldOn()).toThrow(message));
    expect(() => coldOn()).not.toThrow();
    vi.useRealTimers();
    expect(() => coldOn()).not.toThrow();
  });

  it('throws if only its marbles are played there, and leaves the run as it is', () => {
    const cold = coldOn();

    inVirtualTime(({ at, flush }) => {
      expect(() => cold('-a')).toThrow(message);
      const log: number[] = [];
      at(7, () => log.push(asyncScheduler.now()));
      flush();
      expect(log).toEqual([7]);
    });
  });

  it.each([1e12, 1.8e12])('is told from real time whatever a frame of marbles is, at %d', (now) => {
    vi.useFakeTimers({ now });
    Object.assign(TestScheduler, { frameTimeFactor: 1 }); // as within `TestScheduler.run`
    try {
      expect(() => coldOn()).not.toThrow();
    } finally {
      Object.assign(TestScheduler, { frameTimeFactor: 10 });
    }
  });

  it('is the error of an attempt if the server was created before', () => {
    const { transport } = scriptedServer(coldOn(), ['o']);

    inVirtualTime(({ flush }) => {
      const log: unknown[] = [];
      observeWebSocket({ url: 'ws://test', transport }).lifecycle.subscribe({
        error: (error: unknown) => log.push(error),
      });
      flush();

      expect(log).toMatchObject([{ name: 'HandshakeError', message: expect.stringContaining(message) as string }]);
    });
  });
});

describe('A scripted close before the handshake', () => {
  it('is a refusal', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-c'], { c: closeWith(4000) });
      const log = record(observeWebSocket({ url: 'ws://test', transport }).lifecycle, brief);

      flush();

      expect(log).toEqual([
        '0 connecting 1',
        '1 error HandshakeError',
        '1 close 1006 remote unclean',
        '1 # HandshakeError',
      ]);
    });
  });
});

describe('`sent` of a scripted server', () => {
  it('emits text that is not JSON unchanged', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['o-r'], { r: raw('{') });
      const sent: unknown[] = [];
      server.sent.subscribe((message) => sent.push(message));
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      feed.lifecycle.subscribe();
      at(1, () => feed.link!.sendRaw('no JSON'));
      at(2, () => feed.link!.sendRaw(new Uint8Array([1])));

      flush();

      expect(sent).toEqual(['no JSON', new Uint8Array([1])]);
    });
  });
});
