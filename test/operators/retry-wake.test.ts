import {
  concat,
  defer,
  EMPTY,
  from,
  merge,
  NEVER,
  Observable,
  of,
  queueScheduler,
  Subject,
  switchMap,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { Subscriber } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { retryWithBackoff } from '../../operators/index.js';
import type { RetryWithBackoffOptions } from '../../operators/index.js';
import { online } from '../../src/page/online.js';
import { HandshakeError, WebSocketError } from '../../src/protocol/errors.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { delaysOf, failure, inTurn } from './delays-of.js';
import { close, connecting, open, reconnecting } from './lifecycle-events.js';

const c = connecting();
const o = open();
const x = close();
const comeNow = new WebSocketError('come now', { retryAfter: 0 });

/** When attempts began that fail after so long each; the wakes come at these times. */
function attemptsAt(
  options: RetryWithBackoffOptions,
  { wakes = [] as number[], lasting = 0, error = failure, until = 100_000, clock = new CountingScheduler() } = {},
): number[] {
  const attempts: number[] = [];
  const wake = new Subject<number>();
  for (const at of wakes) clock.schedule(() => wake.next(at), at);
  defer(() => {
    attempts.push(clock.now());
    return timer(lasting, clock);
  })
    .pipe(
      switchMap(() => throwError(() => error)),
      retryWithBackoff({ scheduler: clock, wake, ...options }),
    )
    .subscribe({ error: () => undefined });
  clock.advance(until);
  return attempts;
}

describe('`wake` of retryWithBackoff', () => {
  it('ends a running delay', () => {
    inVirtualTime(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = inTurn(cold('2s #'), cold('a|'));
      const wake = hot('          2s ---w');
      const wakeSub = '           2s ^--!';
      const expected = '          2s ---a|';

      expectObservable(source.pipe(retryWithBackoff({ jitter: 'none', wake }))).toBe(expected);
      expectSubscriptions(wake.subscriptions).toBe(wakeSub);
    });
  });

  it('is subscribed to during delays only, each time anew', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('  --#             ');
      const when = cold('    ---w            ');
      const wake = cold('    ----------------');
      const wakeSubs = ['    --^-!           ', '---------^-!'];
      const whenSubs = ['    ----^--!        ', '-----------^--!'];

      expectObservable(source.pipe(retryWithBackoff({ delays: [2, 2], wake, when }))).toBe('16ms #');
      expectSubscriptions(wake.subscriptions).toBe(wakeSubs);
      expectSubscriptions(when.subscriptions).toBe(whenSubs);
    });
  });

  it('is unsubscribed before the retry begins, and when the wait ends otherwise', () => {
    const clock = new CountingScheduler();
    const wake = new Subject<void>();
    const observed: boolean[] = [];
    const source = defer(() => {
      observed.push(wake.observed);
      return throwError(() => failure);
    });
    const subscription = source.pipe(retryWithBackoff({ scheduler: clock, wake, jitter: 'none' })).subscribe();
    expect(wake.observed).toBe(true);

    clock.advance(2000);
    wake.next();
    subscription.unsubscribe();

    expect(observed).toEqual([false, false, false]);
    expect(wake.observed).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('that comes too early is kept: the retry begins 1 s after the attempt before it began', () => {
    expect(attemptsAt({ delays: [30_000] }, { wakes: [10] })).toEqual([0, 1000]);
    expect(attemptsAt({ delays: [30_000] }, { wakes: [10, 20, 999] })).toEqual([0, 1000]);
    expect(attemptsAt({ delays: [30_000] }, { wakes: [1000] })).toEqual([0, 1000]);
    expect(attemptsAt({ delays: [30_000] }, { wakes: [1001] })).toEqual([0, 1001]);
    expect(attemptsAt({ delays: [30_000] }, { lasting: 700, wakes: [710] })).toEqual([0, 1000]);
    expect(attemptsAt({ delays: [30_000] }, { lasting: 1200, wakes: [1210] })).toEqual([0, 1210]);
  });

  it.each([
    ['the machine slept meanwhile, by as much', 5000, 25_000],
    ['the machine slept for longer than the delay', 50_000, 1000],
    ['somebody has set the clock back, by nothing', -5000, 30_000],
  ])('shortens a delay, of which a part is over, where %s', (_, step, expected) => {
    const clock = new CountingScheduler();
    const frames: number[] = [];
    clock.schedule(() => clock.oversleep(step), 10);

    defer(() => {
      frames.push(clock.frame);
      return throwError(() => failure);
    })
      .pipe(retryWithBackoff({ scheduler: clock, wake: NEVER, delays: [30_000] }))
      .subscribe({ error: () => undefined });
    clock.advance(100_000);

    expect(frames).toEqual([0, expected]);
  });

  it.each([
    ['one', 'all of it', 0, 500],
    ['one', 'just all of it', 0, 1000],
    ['one', 'nothing of it', 1000, 5000],
    ['two', 'a part of it', 400, 5000],
  ])('takes %s for a delay of which %s is fixed', (timers, _, lasting, delay) => {
    const clock = new CountingScheduler();
    const attempts: Subject<never>[] = [];
    defer(() => {
      const attempt = new Subject<never>();
      attempts.push(attempt);
      return attempt;
    })
      .pipe(retryWithBackoff({ scheduler: clock, wake: NEVER, delays: [delay] }))
      .subscribe();

    clock.advance(lasting);
    attempts[0]!.error(failure);
    clock.advance(delay);

    expect(attempts).toHaveLength(2);
    expect(clock.scheduled).toBe(timers === 'one' ? 1 : 2);
  });

  it('does not make a delay longer', () => {
    expect(attemptsAt({ delays: [30] }, { wakes: [10] })).toEqual([0, 30]);
    expect(attemptsAt({ random: () => 0 }, { wakes: [10], until: 150 })).toEqual([0, 100]);
  });

  it('does not cut a floor that the server asked for, which is spread all the same', () => {
    const busy = new HandshakeError('busy', { status: 503, retryAfter: 7000 });
    const options = { delays: [30_000], jitter: 'none' } as const;

    expect(attemptsAt(options, { wakes: [2000], error: busy })).toEqual([0, 7000]);
    expect(attemptsAt(options, { wakes: [7000], error: busy })).toEqual([0, 7000]);
    expect(attemptsAt(options, { wakes: [8000], error: busy })).toEqual([0, 8000]);
    const spread = { initialDelay: 30_000, random: () => 0.5, maxRetries: 1 };
    expect(attemptsAt(spread, { wakes: [2000], error: busy })).toEqual([0, 8500]);
    const ownFloor = { delays: [30_000], waitAfter: () => 4000 };
    expect(attemptsAt(ownFloor, { wakes: [2000] })).toEqual([0, 4000]);
  });

  it('does not end the wait for `when`', () => {
    inVirtualTime(({ cold, hot, expectObservable, expectSubscriptions }) => {
      const source = inTurn(cold('2s #'), cold('a|'));
      const wake = hot('          2s ---w--w--w');
      const when = cold('                ---------y');
      const wakeSub = '           2s ^--!';
      const expected = '          2s 12ms a|';

      expectObservable(source.pipe(retryWithBackoff({ jitter: 'none', wake, when }))).toBe(expected);
      expectSubscriptions(wake.subscriptions).toBe(wakeSub);
    });
  });

  it('is ignored in what it emits while it is being subscribed to', () => {
    expect(attemptsAt({ delays: [3000, 3000], wake: of(1, 2, 3) })).toEqual([0, 3000, 6000]);
    expect(attemptsAt({ delays: [3000], wake: online({}) })).toEqual([0, 3000]);
    expect(attemptsAt({ delays: [3000], wake: EMPTY })).toEqual([0, 3000]);
    expect(attemptsAt({ delays: [3000], wake: merge(of(1), NEVER) })).toEqual([0, 3000]);
  });

  it('makes no hot loop where it emits right after each subscription', () => {
    const clock = new CountingScheduler();
    const delays = [5000, 5000, 5000];

    expect(attemptsAt({ delays, wake: timer(0, clock) }, { clock })).toEqual([0, 1000, 2000, 3000]);
  });

  it('passes its error on, also while it is being subscribed to', () => {
    const broken = new Error('no button');
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('#');
      const wake = cold('--#', undefined, broken);

      expectObservable(source.pipe(retryWithBackoff({ delays: [5], wake }))).toBe('--#', undefined, broken);
      expectObservable(source.pipe(retryWithBackoff({ delays: [5], wake: throwError(() => broken) }))).toBe(
        '#',
        undefined,
        broken,
      );
      expectSubscriptions(source.subscriptions).toBe(['(^!)', '(^!)']);
    });
    const throwing = new Observable(() => {
      throw broken;
    });
    const ends: unknown[] = [];
    throwError(() => failure)
      .pipe(retryWithBackoff({ wake: throwing }))
      .subscribe({ error: (error: unknown) => ends.push(error) });
    expect(ends).toEqual([broken]);
  });

  it('that completes lets the delay run on', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = inTurn(cold('#'), cold('a|'));

      expectObservable(source.pipe(retryWithBackoff({ delays: [5], wake: cold('--|') }))).toBe('-----a|');
    });
  });

  it('that emits while the retry is being subscribed to wakes nothing', () => {
    const clock = new CountingScheduler();
    const wake = new Subject<void>();
    const attempts: number[] = [];
    const source = new Observable((subscriber) => {
      attempts.push(clock.now());
      wake.next();
      subscriber.error(failure);
    });

    source.pipe(retryWithBackoff({ scheduler: clock, wake, delays: [30_000, 30_000] })).subscribe({ error: () => 0 });
    clock.advance(2000);
    wake.next();
    clock.advance(100_000);

    expect(attempts).toEqual([0, 2000, 32_000]);
  });

  it('is not subscribed to where nothing is waited for', () => {
    const wake = vi.fn(() => NEVER);
    const lifecycle = concat(
      of(c),
      throwError(() => failure),
    );

    throwError(() => failure)
      .pipe(retryWithBackoff({ scheduler: queueScheduler, delays: [0], wake: defer(wake) }))
      .subscribe({ error: () => undefined });
    lifecycle.pipe(retryWithBackoff({ delays: [5], wake: defer(wake) }), take(2)).subscribe();

    expect(wake).not.toHaveBeenCalled();
  });

  it('whose teardown unsubscribes lets no `when` be waited for', () => {
    const clock = new CountingScheduler();
    const when = vi.fn(() => NEVER);
    const wake = new Observable(() => () => subscription.unsubscribe());
    const subscription = throwError(() => failure)
      .pipe(retryWithBackoff({ scheduler: clock, delays: [5], wake, when: defer(when) }))
      .subscribe();

    clock.advance(10);

    expect(when).not.toHaveBeenCalled();
  });

  it('wakes all that wait, and each of them once', () => {
    const clock = new CountingScheduler();
    const wake = new Subject<void>();
    const attempts = [0, 0, 0];
    attempts.forEach((_, client) => {
      defer(() => {
        attempts[client]!++;
        return throwError(() => failure);
      })
        .pipe(retryWithBackoff({ scheduler: clock, wake, delays: [30_000, 30_000] }))
        .subscribe({ error: () => undefined });
    });
    clock.advance(2000);

    wake.next();

    expect(attempts).toEqual([2, 2, 2]);
  });

  it('can unsubscribe', () => {
    const clock = new CountingScheduler();
    const wake = new Subject<void>();
    let attempts = 0;
    const source = defer(() => {
      attempts++;
      return throwError(() => failure);
    });
    wake.subscribe(() => subscription.unsubscribe());
    const subscription = source.pipe(retryWithBackoff({ scheduler: clock, wake, delays: [30_000] })).subscribe();
    clock.advance(2000);

    wake.next();
    clock.advance(30_000);

    expect(attempts).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('whose teardown throws keeps no retry from being made', () => {
    vi.useFakeTimers();
    try {
      const clock = new CountingScheduler();
      const spoilt = new Error('spoilt');
      const wakes: Subscriber<unknown>[] = [];
      const wake = new Observable((subscriber) => {
        wakes.push(subscriber);
        return () => {
          throw spoilt;
        };
      });
      const attempts: number[] = [];
      defer(() => {
        attempts.push(clock.now());
        return throwError(() => failure);
      })
        .pipe(retryWithBackoff({ scheduler: clock, wake, delays: [2000, 3000] }))
        .subscribe({ error: () => undefined });

      clock.advance(2000);
      clock.advance(1500);
      wakes[1]!.next('now');

      expect(attempts).toEqual([0, 2000, 3500]);
      expect(() => vi.runAllTimers()).toThrow();
    } finally {
      vi.useRealTimers();
    }
  });

  it('takes anything that can be turned into an Observable', async () => {
    const source = inTurn(timer(1100).pipe(switchMap(() => throwError(() => failure))), of('a'));
    const wake = from(Promise.resolve('now'));

    const value = await new Promise((resolve) =>
      source.pipe(retryWithBackoff({ delays: [60_000], wake })).subscribe(resolve),
    );

    expect(value).toBe('a');
  });
});

describe('`firstDelay` of retryWithBackoff', () => {
  const exact = { jitter: 'none', maxRetries: 4 } as const;

  it('is the first delay in a row, exactly; then the others follow from the first on', () => {
    expect(delaysOf({ ...exact, firstDelay: 2500 })).toEqual([2500, 1000, 2000, 4000]);
    expect(delaysOf({ firstDelay: 2500, maxRetries: 3, random: () => 0.5 })).toEqual([2500, 550, 1050]);
    expect(delaysOf({ firstDelay: 60_000, maxRetries: 1 })).toEqual([60_000]);
  });

  it('is nothing that `decorrelated` grows from', () => {
    const options = { firstDelay: 20_000, jitter: 'decorrelated', maxRetries: 3, random: () => 1 } as const;

    expect(delaysOf(options)).toEqual([20_000, 3000, 9000]);
  });

  it('of 0 is as soon as a second after the attempt began', () => {
    expect(attemptsAt({ ...exact, firstDelay: 0, maxRetries: 1 })).toEqual([0, 1000]);
    expect(attemptsAt({ ...exact, firstDelay: 300, maxRetries: 1 })).toEqual([0, 1000]);
    expect(attemptsAt({ ...exact, firstDelay: 0, maxRetries: 1 }, { lasting: 400 })).toEqual([0, 1000]);
    expect(attemptsAt({ ...exact, firstDelay: 700, maxRetries: 1 }, { lasting: 400 })).toEqual([0, 1100]);
    expect(attemptsAt({ ...exact, firstDelay: 0, maxRetries: 1 }, { lasting: 5000 })).toEqual([0, 5000]);
  });

  it('rolls no dice', () => {
    const random = vi.fn(() => 0.5);

    delaysOf({ firstDelay: 2000, maxRetries: 1, random });

    expect(random).not.toHaveBeenCalled();
  });

  it('is ignored under an explicit schedule', () => {
    expect(delaysOf({ firstDelay: 2000, delays: [1, 2] })).toEqual([1, 2]);
  });

  it('is the first again after a success, and in `reconnecting` what is really waited', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const refused = cold('c 99ms #', { c }, failure);
      const healthy = cold('co 5s x#', { c, o, x }, failure);
      const source = inTurn<LifecycleEvent>(refused, refused, healthy, NEVER);
      const values = {
        c,
        o,
        x,
        r: reconnecting(1, 900, failure),
        s: reconnecting(2, 1000, failure),
        t: reconnecting(1, 0, failure),
      };

      expectObservable(source.pipe(retryWithBackoff({ firstDelay: 0, jitter: 'none' }))).toBe(
        'c 99ms r 899ms c 99ms s 999ms co 5s xt',
        { ...values },
      );
    });
  });
});

describe('`retryAfter: 0`', () => {
  /** A lifecycle that was open for so long when the server said: come now. */
  function delaysAfter(openFor: number | undefined, options: RetryWithBackoffOptions, error = comeNow): number[] {
    const clock = new CountingScheduler();
    const delays: number[] = [];
    const source = new Observable<LifecycleEvent>((subscriber) => {
      subscriber.next(c);
      if (openFor !== undefined) subscriber.next(o);
      return clock.schedule(() => {
        subscriber.next(x);
        subscriber.error(error);
      }, openFor ?? 300);
    });
    source.pipe(retryWithBackoff({ scheduler: clock, jitter: 'none', ...options })).subscribe({
      next: (event) => event.type === 'reconnecting' && delays.push(event.delay),
      error: () => undefined,
    });
    clock.advance((openFor ?? 300) + 1);
    return delays;
  }

  it('after a connection that was a success means at once', () => {
    expect(delaysAfter(5000, {})).toEqual([0]);
    expect(delaysAfter(60_000, { jitter: 'full', random: () => 0.5 })).toEqual([0]);
    expect(delaysAfter(5000, { firstDelay: 3000 })).toEqual([0]);
  });

  it('after any other is as the other delays are', () => {
    expect(delaysAfter(4999, {})).toEqual([1000]);
    expect(delaysAfter(undefined, {})).toEqual([1000]);
  });

  it('begins at the earliest 1 s after the attempt before it', () => {
    expect(delaysAfter(100, { resetAfter: 100 })).toEqual([900]);
    expect(delaysAfter(0, { resetAfter: 0 })).toEqual([1000]);
    expect(delaysAfter(1000, { resetAfter: 0 })).toEqual([0]);
  });

  it('cuts an explicit schedule too, and makes it no longer', () => {
    expect(delaysAfter(5000, { delays: [3000] })).toEqual([0]);
    expect(delaysAfter(100, { delays: [3000], resetAfter: 0 })).toEqual([900]);
    expect(delaysAfter(100, { delays: [50], resetAfter: 0 })).toEqual([50]);
    expect(delaysAfter(5000, { delays: [] })).toEqual([]);
  });

  it('does not undercut what `waitAfter` says', () => {
    expect(delaysAfter(5000, { waitAfter: () => 4000 })).toEqual([4000]);
  });

  it('counts for a stream of values too, where any value is a success', () => {
    const clock = new CountingScheduler();
    const attempts: number[] = [];
    const source = new Observable<string>((subscriber) => {
      attempts.push(clock.now());
      if (attempts.length === 1) subscriber.next('a');
      return clock.schedule(() => subscriber.error(comeNow), 2000);
    });

    source.pipe(retryWithBackoff({ scheduler: clock, jitter: 'none', maxRetries: 2 })).subscribe({ error: () => 0 });
    clock.flush();

    // At once after the value; then 2 s, the second delay in a row.
    expect(attempts).toEqual([0, 2000, 6000]);
  });

  it('counts for the connection that ended, not for a success before an attempt that an operator below made', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = inTurn(cold('co 5s xc 1s #', { c, o, x }, comeNow), NEVER);

      expectObservable(source.pipe(retryWithBackoff({ jitter: 'none' }))).toBe('co 5s xc 1s r', {
        c,
        o,
        x,
        r: reconnecting(1, 1000, comeNow),
      });
    });
  });
});

describe('the second between attempts, under retryWithBackoff', () => {
  it('does not bind an explicit schedule, nor delays that nothing has shortened', () => {
    expect(attemptsAt({ delays: [0, 1, 0] })).toEqual([0, 0, 1, 1]);
    expect(attemptsAt({ random: () => 0, maxRetries: 2 })).toEqual([0, 100, 200]);
    expect(attemptsAt({ initialDelay: 1, jitter: 'none', maxRetries: 2 })).toEqual([0, 1, 3]);
  });

  it('counts from the `connecting` of an attempt that an operator below made', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = inTurn(cold('c- 5s c 99ms #', { c }, failure), NEVER);

      expectObservable(source.pipe(retryWithBackoff({ firstDelay: 0, jitter: 'none' }))).toBe('c- 5s c 99ms r', {
        c,
        r: reconnecting(1, 900, failure),
      });
    });
  });

  it('is no longer than a second, though somebody sets the clock back', () => {
    const clock = new CountingScheduler();
    let offset = 3_600_000;
    const scheduler = { now: () => clock.now() + offset, schedule: clock.schedule };
    const attempts: number[] = [];
    const source = defer(() => {
      attempts.push(clock.now());
      return timer(100, clock).pipe(switchMap(() => throwError(() => failure)));
    });

    source.pipe(retryWithBackoff({ firstDelay: 0, maxRetries: 1, scheduler })).subscribe({ error: () => undefined });
    offset = 0;
    clock.flush();

    expect(attempts).toEqual([0, 1100]);
  });
});

describe('`maxElapsed` of retryWithBackoff, where `when` is waited for', () => {
  const broken = new Error('the last');

  it('gives up with the last error when `when` takes too long', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('--#', undefined, broken);
      const when = cold('     -----------------');
      const whenSub = '  ----^-----!';
      const expected = '  ----------#';

      // It fails at 2; the delay ends at 4; 8 after the failure are over at 10.
      expectObservable(source.pipe(retryWithBackoff({ delays: [2], when, maxElapsed: 8 }))).toBe(
        expected,
        undefined,
        broken,
      );
      expectSubscriptions(source.subscriptions).toBe('^-!');
      expectSubscriptions(when.subscriptions).toBe(whenSub);
    });
  });

  it('lets a retry be made that it allows just so', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = inTurn(cold('--#'), cold('a|'));

      expectObservable(source.pipe(retryWithBackoff({ delays: [2], when: cold('------y'), maxElapsed: 8 }))).toBe(
        '----------a|',
      );
    });
  });

  it('counts from the first failure in a row', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const source = inTurn(cold('#', undefined, failure), cold('--#', undefined, broken));
      const when = inTurn(cold('-y'), NEVER);

      // It fails at 0 and at 5, and waits for `when` from 2 and from 7 on.
      expectObservable(source.pipe(retryWithBackoff({ delays: [2, 2], when, maxElapsed: 20 }))).toBe(
        '20ms #',
        undefined,
        broken,
      );
    });
  });

  it('bounds nothing after `when` has let the retry be made, or the wait was unsubscribed', () => {
    const clock = new CountingScheduler();
    const when = new Subject<void>();
    const source = inTurn(
      throwError(() => failure),
      NEVER,
    );
    const ends = vi.fn();
    const options = { delays: [2], when, maxElapsed: 10, scheduler: clock };
    const one = source.pipe(retryWithBackoff(options)).subscribe({ error: ends });
    clock.advance(5);
    when.next();
    expect(clock.pending).toBe(0);
    one.unsubscribe();

    const other = throwError(() => failure)
      .pipe(retryWithBackoff(options))
      .subscribe({ error: ends });
    clock.advance(5);
    expect(clock.pending).toBe(1);
    other.unsubscribe();
    clock.advance(100);

    expect(clock.pending).toBe(0);
    expect(ends).not.toHaveBeenCalled();
  });

  it('takes no timer where there is no bound', () => {
    const clock = new CountingScheduler();

    throwError(() => failure)
      .pipe(retryWithBackoff({ delays: [2], when: NEVER, scheduler: clock }))
      .subscribe();
    clock.advance(5);

    expect(clock.pending).toBe(0);
  });

  it('may be longer than timers can wait', () => {
    const clock = new CountingScheduler();
    const days = 86_400_000;
    const ends: number[] = [];

    throwError(() => failure)
      .pipe(retryWithBackoff({ delays: [0], when: NEVER, scheduler: clock, maxElapsed: 60 * days }))
      .subscribe({ error: () => ends.push(clock.now()) });
    clock.advance(61 * days);

    expect(ends).toEqual([60 * days]);
  });
});

describe('`when` of retryWithBackoff', () => {
  it('that emits at once makes no hot loop', () => {
    const options = { when: online({}), maxRetries: 20, jitter: 'none' } as const;

    expect(delaysOf(options)).toEqual(delaysOf({ maxRetries: 20, jitter: 'none' }));
  });

  it('is unsubscribed before the retry begins, also where it emits at once', () => {
    const clock = new CountingScheduler();
    let open = 0;
    const when = new Observable((subscriber) => {
      open++;
      subscriber.next(1);
      subscriber.next(2);
      return () => open--;
    });
    const seen: number[] = [];
    const source = defer(() => {
      seen.push(open);
      return throwError(() => failure);
    });

    source.pipe(retryWithBackoff({ scheduler: clock, delays: [1, 1], when })).subscribe({ error: () => undefined });
    clock.flush();

    expect(seen).toEqual([0, 0, 0]);
  });

  it('that unsubscribes while it is being subscribed to lets no retry be made', () => {
    const clock = new CountingScheduler();
    let attempts = 0;
    const when = new Observable((subscriber) => {
      subscription.unsubscribe();
      subscriber.next(1);
    });
    const source = defer(() => {
      attempts++;
      return throwError(() => failure);
    });
    const subscription = source
      .pipe(retryWithBackoff({ scheduler: clock, delays: [1], when, maxElapsed: 9 }))
      .subscribe();

    clock.advance(100);

    expect(attempts).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('works with a scheduler that does not wait', () => {
    const values: string[] = [];

    inTurn(
      throwError(() => failure),
      of('a'),
    )
      .pipe(retryWithBackoff({ scheduler: queueScheduler, delays: [0], when: of(1), wake: of(1) }))
      .subscribe((value) => values.push(value));

    expect(values).toEqual(['a']);
  });
});
