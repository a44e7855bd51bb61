import { concat, defer, of, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { onOpen, retryWithBackoff, stopOnFatalClose } from '../../operators/index.js';
import type { StopOnFatalCloseOptions } from '../../operators/index.js';
import { doubtfulCloseCodes, fatalCloseCodes } from '../../src/protocol/fatal-codes.js';
import {
  ConnectionClosedError,
  FatalCloseError,
  HandshakeError,
  HeartbeatTimeoutError,
  SetupError,
} from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { toError } from '../../src/protocol/to-error.js';
import { closeWith, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { inTurn } from './delays-of.js';
import { close, closedWith, connecting, open, reconnecting } from './lifecycle-events.js';
import { addsNothingToQuietSources } from './quiet-sources.js';

const c = connecting();
const o = open();
const x = close(4401);
const expired = closedWith(4401);
const fatal = new FatalCloseError(expired);

/** What a lifecycle that ends with this error ends with behind the operator. */
function endOf(error: unknown, options?: StopOnFatalCloseOptions): unknown {
  let end: unknown = 'no error';
  throwError(() => error)
    .pipe(stopOnFatalClose(options))
    .subscribe({ error: (thrown: unknown) => (end = thrown) });
  return end;
}

const isFatal = (error: unknown, options?: StopOnFatalCloseOptions) => endOf(error, options) instanceof FatalCloseError;
const refusedWith = (status?: number) => new HandshakeError('refused', { status });
const setUpFailed = (cause: unknown) => new SetupError('the set-up failed', { cause });

/** What a lifecycle with these events and this error ends with behind the operator. */
function endAfter(events: readonly LifecycleEvent[], error: unknown, options?: StopOnFatalCloseOptions): unknown {
  let end: unknown = 'no error';
  concat(
    events,
    throwError(() => error),
  )
    .pipe(stopOnFatalClose(options))
    .subscribe({ error: (thrown: unknown) => (end = thrown) });
  return end;
}

describe('stopOnFatalClose', () => {
  it('passes events on, and puts a FatalCloseError in the place of a fatal end', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  c-o--x#', { c, o, x }, expired);
      const sub = '          ^-----!';
      const expected = '     c-o--x#';

      expectObservable(source.pipe(stopOnFatalClose())).toBe(expected, { c, o, x }, fatal);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('stops at the `reconnecting` event that reports a fatal end, and unsubscribes from the source', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  c-o--xr----c', { c, o, x, r: reconnecting(1, 5, expired) });
      const sub = '          ^-----!';
      const expected = '     c-o--x#';

      expectObservable(source.pipe(stopOnFatalClose())).toBe(expected, { c, o, x }, fatal);
      expectSubscriptions(source.subscriptions).toBe(sub);
    });
  });

  it('lets a `reconnecting` event pass that reports any other end', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const values = { c, r: reconnecting(1, 5, closedWith(1006)) };
      const source = cold('cr----c|', values);

      expectObservable(source.pipe(stopOnFatalClose())).toBe('cr----c|', values);
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });

  it('stops on the error and not on the `close` event before it', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      expectObservable(cold('cox--|', { c, o, x }).pipe(stopOnFatalClose())).toBe('cox--|', { c, o, x });
    });
  });

  it('keeps what it stopped on as the cause', () => {
    expect(endOf(expired)).toMatchObject({
      name: 'FatalCloseError',
      fatal: true,
      message: `No retry can cure this: ${expired.message}`,
    });
    expect((endOf(expired) as FatalCloseError).cause).toBe(expired);
  });

  it.each([
    ['an Error', new Error('foreign')],
    ['a string', 'foreign'],
    ['undefined', undefined],
    ['a heartbeat that failed', new HeartbeatTimeoutError('silent')],
    ['a close that may be retried', closedWith(1006)],
    ['a handshake that may be retried', refusedWith(503)],
    ['a handshake without a status', refusedWith()],
    ['a FatalCloseError', fatal],
    ['a foreign error with a code', Object.assign(new Error(), { code: 4401 })],
  ])('passes any other error on, the very same: %s', (_what, error) => {
    expect(endOf(error)).toBe(error);
  });

  addsNothingToQuietSources(stopOnFatalClose);

  it('judges each subscription by itself', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('c--#', { c }, expired);
      const result = source.pipe(stopOnFatalClose());

      expectObservable(result, '^').toBe(' c--#', { c }, fatal);
      expectObservable(result, '--^').toBe('--c--#', { c }, fatal);
      expectSubscriptions(source.subscriptions).toBe(['^--!', '--^--!']);
    });
  });

  it('asks a predicate with the code or status, and passes on what it throws', () => {
    const thrown = new Error('cannot tell');
    const asked: number[] = [];
    const codes = (code: number) => {
      asked.push(code);
      if (code === 4999) throw thrown;
      return code === 4100;
    };

    expect(isFatal(closedWith(4100), { codes })).toBe(true);
    expect(isFatal(closedWith(4401), { codes })).toBe(false);
    expect(endOf(closedWith(4999), { codes })).toBe(thrown);
    expect(isFatal(refusedWith(401), { codes })).toBe(true);
    expect(asked).toEqual([4100, 4401, 4999]);
    expect(isFatal(refusedWith(503), { statuses: (status) => status === 503 })).toBe(true);
    expect(isFatal(refusedWith(401), { statuses: (status) => status === 503 })).toBe(false);
    expect(isFatal(refusedWith(), { statuses: () => true })).toBe(false); // it has none to be asked about
  });

  it('takes any iterable, more than once', () => {
    function* codes() {
      yield 4100;
      yield 4101;
    }
    const stop = stopOnFatalClose({ codes: codes(), statuses: [503] });
    const ends: unknown[] = [];
    for (const error of [closedWith(4101), closedWith(4100), refusedWith(503), closedWith(4401), refusedWith(401)]) {
      throwError(() => error)
        .pipe(stop)
        .subscribe({ error: (thrown: unknown) => ends.push(thrown instanceof FatalCloseError) });
    }

    expect(ends).toEqual([true, true, true, false, false]);
  });

  it('stops on nothing where the tables are empty', () => {
    expect(isFatal(closedWith(4401), { codes: [] })).toBe(false);
    expect(isFatal(refusedWith(401), { codes: [] })).toBe(true);
    expect(isFatal(refusedWith(401), { statuses: [] })).toBe(false);
    expect(isFatal(closedWith(4401), { statuses: [] })).toBe(true);
  });

  describe('judges by default', () => {
    it.each([
      1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 3001, 3008, 3999, 4000, 4402, 4407, 4408, 4429, 4500, 4501, 4502,
      4503, 4504, 4999,
    ])('%d as worth a retry', (code) => {
      expect(isFatal(closedWith(code))).toBe(false);
    });

    it.each([1002, 1003, 1007, 1008, 1009, 1010, 1015, 3000, 3003, 4400, 4401, 4403, 4404, 4405, 4406, 4409, 4410])(
      '%d as fatal',
      (code) => {
        expect(isFatal(closedWith(code))).toBe(true);
      },
    );

    it.each([408, 425, 429, 500, 501, 502, 503, 504, 599])('status %d as worth a retry', (status) => {
      expect(isFatal(refusedWith(status))).toBe(false);
    });

    it.each([200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 405, 407, 409, 410, 426, 451, 499])(
      'status %d as fatal',
      (status) => {
        expect(isFatal(refusedWith(status))).toBe(true);
      },
    );
  });

  it.each([
    ['standard', [1008, 4401], [1000, 4429]],
    ['graphqlWs', [1002, 1015, 4004, 4429, 4500], [1000, 1012, 4403, 4499]],
    ['discord', [4004, 4014], [4000, 4009, 1008]],
    ['centrifugo', [1009, 3500, 3999, 4500, 4999], [3499, 4000, 4499, 1008]],
    ['pusher', [4000, 4099], [3999, 4100, 4200, 1008]],
  ] as const)('judges by the %s table where it is given', (name, hopeless, curable) => {
    const codes = fatalCloseCodes[name];

    expect(hopeless.map((code) => isFatal(closedWith(code), { codes }))).toEqual(hopeless.map(() => true));
    expect(curable.map((code) => isFatal(closedWith(code), { codes }))).toEqual(curable.map(() => false));
  });

  describe('gives a predicate the error too', () => {
    it('so that the reason can decide', () => {
      const codes = (code: number, error: Error) => code === 1008 && error.message.includes('banned');
      const closed = (reason: string) => new ConnectionClosedError({ code: 1008, reason, wasClean: true });

      expect(isFatal(closed('banned'), { codes })).toBe(true);
      expect(isFatal(closed('Too many requests'), { codes })).toBe(false);
    });

    it('that the connection ended with, once an end', () => {
      const codes = vi.fn(() => false);
      const statuses = vi.fn(() => false);
      const refused = refusedWith(418);
      const failed = setUpFailed({ code: 4100 });

      for (const error of [expired, refused, failed]) endOf(error, { codes, statuses });
      record(of(reconnecting(1, 5, expired)).pipe(stopOnFatalClose({ codes })));

      expect(codes.mock.calls).toEqual([
        [4401, expired],
        [4100, failed],
        [4401, expired],
      ]);
      expect(statuses.mock.calls).toEqual([[418, refused]]);
    });
  });

  describe('looks into a set-up that failed', () => {
    it.each([
      ['a close code', setUpFailed(closedWith(4403))],
      ['a status', setUpFailed(refusedWith(401))],
      ['an error of somebody else with a status', setUpFailed(Object.assign(new Error('no'), { status: 401 }))],
      ['a plain object with a code', setUpFailed({ code: 4403 })],
      ['what `onOpen` makes of a plain object', setUpFailed(toError({ status: 401 }))],
    ])('and stops on %s, with the SetupError as the cause', (_what, error) => {
      expect(endOf(error)).toMatchObject({ name: 'FatalCloseError', fatal: true, cause: error });
    });

    it.each([
      ['another code', setUpFailed(closedWith(4408))],
      ['another status', setUpFailed(refusedWith(503))],
      ['a timeout', setUpFailed(new Error('timeout'))],
      ['nothing', setUpFailed(undefined)],
    ])('and passes on %s', (_what, error) => {
      expect(endOf(error)).toBe(error);
    });

    it('and doubts what is doubtful', () => {
      const missing = setUpFailed({ status: 404 });

      expect(isFatal(missing)).toBe(true);
      expect(endAfter([close(4000, 0)], missing)).toBe(missing);
    });
  });

  describe('doubts some ends', () => {
    const doubtful = [
      ...[...doubtfulCloseCodes].map((code) => [`code ${code}`, closedWith(code)] as const),
      ...[200, 302, 400, 403, 404, 405, 426].map((status) => [`status ${status}`, refusedWith(status)] as const),
    ];
    const final = [
      ...[1010, 1015, 3000, 3003, 4400, 4401, 4403, 4404, 4410].map(
        (code) => [`code ${code}`, closedWith(code)] as const,
      ),
      ...[401, 407].map((status) => [`status ${status}`, refusedWith(status)] as const),
    ];

    it.each(doubtful)(
      '%s: passes it on, the very same, within the grace after a healthy connection',
      (_what, error) => {
        expect(endAfter([close(1006, 0)], error)).toBe(error);
        expect(endAfter([close(1006, 300_000)], error)).toBe(error);
        expect(endAfter([close(1006, 300_001)], error)).toMatchObject({ name: 'FatalCloseError', cause: error });
        expect(endAfter([close(1006)], error)).toMatchObject({ name: 'FatalCloseError', cause: error });
      },
    );

    it.each(final)('%s: stops on it, however healthy the connection was', (_what, error) => {
      expect(endAfter([close(1006, 0)], error)).toMatchObject({ name: 'FatalCloseError', cause: error });
    });

    it('but no other codes of other tables', () => {
      const ofGraphql = { codes: fatalCloseCodes.graphqlWs };

      expect(endAfter([close(1006, 0)], closedWith(1008), ofGraphql)).not.toBeInstanceOf(FatalCloseError);
      expect(endAfter([close(1006, 0)], closedWith(4429), ofGraphql)).toBeInstanceOf(FatalCloseError);
      expect(endAfter([close(1006, 0)], closedWith(1004), ofGraphql)).toBeInstanceOf(FatalCloseError);
    });

    it('in tables of one’s own too', () => {
      expect(endAfter([close(1006, 0)], closedWith(1008), { codes: [1008, 4100] })).toEqual(closedWith(1008));
      expect(isFatal(closedWith(1008), { codes: [1008, 4100] })).toBe(true);
      expect(endAfter([close(1006, 0)], closedWith(4100), { codes: [1008, 4100] })).toBeInstanceOf(FatalCloseError);
      expect(endAfter([close(1006, 0)], refusedWith(503), { statuses: [503] })).toEqual(refusedWith(503));
      expect(endAfter([close(1006, 0)], refusedWith(401), { statuses: new Set([401]) })).toBeInstanceOf(
        FatalCloseError,
      );
    });

    it('but not the word of a predicate', () => {
      const yes = () => true;

      expect(endAfter([close(1006, 0)], closedWith(1008), { codes: yes })).toBeInstanceOf(FatalCloseError);
      expect(endAfter([close(1006, 0)], refusedWith(404), { statuses: yes })).toBeInstanceOf(FatalCloseError);
    });

    it('for `grace` ms', () => {
      const error = closedWith(1008);

      expect(endAfter([close(1006, 50)], error, { grace: 50 })).toBe(error);
      expect(endAfter([close(1006, 51)], error, { grace: 50 })).toBeInstanceOf(FatalCloseError);
      expect(endAfter([close(1006, 1e12)], error, { grace: Infinity })).toBe(error);
      expect(endAfter([close(1006)], error, { grace: Infinity })).toBeInstanceOf(FatalCloseError);
    });

    it('never with a grace of 0, not even where this connection was healthy itself', () => {
      expect(endAfter([close(1006, 0)], closedWith(1008), { grace: 0 })).toBeInstanceOf(FatalCloseError);
    });

    it('by the last `close` before the error, since `connecting`', () => {
      const error = closedWith(1008);

      expect(endAfter([connecting(), close(1006, 0), close(1006)], error)).toBeInstanceOf(FatalCloseError);
      expect(endAfter([connecting(), close(1006), close(1006, 0)], error)).toBe(error);
      expect(endAfter([connecting(), close(1006, 0), connecting()], error)).toBeInstanceOf(FatalCloseError);
      expect(endAfter([connecting(), close(1006, 0), connecting(), open(), close(1008, 9)], error)).toBe(error);
    });

    it('where no `close` was seen, as if there had been no healthy connection', () => {
      expect(endAfter([connecting(), open()], closedWith(1008))).toBeInstanceOf(FatalCloseError);
    });

    it('of each subscription by itself', () => {
      const error = closedWith(1008);
      const ends: LifecycleEvent[][] = [[close(1008, 0)], []];
      const source = defer(() =>
        concat(
          ends.shift()!,
          throwError(() => error),
        ),
      );
      const stopped = source.pipe(stopOnFatalClose());
      const seen: unknown[] = [];

      stopped.subscribe({ error: (end: unknown) => seen.push(end) });
      stopped.subscribe({ error: (end: unknown) => seen.push(end) });

      expect(seen).toEqual([error, expect.any(FatalCloseError)]);
    });
  });

  describe('stops on no end that says when to come back', () => {
    const invited = (status: number, retryAfter: number) => new HandshakeError('refused', { status, retryAfter });

    it.each([
      ['418', invited(418, 3_600_000)],
      ['403', invited(403, 1)],
      ['404, at once', invited(404, 0)],
      ['401', invited(401, 7000)],
      ['a set-up', setUpFailed({ status: 403, retryAfter: 7000 })],
    ])('%s', (_what, error) => {
      expect(endOf(error)).toBe(error);
      expect(endOf(error, { statuses: [401, 403, 404, 418], grace: 0 })).toBe(error);
    });

    it('unless a predicate says so', () => {
      const statuses = (status: number) => status === 418;

      expect(isFatal(invited(418, 7000), { statuses })).toBe(true);
      expect(isFatal(invited(403, 7000), { statuses })).toBe(false);
    });

    it('but on one that says so in a way that cannot be read', () => {
      for (const retryAfter of [NaN, -1, '7']) {
        expect(isFatal(Object.assign(refusedWith(403), { retryAfter }))).toBe(true);
      }
    });
  });

  describe('before and after retryWithBackoff alike', () => {
    const retry = () => retryWithBackoff<LifecycleEvent>({ delays: [5, 5, 5] });
    const busy = closedWith(1008);

    it.each([
      ['before', [stopOnFatalClose(), retry()]],
      ['after', [retry(), stopOnFatalClose()]],
    ] as const)(
      '%s it, 1008 of a connection that worked is retried, and one of its successor stops',
      (_, operators) => {
        inVirtualTime(({ cold, expectObservable }) => {
          const healthy = close(1008, 0);
          const soonAfter = close(1008, 299_999);
          const longAfter = close(1008, 300_001);
          const values = { c, o, x: healthy, y: soonAfter, z: longAfter };
          const source = inTurn<LifecycleEvent>(
            cold('co-x#', values, busy),
            cold('co-y#', values, busy),
            cold('co-z#', values, busy),
          );

          expectObservable(source.pipe(...operators)).toBe(
            'co-xr----co-ys----co-z#',
            { ...values, r: reconnecting(1, 5, busy), s: reconnecting(2, 5, busy) },
            new FatalCloseError(busy),
          );
        });
      },
    );
  });

  describe('on a connection', () => {
    const retry = () => retryWithBackoff<LifecycleEvent>({ delays: [5, 5] });
    const orders = [
      ['before', [stopOnFatalClose(), retry()]],
      ['after', [retry(), stopOnFatalClose()]],
    ] as const;

    function linesOf(scripts: readonly string[], supervision: (typeof orders)[number][1]) {
      let lines: string[] = [];
      let end: unknown;
      inVirtualTime(({ cold }) => {
        const values = {
          f: closeWith(4401, 'expired'),
          u: refuseWith(401),
          n: refuseWith(404),
          b: refuseWith(503, { 'Retry-After': '2' }),
        };
        const server = scriptedServer(cold, scripts, values);
        const feed = observeWebSocket({ url: 'ws://test', transport: server.transport }, ...supervision);
        lines = record(feed.lifecycle, brief);
        feed.messages.subscribe({ error: (error: unknown) => (end = error) });
      });
      return { lines, end };
    }

    it.each(orders)('%s retryWithBackoff, retries what may pass and stops on a fatal code', (_where, supervision) => {
      const { lines, end } = linesOf(['o-a#', 'o--f', 'o'], supervision);

      expect(lines).toEqual([
        '0 connecting 1',
        '0 open 1',
        '3 close 1006 remote unclean',
        '3 reconnecting 1 in 5 after ConnectionClosedError',
        '8 connecting 2',
        '8 open 2',
        '11 close 4401 expired remote',
        '11 # FatalCloseError',
      ]);
      expect(end).toMatchObject({ name: 'FatalCloseError', cause: { code: 4401, reason: 'expired' } });
    });

    it.each(orders)('%s retryWithBackoff, stops on a fatal status', (_where, supervision) => {
      const { lines, end } = linesOf(['b', 'u', 'o'], supervision);

      expect(lines).toEqual([
        '0 connecting 1',
        '0 error HandshakeError',
        '0 close 1006 remote unclean',
        '0 reconnecting 1 in 2000 after HandshakeError',
        '2000 connecting 2',
        '2000 error HandshakeError',
        '2000 close 1006 remote unclean',
        '2000 # FatalCloseError',
      ]);
      expect(end).toMatchObject({ name: 'FatalCloseError', cause: { name: 'HandshakeError', status: 401 } });
    });

    it.each(orders)('%s retryWithBackoff, doubts a refusal soon after a connection that worked', (_, supervision) => {
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const scripts = ['o 120m b', 'n', 'u'];
        const values = { b: closeWith(1008, 'Pong timeout'), n: refuseWith(404), u: refuseWith(401) };
        const { transport } = scriptedServer(cold, scripts, values);
        lines = record(observeWebSocket({ url: 'ws://test', transport }, ...supervision).lifecycle, brief);
      });

      expect(lines.filter((line) => !line.includes('error'))).toEqual([
        '0 connecting 1',
        '0 open 1',
        '7200001 close 1008 Pong timeout remote',
        '7200001 reconnecting 1 in 5 after ConnectionClosedError',
        '7200006 connecting 2',
        '7200006 close 1006 remote unclean',
        '7200006 reconnecting 2 in 5 after HandshakeError',
        '7200011 connecting 3',
        '7200011 close 1006 remote unclean',
        '7200011 # FatalCloseError',
      ]);
    });

    it.each(orders)('%s retryWithBackoff, stops on a refusal of the first attempt', (_where, supervision) => {
      const { lines } = linesOf(['n', 'o'], supervision);

      expect(lines.at(-1)).toBe('0 # FatalCloseError');
    });

    it.each(orders)('%s retryWithBackoff, stops on a set-up refused for good', (_where, supervision) => {
      let lines: string[] = [];
      inVirtualTime(({ cold }) => {
        const { transport } = scriptedServer(cold, ['o']);
        const refused = onOpen(() => throwError(() => closedWith(4403)));
        lines = record(observeWebSocket({ url: 'ws://test', transport }, refused, ...supervision).lifecycle, brief);
      });

      expect(lines).toEqual(['0 connecting 1', '0 close 4000 local unclean', '0 # FatalCloseError']);
    });

    it.each(orders)('%s retryWithBackoff, judges the last error of a retry that gave up', (_where, supervision) => {
      const { lines } = linesOf(['#', '#', 'of'], supervision);

      expect(lines.at(-1)).toBe('11 # FatalCloseError');
    });
  });

  it.each([
    [{ codes: 4401 }, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got 4401.'],
    [{ codes: null }, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got null.'],
    [{ codes: '4401' }, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got "4401".'],
    [{ codes: ['4401'] }, TypeError, 'Expected `codes` to be an integer of 0 or more, got "4401".'],
    [{ codes: [4401.5] }, RangeError, 'Expected `codes` to be an integer of 0 or more, got 4401.5.'],
    [{ codes: new Set(['4401']) }, TypeError, 'Expected `codes` to be an integer of 0 or more, got "4401".'],
    [{ statuses: 401 }, TypeError, 'Expected `statuses` to be an iterable of numbers or a predicate, got 401.'],
    [{ grace: -1 }, RangeError, 'Expected `grace` to be a number of 0 or more, got -1.'],
    [{ grace: NaN }, RangeError, 'Expected `grace` to be a number of 0 or more, got NaN.'],
    [{ grace: '5' }, TypeError, 'Expected `grace` to be a number of 0 or more, got "5".'],
    [{ statuses: [NaN] }, RangeError, 'Expected `statuses` to be an integer of 0 or more, got NaN.'],
  ])('refuses %o when it is made', (options, kind, message) => {
    const make = () => stopOnFatalClose(options as StopOnFatalCloseOptions);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
