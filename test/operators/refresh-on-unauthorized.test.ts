import { asyncScheduler, concat, defer, EMPTY, NEVER, Observable, of, Subject, tap, throwError, timer } from 'rxjs';
import type { ObservableInput } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { onOpen, refreshOnUnauthorized, retryWithBackoff, stopOnFatalClose } from '../../operators/index.js';
import type { RefreshOnUnauthorizedOptions } from '../../operators/index.js';
import { toError } from '../../src/protocol/to-error.js';
import { FatalCloseError, HandshakeError, SetupError, WebSocketError } from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { closeWith, refuseWith, scriptedServer } from '../../src/testing/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import type { VirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';
import { close, closedWith, connecting, open } from './lifecycle-events.js';
import { addsNothingToQuietSources } from './quiet-sources.js';

const c = connecting();
const o = open();
const x = close(4401);
const events = { c, o, x };
const expired = closedWith(4401);
const refusedWith = (status?: number) => new HandshakeError('refused', { status });
const failedSetUp = (cause: unknown) => new SetupError('the set-up failed', { cause });

/** A refresh that can be counted. */
function counted(answer: () => ObservableInput<unknown> = () => EMPTY) {
  return vi.fn<() => ObservableInput<unknown>>(answer);
}

/** What a lifecycle does whose connections end with these errors, and whether it was refreshed for each. */
function endOf(errors: readonly unknown[], options?: RefreshOnUnauthorizedOptions) {
  const refresh = counted();
  const rest = [...errors];
  let end: unknown;
  defer(() => (rest.length ? throwError(() => rest.shift()) : EMPTY))
    .pipe(refreshOnUnauthorized(refresh, options))
    .subscribe({ error: (error: unknown) => (end = error), complete: () => (end = '|') });
  return { end, refreshes: refresh.mock.calls.length };
}

/** A connection on a scripted server under `refreshOnUnauthorized` and what follows it. */
function connect(cold: VirtualTime['cold'], scripts: readonly string[], refresh: () => ObservableInput<unknown>) {
  const values = { u: refuseWith(401), b: refuseWith(503), n: closeWith(4401, 'expired'), g: closeWith(3000) };
  const server = scriptedServer(cold, scripts, values);
  const feed = observeWebSocket<unknown>(
    { url: 'ws://test', transport: server.transport },
    refreshOnUnauthorized(refresh),
    stopOnFatalClose(),
    retryWithBackoff({ delays: [7, 7, 7] }),
  );
  const lifecycle = record(feed.lifecycle, brief);
  const ends: unknown[] = [];
  feed.lifecycle.subscribe({ error: (error: unknown) => ends.push(error) });
  return { feed, server, lifecycle, ends };
}

describe('refreshOnUnauthorized', () => {
  describe('as an operator', () => {
    it('refreshes after a refusal, and subscribes again once that completes', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const attempts = [cold('c-o--x#', { c, o, x }, expired), cold('c-o-|', { c, o })];
        const refresh = cold('        -t-|');
        const refreshSub = '    ------^--!';
        const expected = '      c-o--x---c-o-|';

        const result = defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(() => refresh));

        expectObservable(result).toBe(expected, { c, o, x });
        expectSubscriptions(refresh.subscriptions).toBe(refreshSub);
      });
    });

    it.each<[string, () => ObservableInput<unknown>]>([
      ['is empty', () => EMPTY],
      ['answers in one go', () => ['token', 'another']],
    ])('subscribes again at once, and once, after a refresh that %s', (_what, refresh) => {
      const subscribed = vi.fn();
      const source = new Observable<LifecycleEvent>((subscriber) => {
        subscribed();
        subscriber.next(c);
        if (subscribed.mock.calls.length === 1) subscriber.error(expired);
      });
      const types: string[] = [];

      source.pipe(refreshOnUnauthorized(refresh)).subscribe(({ type }) => types.push(type));

      expect(types).toEqual(['connecting', 'connecting']);
      expect(subscribed).toHaveBeenCalledTimes(2);
    });

    it('waits for a promise', async () => {
      let refreshed!: () => void;
      const refresh = new Promise<void>((resolve) => (refreshed = resolve));
      const attempts = [throwError(() => expired), of(c)];
      const types: string[] = [];
      defer(() => attempts.shift()!)
        .pipe(refreshOnUnauthorized(() => refresh))
        .subscribe(({ type }) => types.push(type));
      expect(types).toEqual([]);

      refreshed();

      await vi.waitFor(() => expect(types).toEqual(['connecting']));
    });

    addsNothingToQuietSources(() => refreshOnUnauthorized(() => NEVER));

    it('ends the refresh when it is unsubscribed', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-#', { c }, expired);
        const refresh = cold('   ----');

        expectObservable(source.pipe(refreshOnUnauthorized(() => refresh)), '^----!').toBe('c', { c });
        expectSubscriptions(source.subscriptions).toBe('^-!');
        expectSubscriptions(refresh.subscriptions).toBe('--^--!');
      });
    });

    it('counts refreshes afresh for every subscription, and for two subscribers apart', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('--#', { c }, expired);
        const refresh = cold('  --|');
        const end = new FatalCloseError(expired);

        const result = source.pipe(refreshOnUnauthorized(() => refresh));

        expectObservable(result, '^      ').toBe('------#', {}, end);
        expectObservable(result, '-^     ').toBe('------#', {}, end);
        expectObservable(result, '-------^').toBe('-------------#', {}, end);
        expectSubscriptions(refresh.subscriptions).toBe(['--^-!', '---------^-!']);
      });
    });

    it('leaves nothing running', () => {
      const clock = new CountingScheduler();
      const source = new Subject<LifecycleEvent>();
      source.pipe(refreshOnUnauthorized(() => EMPTY, { scheduler: clock })).subscribe();

      source.next(o);

      expect(clock.scheduled).toBe(0);
    });
  });

  describe('takes for unauthorized', () => {
    it.each([
      ['close code 3000', closedWith(3000)],
      ['close code 4401', expired],
      ['status 401', refusedWith(401)],
      ['status 407', refusedWith(407)],
      ['a set-up that failed with a code', failedSetUp(expired)],
      ['a set-up that failed with a status', failedSetUp(refusedWith(401))],
      [
        'a set-up that failed with a status of a foreign error',
        failedSetUp(Object.assign(new Error(), { status: 401 })),
      ],
      ['a set-up whose cause is a plain object', failedSetUp({ status: 401 })],
      ['what `onOpen` makes of a plain object', failedSetUp(toError({ status: 401 }))],
      ['a status with Retry-After', new HandshakeError('refused', { status: 401, retryAfter: 7000 })],
    ])('%s', (_what, error) => {
      expect(endOf([error])).toEqual({ end: '|', refreshes: 1 });
    });

    it.each([
      ['an Error', new Error('foreign')],
      ['a string', '4401'],
      ['undefined', undefined],
      ['another code', closedWith(4403)],
      ['another status', refusedWith(403)],
      ['no status', refusedWith()],
      ['a set-up that failed otherwise', failedSetUp(new Error('timeout'))],
      ['a set-up that failed without a cause', new SetupError('odd')],
      ['a code that is no number', Object.assign(new Error(), { code: '4401' })],
      ['a plain object in another error', new WebSocketError('no', { cause: { status: 401 } })],
      ['what is fatal already', new SetupError('banned', { cause: expired, fatal: true })],
    ])('not %s, which passes unchanged', (_what, error) => {
      expect(endOf([error])).toEqual({ end: error, refreshes: 0 });
    });

    it('what its options say', () => {
      expect(endOf([closedWith(4100)], { codes: new Set([4100]) })).toEqual({ end: '|', refreshes: 1 });
      expect(endOf([expired], { codes: [4100] })).toEqual({ end: expired, refreshes: 0 });
      expect(endOf([closedWith(4123)], { codes: (code) => code > 4100 })).toEqual({ end: '|', refreshes: 1 });
      expect(endOf([refusedWith(403)], { statuses: [403] })).toEqual({ end: '|', refreshes: 1 });
      expect(endOf([refusedWith(418)], { statuses: (status) => status === 418 })).toEqual({ end: '|', refreshes: 1 });
      expect(endOf([expired], { statuses: [403] })).toEqual({ end: '|', refreshes: 1 });
    });

    it('nothing that has neither a code nor a status, whatever predicates say', () => {
      const failure = new Error('foreign');

      expect(endOf([failure], { codes: () => true, statuses: () => true })).toEqual({ end: failure, refreshes: 0 });
    });

    it('what a predicate says, which is given the error too', () => {
      const codes = vi.fn((_code: number, error: Error) => error.message.includes('4100'));
      const error = closedWith(4100);

      expect(endOf([error], { codes })).toEqual({ end: '|', refreshes: 1 });
      expect(codes.mock.calls).toEqual([[4100, error]]);
    });

    it('nothing that a predicate cannot judge: what it throws passes in its place', () => {
      const failure = new Error('cannot tell');
      const codes = () => {
        throw failure;
      };

      expect(endOf([expired], { codes })).toEqual({ end: failure, refreshes: 0 });
    });
  });

  describe('refreshes once', () => {
    it('and takes a second refusal for fatal', () => {
      const { end, refreshes } = endOf([expired, refusedWith(401)]);

      expect(refreshes).toBe(1);
      expect(end).toMatchObject({
        name: 'FatalCloseError',
        fatal: true,
        cause: { name: 'HandshakeError', status: 401 },
      });
    });

    it('and passes a second refusal on that says when to come back', () => {
      const later = new HandshakeError('refused', { status: 401, retryAfter: 2000 });

      expect(endOf([expired, later])).toEqual({ end: later, refreshes: 1 });
      expect(endOf([later, later])).toEqual({ end: later, refreshes: 1 });
    });

    it.each([
      ['was open for resetAfter', 'co---x#', 2, '|'],
      ['was open for so long, and emits no close', 'co---#', 2, '|'],
      ['was not open for so long', 'co--x#', 1, '#'],
      ['was not open, however long it took', 'c-----x#', 1, '#'],
    ])('more where the connection in between %s', (_how, between, refreshes, end) => {
      inVirtualTime(({ cold, flush }) => {
        const attempts = [cold('cx#', events, expired), cold(between, events, expired), EMPTY];
        const refresh = counted();
        const log = record(
          defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(refresh, { resetAfter: 4 })),
          ({ type }) => type,
        );

        flush();

        expect(refresh).toHaveBeenCalledTimes(refreshes);
        expect(log.at(-1)!.split(' ')[1]).toBe(end);
      });
    });

    it('and takes a second refusal for fatal, though no `connecting` came before it', () => {
      const attempts = [
        concat(
          of(c),
          throwError(() => expired),
        ),
        throwError(() => refusedWith(401)),
      ];
      const ends: unknown[] = [];

      defer(() => attempts.shift() ?? EMPTY)
        .pipe(refreshOnUnauthorized(() => EMPTY))
        .subscribe({ error: (error: unknown) => ends.push((error as Error).name), complete: () => ends.push('|') });

      expect(ends).toEqual(['FatalCloseError']);
    });

    it('more where the connection in between was open for resetAfter, from its first `open` on', () => {
      inVirtualTime(({ cold, flush }) => {
        const attempts = [cold('cx#', events, expired), cold('co--ox#', events, expired), EMPTY];
        const refresh = counted();
        record(defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(refresh, { resetAfter: 4 })));

        flush();

        expect(refresh).toHaveBeenCalledTimes(2);
      });
    });

    it('more after a connection that was open for resetAfter, whatever the wall clock says', () => {
      const clock = new CountingScheduler();
      const scheduler = { now: () => Date.now(), schedule: clock.schedule };
      const source = new Subject<LifecycleEvent>();
      const attempts = [
        concat(
          of(c),
          throwError(() => expired),
        ),
        source,
        EMPTY,
      ];
      const ends: string[] = [];
      const now = Date.now();
      const wallClock = vi.spyOn(Date, 'now').mockReturnValue(now);
      try {
        defer(() => attempts.shift()!)
          .pipe(refreshOnUnauthorized(() => EMPTY, { scheduler }))
          .subscribe({ error: (error: unknown) => ends.push((error as Error).name) });
        source.next(c);
        source.next(o);

        wallClock.mockReturnValue(now + 3_600_000);
        source.error(expired);
      } finally {
        vi.restoreAllMocks();
      }

      expect(ends).toEqual(['FatalCloseError']);
    });

    it('and does not take the time of a refresh for health', () => {
      inVirtualTime(({ cold, flush }) => {
        const attempts = [cold('cox#', events, expired), cold('cx#', events, expired), EMPTY];
        const refresh = counted(() => timer(60_000));
        record(defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(refresh)));

        flush();

        expect(refresh).toHaveBeenCalledTimes(1);
      });
    });

    it.each([
      ['at once', 0, 2],
      ['never', Infinity, 1],
    ])('more where resetAfter says that a connection is healthy %s', (_when, resetAfter, refreshes) => {
      inVirtualTime(({ cold, flush }) => {
        const attempts = [cold('x#', events, expired), cold('o 60m (x#)', events, expired), EMPTY];
        const refresh = counted();
        record(defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(refresh, { resetAfter })));

        flush();

        expect(refresh).toHaveBeenCalledTimes(refreshes);
      });
    });

    it('for all connections that fail meanwhile', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const refreshing = cold('     ----|');
        const refresh = counted(() => refreshing);
        const failingOnce = (marbles: string) => {
          const attempts = [cold(marbles, events, expired), EMPTY];
          return defer(() => attempts.shift()!).pipe(refreshOnUnauthorized(refresh));
        };

        expectObservable(failingOnce('--#      ')).toBe('------|');
        expectObservable(failingOnce('----#    ')).toBe('------|');
        expectObservable(failingOnce('--------#')).toBe('------------|');
        expectSubscriptions(refreshing.subscriptions).toBe(['--^---!', '--------^---!']);
      });
    });

    it('for each refresh function by itself', () => {
      const first = counted(() => NEVER);
      const second = counted(() => NEVER);
      for (const refresh of [first, second, second]) {
        throwError(() => expired)
          .pipe(refreshOnUnauthorized(refresh))
          .subscribe();
      }

      expect(first).toHaveBeenCalledTimes(1);
      expect(second).toHaveBeenCalledTimes(1);
    });

    it('and goes on for the others when one of them unsubscribes, the first one too', () => {
      const refreshing = new Subject<never>();
      const refresh = counted(() => refreshing);
      const ends: string[] = [];
      const [first] = ['first', 'second'].map((name) => {
        const attempts = [throwError(() => expired), EMPTY];
        return defer(() => attempts.shift()!)
          .pipe(refreshOnUnauthorized(refresh))
          .subscribe({ complete: () => ends.push(name) });
      });
      first!.unsubscribe();

      refreshing.complete();

      expect(ends).toEqual(['second']);
      expect(refresh).toHaveBeenCalledTimes(1);
    });
  });

  describe('errors where the refresh fails', () => {
    function failedRefresh(answer: () => ObservableInput<unknown>): unknown {
      let end: unknown;
      throwError(() => expired)
        .pipe(refreshOnUnauthorized(answer))
        .subscribe({ error: (error: unknown) => (end = error) });
      return end;
    }

    it.each<[string, () => ObservableInput<unknown>, string]>([
      [
        'throws',
        () => {
          throw new TypeError('mine');
        },
        'mine',
      ],
      ['errors', () => throwError(() => new TypeError('mine')), 'mine'],
      ['returns what is no stream', () => undefined as never, "You provided 'undefined' where a stream was expected"],
    ])('because it %s', (_how, refresh, message) => {
      const end = failedRefresh(refresh);

      expect(end).toMatchObject({ name: 'WebSocketError', fatal: false, cause: { name: 'TypeError' } });
      expect((end as Error).message).toContain(`The credentials could not be refreshed: ${message}`);
    });

    it('because it rejects', async () => {
      const failure = new Error('offline');

      const end = await new Promise((resolve) => {
        throwError(() => expired)
          .pipe(refreshOnUnauthorized(() => Promise.reject(failure)))
          .subscribe({ error: resolve });
      });

      expect(end).toMatchObject({ name: 'WebSocketError', cause: failure });
    });

    it.each([
      ['fatal', new WebSocketError('banned', { fatal: true }), true],
      ['fatal, and no error of ours', Object.assign(new Error('banned'), { fatal: true }), true],
      ['unauthorized', Object.assign(new Error('no such session'), { status: 401 }), true],
      ['anything else', Object.assign(new Error('offline'), { code: 'ECONNREFUSED' }), false],
    ])('for good where the failure is %s', (_what, failure, fatal) => {
      expect(failedRefresh(() => throwError(() => failure))).toMatchObject({ fatal, cause: failure });
    });

    it('for good where what is thrown is no Error, and unauthorized', () => {
      expect(failedRefresh(() => throwError(() => ({ status: 401 })))).toMatchObject({ fatal: true });
      expect(failedRefresh(() => throwError(() => ({ status: 503 })))).toMatchObject({ fatal: false });
    });

    it('with the `retryAfter` of the failure', () => {
      const busy = new WebSocketError('too many refreshes', { retryAfter: 60_000 });

      expect(failedRefresh(() => throwError(() => busy))).toMatchObject({ fatal: false, retryAfter: 60_000 });
    });

    it('of all who waited for it, and asks again the next time', () => {
      const answers = [new Subject<never>(), new Subject<never>()];
      const refresh = counted(() => answers[refresh.mock.calls.length - 1]!);
      const ends: unknown[] = [];
      const fail = () =>
        throwError(() => expired)
          .pipe(refreshOnUnauthorized(refresh))
          .subscribe({ error: (error: unknown) => ends.push((error as Error).message) });
      fail();
      fail();

      answers[0]!.error(new Error('offline'));
      expect(ends).toEqual(Array(2).fill('The credentials could not be refreshed: offline'));
      fail();

      expect(refresh).toHaveBeenCalledTimes(2);
    });
  });

  describe('makes one refresh', () => {
    /** A connection whose attempts follow these marbles, under the operator; what it emits, and its end. */
    function connection(
      { cold }: VirtualTime,
      refresh: () => ObservableInput<unknown>,
      attempts: readonly string[],
      options: RefreshOnUnauthorizedOptions = {},
    ): string[] {
      const rest = [...attempts];
      const lifecycle = defer(() => cold(rest.shift() ?? '-', events, expired));
      return record(lifecycle.pipe(refreshOnUnauthorized(refresh, options)), ({ type }) => type);
    }

    it('for an attempt that began before it ended and was refused after it: that connects again at once', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        const first = connection(time, refresh, ['c-x#', 'co']);
        const second = connection(time, refresh, ['c 19ms x#', 'co']);

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(1);
        expect(first).toEqual(['0 connecting', '2 close', '8 connecting', '9 open']);
        expect(second).toEqual(['0 connecting', '20 close', '21 connecting', '22 open']);
      });
    });

    it('for an attempt that began while it ran', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        connection(time, refresh, ['c-x#', 'co']);
        const second = connection(time, refresh, ['---- c 9ms x#', 'co']);

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(1);
        expect(second.slice(2)).toEqual(['15 connecting', '16 open']);
      });
    });

    it('and another one for an attempt that began after it', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        connection(time, refresh, ['c-x#', 'co']);
        connection(time, refresh, ['--------- c-x#', 'co']);

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(2);
      });
    });

    it('and another one where the first one failed', () => {
      inVirtualTime((time) => {
        const answers = [throwError(() => new Error('offline')), timer(5)];
        const refresh = counted(() => answers.shift()!);
        connection(time, refresh, ['c-x#']);
        const second = connection(time, refresh, ['c---x#', 'co']);

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(2);
        expect(second.at(-1)).toBe('11 open');
      });
    });

    it('and takes it for its own: refused again is fatal for all of them', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        const ends = ['c-x#', 'c 19ms x#', 'co 19ms x#'].map((first) =>
          connection(time, refresh, [first, 'c-x#', 'co']),
        );

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(1);
        for (const end of ends) expect(end.at(-1)).toMatch(/ # FatalCloseError$/);
      });
    });

    it('but does not for a connection that had worked: what was refreshed long ago may have expired too', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        connection(time, refresh, ['c-x#', 'co']);
        const second = connection(time, refresh, ['co 9m x#', 'c-x#', 'co']);

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(2);
        expect(second.at(-1)).toMatch(/ open$/);
      });
    });

    it('though the connections have schedulers of their own', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        const late = new CountingScheduler();
        late.oversleep(1e9);
        connection(time, refresh, ['c-x#', 'co'], { scheduler: late });
        connection(time, refresh, ['c 19ms x#', 'co'], { scheduler: new CountingScheduler() });

        time.flush();

        expect(refresh).toHaveBeenCalledTimes(1);
      });
    });

    it('in the second run too', () => {
      inVirtualTime((time) => {
        const refresh = counted(() => timer(5));
        const rest = ['c-x#', 'co-|', 'c-x#', 'co'];
        const source = defer(() => time.cold(rest.shift()!, events, expired)).pipe(refreshOnUnauthorized(refresh));
        const first = record(source, ({ type }) => type);
        let second: string[] = [];
        time.at(50, () => (second = record(source, ({ type }) => type)));

        time.flush();

        expect(first.at(-1)).toBe('11 |');
        expect(second.at(-1)).toBe('59 open');
        expect(refresh).toHaveBeenCalledTimes(2);
      });
    });

    it('for a connection that is refused by what the refresh itself does', () => {
      const refused = new Subject<LifecycleEvent>();
      const refresh = counted(() => {
        refused.error(expired);
        return EMPTY;
      });
      const attempts = [throwError(() => expired), NEVER];
      const others = [refused, NEVER];
      const ends: unknown[] = [];
      const observer = { error: (error: unknown) => ends.push(error) };
      defer(() => others.shift()!)
        .pipe(refreshOnUnauthorized(refresh))
        .subscribe(observer);
      defer(() => attempts.shift()!)
        .pipe(refreshOnUnauthorized(refresh))
        .subscribe(observer);

      expect(refresh).toHaveBeenCalledTimes(1);
      expect([attempts, others, ends]).toEqual([[], [], []]);
    });

    it('anew for a connection that is refused again by what it is connected with at once', () => {
      const refresh = counted(() => EMPTY);
      const attempts = [throwError(() => expired), throwError(() => refusedWith(401))];
      const ends: unknown[] = [];
      const observer = { error: (error: unknown) => ends.push((error as Error).name) };
      defer(() => attempts.shift()!)
        .pipe(refreshOnUnauthorized(refresh))
        .subscribe(observer);
      throwError(() => expired)
        .pipe(refreshOnUnauthorized(refresh))
        .subscribe(observer);

      expect(ends).toEqual(['FatalCloseError', 'FatalCloseError']);
      expect(refresh).toHaveBeenCalledTimes(2);
    });
  });

  describe('gives a refresh some time', () => {
    it.each([
      ['30 s by default', {}, 30_000],
      ['`timeout`', { timeout: 500 }, 500],
    ])('%s, and then errors with a WebSocketError that may be retried', (_what, options, limit) => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('c-#', { c }, expired);
        const refresh = cold('-a-a');
        const cause = new WebSocketError(`It took longer than ${limit} ms.`);
        const end = new WebSocketError(`The credentials could not be refreshed: ${cause.message}`, { cause });

        expectObservable(source.pipe(refreshOnUnauthorized(() => refresh, options))).toBe(
          `c- ${limit}ms #`,
          { c },
          end,
        );
        expectSubscriptions(source.subscriptions).toBe('^-!');
        expectSubscriptions(refresh.subscriptions).toBe(`--^ ${limit - 1}ms !`);
      });
    });

    it('and none where `timeout` is Infinity', () => {
      const clock = new CountingScheduler();

      throwError(() => expired)
        .pipe(refreshOnUnauthorized(() => NEVER, { timeout: Infinity, scheduler: clock }))
        .subscribe();

      expect(clock.scheduled).toBe(0);
    });

    it('which is no longer than timers can take', () => {
      const clock = new CountingScheduler();
      const ends: number[] = [];

      throwError(() => expired)
        .pipe(refreshOnUnauthorized(() => NEVER, { timeout: 1e12, scheduler: clock }))
        .subscribe({ error: () => ends.push(clock.now()) });
      clock.advance(2e12);

      expect(ends).toEqual([2_147_483_647]);
    });

    it.each([
      ['completed', EMPTY],
      ['failed', throwError(() => new Error('offline'))],
      ['was unsubscribed', NEVER],
    ])('as its first connection says, also where one before it %s', (_how, first) => {
      inVirtualTime((time) => {
        const answers = [first, NEVER];
        const refresh = counted(() => answers.shift()!);
        const refused = (limit: number) =>
          throwError(() => expired).pipe(refreshOnUnauthorized(refresh, { timeout: limit }));
        refused(50)
          .subscribe({ error: () => undefined })
          .unsubscribe();

        const second = record(refused(20), ({ type }) => type);
        const joined = record(refused(10), ({ type }) => type);
        time.flush();

        expect(second).toEqual(['20 # WebSocketError']);
        expect(joined).toEqual(['20 # WebSocketError']);
        expect(refresh).toHaveBeenCalledTimes(2);
      });
    });

    it('for all that share it, also those that came later and when the first has unsubscribed', () => {
      const clock = new CountingScheduler();
      const ends: string[] = [];
      const refresh = counted(() => NEVER);
      const wait = (name: string) =>
        throwError(() => expired)
          .pipe(refreshOnUnauthorized(refresh, { scheduler: clock }))
          .subscribe({ error: () => ends.push(`${clock.now()} ${name}`) });

      const first = wait('first');
      clock.advance(20_000);
      wait('second');
      first.unsubscribe();
      clock.advance(20_000);

      expect(ends).toEqual(['30000 second']);
      wait('third');
      expect(refresh).toHaveBeenCalledTimes(2);
    });

    it('and takes no timer with it', () => {
      const clock = new CountingScheduler();
      const waiting = throwError(() => expired)
        .pipe(refreshOnUnauthorized(() => NEVER, { scheduler: clock }))
        .subscribe();
      expect(clock.pending).toBe(1);

      waiting.unsubscribe();

      expect(clock.pending).toBe(0);
    });
  });

  describe('on a connection', () => {
    it('connects with what was refreshed, at once, and each connecting has its close', () => {
      inVirtualTime(({ cold, flush }) => {
        let token = 'stale';
        const server = scriptedServer(cold, ['--u', '--o'], { u: refuseWith(401) });
        const feed = observeWebSocket<unknown>(
          { url: 'ws://test', headers: () => ({ token }), transport: server.transport },
          refreshOnUnauthorized(() => timer(3).pipe(tap(() => (token = 'fresh')))),
          stopOnFatalClose(),
          retryWithBackoff({ delays: [100] }),
        );
        const log = record(feed.lifecycle, brief);
        const sent = record(server.sent);
        feed.messages.next('waits');

        flush();

        expect(server.connections.map(({ headers }) => headers.token)).toEqual(['stale', 'fresh']);
        expect(log).toEqual([
          '0 connecting 1',
          '2 error HandshakeError',
          '2 close 1006 remote unclean',
          '5 connecting 2',
          '7 open 2',
        ]);
        expect(sent).toEqual(['7 "waits"']);
      });
    });

    it.each([
      ['a close', 'o-n', '2 close 4401 expired remote'],
      ['another close', 'o-g', '2 close 3000 remote'],
    ])('refreshes after %s, and stops where the next one comes too soon', (_what, script, closed) => {
      inVirtualTime(({ cold, flush }) => {
        const refresh = counted();
        const { lifecycle, ends } = connect(cold, [script], refresh);

        flush();

        expect(lifecycle).toEqual([
          '0 connecting 1',
          '0 open 1',
          closed,
          '2 connecting 2',
          '2 open 2',
          closed.replace('2', '4'),
          '4 # FatalCloseError',
        ]);
        expect(refresh).toHaveBeenCalledTimes(1);
        expect(ends[0]).toMatchObject({ fatal: true, cause: { name: 'ConnectionClosedError' } });
      });
    });

    it('refreshes every time that a healthy connection is refused', () => {
      inVirtualTime(({ cold, flush }) => {
        const refresh = counted(() => timer(10));
        const { lifecycle } = connect(cold, ['o 5s n', 'o 5s n', 'o 4998ms n'], refresh);

        flush();

        expect(refresh).toHaveBeenCalledTimes(2);
        expect(lifecycle.filter((line) => line.includes('connecting'))).toHaveLength(3);
        expect(lifecycle.at(-1)).toMatch(/# FatalCloseError$/);
      });
    });

    it('refreshes for a set-up that was refused', () => {
      inVirtualTime(({ cold, flush }) => {
        const causes = [refusedWith(401)];
        const refresh = counted();
        const server = scriptedServer(cold, ['o']);
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          onOpen(() => (causes.length ? throwError(() => causes.shift()) : EMPTY)),
          refreshOnUnauthorized(refresh),
        );
        const log = record(feed.lifecycle, brief);

        flush();

        expect(log).toEqual(['0 connecting 1', '0 close 4000 local unclean', '0 connecting 2', '0 open 2']);
        expect(refresh).toHaveBeenCalledTimes(1);
      });
    });

    it('leaves a refresh that failed to retryWithBackoff, which then refreshes again', () => {
      inVirtualTime(({ cold, flush }) => {
        const answers: ObservableInput<unknown>[] = [throwError(() => new Error('offline')), timer(3)];
        const { lifecycle } = connect(cold, ['u', 'u', 'o'], () => answers.shift()!);

        flush();

        expect(lifecycle).toEqual([
          '0 connecting 1',
          '0 error HandshakeError',
          '0 close 1006 remote unclean',
          '0 reconnecting 1 in 7 after WebSocketError',
          '7 connecting 2',
          '7 error HandshakeError',
          '7 close 1006 remote unclean',
          '10 connecting 3',
          '10 open 3',
        ]);
      });
    });

    it('shares one refresh among connections', () => {
      inVirtualTime(({ cold, flush }) => {
        const refresh = counted(() => timer(5));
        const first = connect(cold, ['u', 'o'], refresh);
        const second = connect(cold, ['--u', 'o'], refresh);

        flush();

        expect(refresh).toHaveBeenCalledTimes(1);
        expect(first.lifecycle.at(-1)).toBe('5 open 2');
        expect(second.lifecycle.at(-1)).toBe('5 open 2');
      });
    });

    it('completes where it is closed while it refreshes, and connects no more', () => {
      inVirtualTime(({ cold, at, flush }) => {
        const unsubscribed = vi.fn();
        const { feed, server, lifecycle } = connect(cold, ['u', 'o'], () => new Observable(() => unsubscribed));
        at(3, () => void feed.close());

        flush();

        expect(lifecycle.slice(-2)).toEqual(['0 close 1006 remote unclean', '3 |']);
        expect(unsubscribed).toHaveBeenCalledOnce();
        expect(server.connections).toHaveLength(1);
      });
    });

    it('can be unsubscribed from within the refresh', () => {
      inVirtualTime(({ cold, flush }) => {
        const server = scriptedServer(cold, ['-u', 'o'], { u: refuseWith(401) });
        const refresh = counted(() => {
          subscription.unsubscribe();
          return EMPTY;
        });
        const feed = observeWebSocket(
          { url: 'ws://test', transport: server.transport },
          refreshOnUnauthorized(refresh),
        );
        const subscription = feed.lifecycle.subscribe();

        flush();

        expect(refresh).toHaveBeenCalledTimes(1);
        expect(server.connections).toHaveLength(1);
        expect(asyncScheduler.now()).toBe(1);
      });
    });
  });

  it.each([
    [[undefined], TypeError, 'Expected `refresh` to be a function, got undefined.'],
    [[EMPTY], TypeError, 'Expected `refresh` to be a function, got object.'],
    [
      [() => EMPTY, { codes: 4401 }],
      TypeError,
      'Expected `codes` to be an iterable of numbers or a predicate, got 4401.',
    ],
    [[() => EMPTY, { statuses: ['401'] }], TypeError, 'Expected `statuses` to be an integer of 0 or more, got "401".'],
    [[() => EMPTY, { resetAfter: -1 }], RangeError, 'Expected `resetAfter` to be a number of 0 or more, got -1.'],
    [[() => EMPTY, { resetAfter: '5' }], TypeError, 'Expected `resetAfter` to be a number of 0 or more, got "5".'],
    [[() => EMPTY, { timeout: -1 }], RangeError, 'Expected `timeout` to be a number of 0 or more, got -1.'],
    [[() => EMPTY, { timeout: null }], TypeError, 'Expected `timeout` to be a number of 0 or more, got null.'],
    [[() => EMPTY, { scheduler: null }], TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
  ])('refuses %o when it is made', (args, kind, message) => {
    const make = () => refreshOnUnauthorized(...(args as Parameters<typeof refreshOnUnauthorized>));

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
