import {
  defer,
  EMPTY,
  finalize,
  NEVER,
  Observable,
  of,
  queueScheduler,
  startWith,
  Subject,
  take,
  throwError,
  timer,
} from 'rxjs';
import type { Subscriber } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { retryWithBackoff } from '../../operators/index.js';
import type { RetryWithBackoffOptions } from '../../operators/index.js';
import { HandshakeError, WebSocketError } from '../../src/protocol/errors.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { delaysOf, failure, inTurn } from './delays-of.js';
import { close, closedWith, connecting, heartbeatEvent, open, reconnecting } from './lifecycle-events.js';

describe('retryWithBackoff', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  describe('as an operator', () => {
    it('subscribes again after each delay, and passes the last error on when they are used up', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  --#           ');
        const subs = [
          '                    ^-!           ',
          '                    -----^-!      ',
          '                    ------------^-!',
        ];
        const expected = '     --------------#';

        const result = source.pipe(retryWithBackoff({ delays: [3, 5] }));

        expectObservable(result).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(subs);
      });
    });

    it('passes values on', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  -a-b-|');
        const sub = '          ^----!';
        const expected = '     -a-b-|';

        expectObservable(source.pipe(retryWithBackoff())).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('completes with an empty source', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  ---|');
        const sub = '          ^--!';

        expectObservable(source.pipe(retryWithBackoff())).toBe('---|');
        expectObservable(EMPTY.pipe(retryWithBackoff())).toBe('|');
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('emits nothing with a source that never emits, and unsubscribes from it on unsubscription', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  -');
        const sub = '          ^----!';

        expectObservable(source.pipe(retryWithBackoff()), sub).toBe('-');
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('unsubscribes from the source when it is unsubscribed in the middle of it', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  -a-b-c-|');
        const sub = '          ^---!';
        const expected = '     -a-b';

        expectObservable(source.pipe(retryWithBackoff()), sub).toBe(expected);
        expectSubscriptions(source.subscriptions).toBe(sub);
      });
    });

    it('ends the wait when it is unsubscribed', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  --#');
        const unsub = '        ^---!';

        expectObservable(source.pipe(retryWithBackoff({ delays: [5] })), unsub).toBe('-');
        expectSubscriptions(source.subscriptions).toBe('^-!');
      });
    });

    it('counts afresh for every subscription', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('#');
        const first = '       ^         ';
        const second = '      ------^   ';
        const expected1 = '   ----#     ';
        const expected2 = '   ----------#';

        const result = source.pipe(retryWithBackoff({ delays: [1, 3] }));

        expectObservable(result, first).toBe(expected1);
        expectObservable(result, second).toBe(expected2);
        expectSubscriptions(source.subscriptions).toBe([
          '(^!)',
          '-(^!)',
          '----(^!)',
          '------(^!)',
          '-------(^!)',
          '----------(^!)',
        ]);
      });
    });

    it('keeps two subscribers apart, and what `decorrelated` remembers', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const options = { initialDelay: 2, jitter: 'decorrelated', maxRetries: 3, random: () => 1 } as const;

        const result = cold('#').pipe(retryWithBackoff(options));

        // 6, 18 and 54 ms for each
        expectObservable(result, '^').toBe('78ms #');
        expectObservable(result, '-----^').toBe('5ms 78ms #');
      });
    });

    it('leaves nothing running when it gives up, completes or is unsubscribed', () => {
      const clock = new CountingScheduler();
      const source = new Subject<string>();
      const options = { delays: [10], scheduler: clock };

      source.pipe(retryWithBackoff(options)).subscribe({ error: () => undefined });
      const waiting = inTurn(
        throwError(() => failure),
        NEVER,
      )
        .pipe(retryWithBackoff(options))
        .subscribe();
      expect(clock.pending).toBe(1);
      waiting.unsubscribe();
      expect(clock.pending).toBe(0);
      source.complete();

      throwError(() => failure)
        .pipe(retryWithBackoff(options))
        .subscribe({ error: () => undefined });
      clock.advance(10);

      expect(clock.pending).toBe(0);
      expect(source.observed).toBe(false);
    });

    it('makes no retry for a subscriber that unsubscribes at the `reconnecting` event', () => {
      const clock = new CountingScheduler();
      let subscriptions = 0;
      const source = new Observable<LifecycleEvent>((subscriber) => {
        subscriptions++;
        subscriber.next(connecting());
        subscriber.error(failure);
      });

      source.pipe(retryWithBackoff({ delays: [10], scheduler: clock }), take(2)).subscribe();
      clock.advance(100);

      expect(clock.scheduled).toBe(0);
      expect(subscriptions).toBe(1);
    });

    it('takes any number of failures at once without growing the stack', () => {
      const attempts = delaysOf({ delays: Array<number>(20_000).fill(0) });

      expect(attempts).toHaveLength(20_000);
      expect(new Set(attempts)).toEqual(new Set([0]));
    });

    it('measures by the async scheduler and asks Math.random by default', () => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('#');

        expectObservable(source.pipe(retryWithBackoff({ maxRetries: 1 }))).toBe('550ms #');
        expectSubscriptions(source.subscriptions).toBe(['(^!)', '550ms (^!)']);
      });
    });
  });

  describe('re-entrancy', () => {
    /** A source whose subscribers are played by hand. */
    function byHand() {
      const subscribers: Subscriber<unknown>[] = [];
      const log: string[] = [];
      const source = new Observable<unknown>((subscriber) => {
        const number = subscribers.push(subscriber);
        log.push(`begin ${number}`);
        return () => log.push(`end ${number}`);
      });
      return { source, subscribers, log };
    }

    it('has one successor for a source that fails again while it is asked whether to retry', () => {
      const clock = new CountingScheduler();
      const { source, subscribers, log } = byHand();
      const seen: unknown[] = [];
      const shouldRetry = () => {
        subscribers[0]!.next('late');
        subscribers[0]!.error('again');
        return true;
      };

      source
        .pipe(retryWithBackoff({ scheduler: clock, delays: [1, 1], shouldRetry }))
        .subscribe((value) => seen.push(value));
      subscribers[0]!.error(failure);
      clock.advance(10);

      expect(log).toEqual(['begin 1', 'end 1', 'begin 2']);
      expect(seen).toEqual([]);
    });

    it('ends where the teardown of the source throws', () => {
      const clock = new CountingScheduler();
      const { source, subscribers } = byHand();
      const seen: unknown[] = [];

      const spoilt = finalize(() => {
        throw failure;
      });

      source
        .pipe(spoilt, retryWithBackoff({ scheduler: clock, delays: [1] }))
        .subscribe({ error: (error: unknown) => seen.push(error) });
      subscribers[0]!.error(new Error('before'));
      clock.flush();

      expect(seen).toEqual([expect.objectContaining({ name: 'UnsubscriptionError', errors: [failure] })]);
      expect(clock.pending).toBe(0);
    });

    it('with a scheduler that does not wait, ends one subscription before it begins the next', () => {
      const log: string[] = [];
      let begun = 0;
      const failing = new Observable<unknown>((subscriber) => {
        const number = ++begun;
        log.push(`begin ${number}`);
        subscriber.error(failure);
        return () => log.push(`end ${number}`);
      });

      failing
        .pipe(retryWithBackoff({ scheduler: queueScheduler, delays: [0] }))
        .subscribe({ error: () => log.push('error') });

      expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'error', 'end 2']);
    });

    it('with a scheduler that does not wait, does not begin again for a subscriber that unsubscribes in shouldRetry', () => {
      const { source, subscribers, log } = byHand();
      const shouldRetry = () => {
        subscription.unsubscribe();
        return true;
      };
      const subscription = source
        .pipe(retryWithBackoff({ scheduler: queueScheduler, delays: [0], shouldRetry }))
        .subscribe();

      subscribers[0]!.error(failure);

      expect(log).toEqual(['begin 1', 'end 1']);
    });
  });

  describe('its delays', () => {
    it('has grown from the first one on, decorrelated, though a close code decided that', () => {
      const restart = closedWith(1012);

      const delays = delaysOf({ jitter: 'decorrelated', maxRetries: 2, random: () => 0.5 }, [restart, failure]);

      expect(delays).toEqual([17_500, 2_000]);
    });

    const fixed = (random: number) => ({ random: () => random, maxRetries: 7 });

    it.each([NaN, undefined, -1, 2, Infinity])(
      'are the longest where random() is no number from 0 to 1: %s',
      (random) => {
        const busy = new HandshakeError('busy', { status: 503, retryAfter: 7000 });
        for (const jitter of ['full', 'equal', 'decorrelated'] as const) {
          const options = { jitter, maxRetries: 3, maxDelay: 5000 };

          expect(delaysOf({ ...options, random: () => random! })).toEqual(delaysOf({ ...options, random: () => 1 }));
          expect(delaysOf({ ...options, random: () => random! }, [busy])).toEqual([10_000, 10_000, 10_000]);
        }
      },
    );

    it.each([
      [0, [100, 100, 100, 100, 100, 100, 100]],
      [0.5, [550, 1050, 2050, 4050, 8050, 15_050, 15_050]],
      [1, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
    ])('have full jitter above 100 ms, from 1 s up to 30 s, by default; random() %d', (random, expected) => {
      expect(delaysOf(fixed(random))).toEqual(expected);
      expect(delaysOf({ ...fixed(random), jitter: 'full', initialDelay: 1000, maxDelay: 30_000, factor: 2 })).toEqual(
        expected,
      );
    });

    it('stay below 100 ms with full jitter where the ceiling does', () => {
      expect(delaysOf({ initialDelay: 40, maxRetries: 3, random: () => 0 })).toEqual([40, 80, 100]);
      expect(delaysOf({ initialDelay: 40, maxRetries: 3, random: () => 0.5 })).toEqual([40, 80, 130]);
    });

    it.each([0, 0.5, 1])('are the ceiling without jitter; random() %d', (random) => {
      expect(delaysOf({ ...fixed(random), jitter: 'none' })).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    });

    it.each([
      [0, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]],
      [0.5, [750, 1500, 3000, 6000, 12_000, 22_500, 22_500]],
      [1, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
    ])('are half the ceiling and a part of the other half with equal jitter; random() %d', (random, expected) => {
      expect(delaysOf({ ...fixed(random), jitter: 'equal' })).toEqual(expected);
    });

    it.each([
      [0, [1000, 1000, 1000, 1000, 1000, 1000, 1000]],
      [0.5, [2000, 3500, 5750, 9125, 14_187.5, 21_781.25, 30_000]],
      [1, [3000, 9000, 27_000, 30_000, 30_000, 30_000, 30_000]],
    ])('grow from the one before with decorrelated jitter; random() %d', (random, expected) => {
      const delays = delaysOf({ ...fixed(random), jitter: 'decorrelated' });

      expect(delays).toHaveLength(expected.length);
      delays.forEach((delay, n) => expect(delay).toBeCloseTo(expected[n]!, 6));
    });

    it('grow anew from the initial delay with decorrelated jitter once it works again', () => {
      const clock = new CountingScheduler();
      const attempts: number[] = [];
      const source = defer(() => {
        attempts.push(clock.now());
        if (attempts.length !== 3) return throwError(() => failure);
        return new Observable<string>((subscriber) => {
          subscriber.next('fine again');
          subscriber.error(failure);
        });
      });

      source.pipe(retryWithBackoff({ jitter: 'decorrelated', random: () => 1, scheduler: clock }), take(2)).subscribe();
      clock.advance(20_000);

      expect(attempts).toEqual([0, 3000, 12_000, 15_000]);
    });

    it('roll once a retry', () => {
      const random = vi.fn(() => 0.5);

      delaysOf({ maxRetries: 3, random });
      expect(random).toHaveBeenCalledTimes(3);
      delaysOf({ maxRetries: 1, random }, [closedWith(1012)]);

      expect(random).toHaveBeenCalledTimes(4);
    });

    it('grow by `factor` from `initialDelay` to `maxDelay`', () => {
      const options = { jitter: 'none', initialDelay: 10, maxDelay: 200, factor: 3, maxRetries: 5 } as const;

      expect(delaysOf(options)).toEqual([10, 30, 90, 200, 200]);
      expect(delaysOf({ ...options, factor: 1 })).toEqual([10, 10, 10, 10, 10]);
      expect(delaysOf({ ...options, maxDelay: 5 })).toEqual([5, 5, 5, 5, 5]);
      expect(delaysOf({ ...options, initialDelay: 1, factor: 1 })).toEqual([1, 1, 1, 1, 1]);
    });

    it.each(['full', 'equal', 'decorrelated', 'none'] as const)(
      'are never longer than timers can take, with jitter %s',
      (jitter) => {
        const cap = 2_147_483_647;
        for (const random of [0, 0.5, 1]) {
          const options = { jitter, initialDelay: 1e12, maxDelay: Infinity, maxRetries: 2, random: () => random };
          for (const delay of delaysOf(options)) expect(delay).toBeLessThanOrEqual(cap);
        }
        expect(delaysOf({ jitter, initialDelay: 2 ** 40, maxDelay: Infinity, maxRetries: 1, random: () => 1 })).toEqual(
          [cap],
        );
      },
    );

    it.each(['full', 'equal', 'decorrelated', 'none'] as const)(
      'are numbers however far they grow, with jitter %s',
      (jitter) => {
        for (const random of [0, 0.5]) {
          const options = { jitter, maxDelay: Infinity, maxRetries: 3, random: () => random };
          const grown = [
            ...delaysOf({ ...options, factor: 1e300 }),
            ...delaysOf({ ...options, initialDelay: Infinity }),
          ];

          expect(grown).toHaveLength(6);
          for (const delay of grown) expect(delay).toSatisfy((ms: number) => ms >= 0 && ms <= 2_147_483_647);
        }
      },
    );

    it('follow an explicit schedule, without jitter', () => {
      const random = vi.fn(() => 0.5);

      expect(delaysOf({ delays: [1, 20, 3, 0], random })).toEqual([1, 20, 3, 0]);
      expect(random).not.toHaveBeenCalled();
    });

    it('are over at once where the schedule is empty', () => {
      expect(delaysOf({ delays: [] })).toEqual([]);
    });

    it('of an explicit schedule are never longer than timers can take', () => {
      expect(delaysOf({ delays: [2 ** 40, Infinity] })).toEqual([2_147_483_647, 2_147_483_647]);
    });
  });

  describe('when it gives up', () => {
    function lastErrorOf(options: RetryWithBackoffOptions, errors: readonly unknown[]): unknown {
      const clock = new CountingScheduler();
      let turn = 0;
      let last: unknown;
      defer(() => throwError(() => errors[Math.min(turn++, errors.length - 1)]))
        .pipe(retryWithBackoff({ scheduler: clock, ...options }))
        .subscribe({ error: (error: unknown) => (last = error) });
      clock.flush();
      return last;
    }

    it.each([
      ['maxRetries', { maxRetries: 1 }],
      ['delays', { delays: [1] }],
      ['maxElapsed', { jitter: 'none', maxElapsed: 1000 }],
      ['shouldRetry', { shouldRetry: (_error: unknown, retry: number) => retry < 2 }],
    ] as const)('because of %s, it passes the last error on, the very same', (_why, options) => {
      const errors = [new Error('first'), new Error('second'), new Error('third')];

      expect(lastErrorOf(options, errors)).toBe(errors[1]);
    });

    it('passes on what is not an Error as it is', () => {
      expect(lastErrorOf({ maxRetries: 0 }, ['just a string'])).toBe('just a string');
      expect(lastErrorOf({ maxRetries: 0 }, [undefined])).toBeUndefined();
    });

    it('it does so after `maxRetries` in a row', () => {
      expect(delaysOf({ maxRetries: 0 })).toHaveLength(0);
      expect(delaysOf({ maxRetries: 1 })).toHaveLength(1);
      expect(delaysOf({ maxRetries: 5 })).toHaveLength(5);
      expect(delaysOf({ maxRetries: 5, delays: [1, 1] })).toHaveLength(2);
    });

    it('it does not by default', () => {
      const clock = new CountingScheduler();
      let attempts = 0;
      const ended = vi.fn();
      defer(() => {
        attempts++;
        return throwError(() => failure);
      })
        .pipe(retryWithBackoff({ jitter: 'none', scheduler: clock }))
        .subscribe({ error: ended });

      clock.advance(31_000 + 1000 * 30_000);

      expect(attempts).toBe(1 + 5 + 1000);
      expect(ended).not.toHaveBeenCalled();
    });

    it('it starts to count again after a value', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const fails = cold('   #');
        const works = cold('   a#');
        const failsSubs = ['   (^!)', '-(^!)', '----(^!)', '-----(^!)'];
        const worksSub = '     --^!';
        const expected = '     --a--#';

        const result = inTurn<string>(fails, fails, works, fails).pipe(retryWithBackoff({ delays: [1, 1] }));

        expectObservable(result).toBe(expected);
        expectSubscriptions(fails.subscriptions).toBe(failsSubs);
        expectSubscriptions(works.subscriptions).toBe(worksSub);
      });
    });

    it('it makes no retry whose wait would end later than `maxElapsed` after the first failure', () => {
      const options = { jitter: 'none', initialDelay: 10, factor: 2 } as const; // 10, 30, 70, 150 after the first

      expect(delaysOf({ ...options, maxElapsed: 69 })).toEqual([10, 20]);
      expect(delaysOf({ ...options, maxElapsed: 70 })).toEqual([10, 20, 40]);
      expect(delaysOf({ ...options, maxElapsed: 9 })).toEqual([]);
      expect(delaysOf({ ...options, maxElapsed: 10 })).toEqual([10]);
      expect(delaysOf({ delays: [0, 0, 0], maxElapsed: 0 })).toEqual([0, 0, 0]);
    });

    it('it counts into `maxElapsed` what the attempts took, but not what came before the first failure', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  ----#');

        const retried = (maxElapsed: number) => source.pipe(retryWithBackoff({ delays: [2, 2, 2], maxElapsed }));

        // It fails at 4, 10 and 16; the waits end at 6, 12 and 18: 2, 8 and 14 after the first failure.
        expectObservable(retried(8)).toBe('16ms #');
        expectObservable(retried(7)).toBe('10ms #');
        expectSubscriptions(source.subscriptions).toBe([
          '^---!',
          '^---!',
          '------^---!',
          '------^---!',
          '------------^---!',
        ]);
      });
    });

    it('it measures `maxElapsed` from the first failure in a row', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const fails = cold('   #  ');
        const works = cold('   --a#');

        const result = inTurn<string>(fails, works, fails).pipe(retryWithBackoff({ delays: [2, 2], maxElapsed: 4 }));

        // It fails at 0, works at 4, fails at 5, 7 and 9.
        expectObservable(result).toBe('----a----#');
      });
    });

    it('it counts no time that the wall clock is set forward', () => {
      const clock = new CountingScheduler();
      const scheduler = { now: () => Date.now(), schedule: clock.schedule };
      const now = Date.now();
      const wallClock = vi.spyOn(Date, 'now').mockReturnValue(now);
      let attempts = 0;
      const source = defer(() => {
        attempts++;
        return throwError(() => failure);
      });
      const options = { delays: [10, 20, 30], maxElapsed: 600_000, scheduler };
      source.pipe(retryWithBackoff(options)).subscribe({ error: () => undefined });

      wallClock.mockReturnValue(now + 3_600_000);
      clock.advance(100);

      expect(attempts).toBe(4);
    });

    it('it gives up rather than undercut a `retryAfter` beyond `maxElapsed`', () => {
      const patient = new WebSocketError('later', { retryAfter: 7000 });

      expect(delaysOf({ maxElapsed: 6999 }, [patient])).toEqual([]);
      expect(delaysOf({ maxElapsed: 7000, jitter: 'none' }, [patient])).toEqual([7000]);
    });

    it('it does so at once on a fatal error, and on no other', () => {
      const fatal = new WebSocketError('hopeless', { fatal: true });
      const brief = { maxRetries: 2 };

      expect(delaysOf(brief, [fatal])).toHaveLength(0);
      expect(delaysOf(brief, [failure, fatal])).toHaveLength(1);
      expect(delaysOf(brief, [new WebSocketError('not so bad')])).toHaveLength(2);
      expect(delaysOf(brief, [closedWith(4401)])).toHaveLength(2);
      expect(delaysOf(brief, [new HandshakeError('no', { status: 401 })])).toHaveLength(2);
      expect(delaysOf(brief, [Object.assign(new Error('not ours'), { fatal: true })])).toHaveLength(2);
      expect(delaysOf(brief, ['a string'])).toHaveLength(2);
    });

    it('it asks `shouldRetry` with the error and the retry to come, counted from 1', () => {
      const errors = [new Error('first'), closedWith(1006), 'third'];
      const shouldRetry = vi.fn((_error: unknown, retry: number) => retry < 3);

      const delays = delaysOf({ shouldRetry, jitter: 'none' }, errors);

      expect(delays).toEqual([1000, 2000]);
      expect(shouldRetry.mock.calls).toEqual([
        [errors[0], 1],
        [errors[1], 2],
        [errors[2], 3],
      ]);
    });

    it('it does not ask `shouldRetry` about fatal errors: fatal is fatal', () => {
      const fatal = new WebSocketError('hopeless', { fatal: true });
      const shouldRetry = vi.fn(() => true);

      expect(delaysOf({ shouldRetry, maxRetries: 2 }, [failure, fatal])).toHaveLength(1);
      expect(shouldRetry.mock.calls).toEqual([[failure, 1]]);
    });

    it('it passes on what `shouldRetry` throws', () => {
      const thrown = new Error('no idea');
      const shouldRetry = () => {
        throw thrown;
      };

      expect(lastErrorOf({ shouldRetry }, [failure])).toBe(thrown);
    });

    it('it passes on what `random` throws', () => {
      const thrown = new Error('no dice');
      const random = () => {
        throw thrown;
      };

      expect(lastErrorOf({ random }, [failure])).toBe(thrown);
    });
  });

  describe('with `when`', () => {
    it('waits after the delay for its first value too', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = inTurn(cold('#'), cold('a|'));
        const when = cold('       ----y--y|');
        const whenSub = '       --^---!     ';
        const expected = '      ------a|    ';

        expectObservable(source.pipe(retryWithBackoff({ delays: [2], when }))).toBe(expected);
        expectSubscriptions(when.subscriptions).toBe(whenSub);
      });
    });

    it('asks it anew for every retry', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('   #');
        const when = cold('     -y');

        expectObservable(source.pipe(retryWithBackoff({ delays: [1, 1], when }))).toBe('----#');
        expectSubscriptions(when.subscriptions).toBe(['-^!', '---^!']);
        expectSubscriptions(source.subscriptions).toBe(['(^!)', '--(^!)', '----(^!)']);
      });
    });

    it('does not ask it when there will be no retry', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const when = cold('y');

        expectObservable(cold('#').pipe(retryWithBackoff({ maxRetries: 0, when }))).toBe('#');
        expectSubscriptions(when.subscriptions).toBe([]);
      });
    });

    it('goes on when it completes without a value', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const source = inTurn(cold('#'), cold('a|'));

        expectObservable(source.pipe(retryWithBackoff({ delays: [2], when: cold('---|') }))).toBe('-----a|');
      });
    });

    it('takes anything that can be turned into an Observable', async () => {
      const source = inTurn(
        throwError(() => failure),
        of('a'),
      );
      const retried = source.pipe(retryWithBackoff({ delays: [0], when: Promise.resolve('online') }));

      const values = await new Promise((resolve) => retried.subscribe(resolve));

      expect(values).toBe('a');
    });

    it('passes its error on', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('#');
        const broken = new Error('no network state');
        const when = cold('---#', undefined, broken);

        expectObservable(source.pipe(retryWithBackoff({ delays: [2], when }))).toBe('-----#', undefined, broken);
        expectSubscriptions(source.subscriptions).toBe('(^!)');
      });
    });

    it('unsubscribes from it on unsubscription', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const when = cold('-');
        const unsub = '      ^------!';

        expectObservable(cold('#').pipe(retryWithBackoff({ delays: [2], when })), unsub).toBe('-');
        expectSubscriptions(when.subscriptions).toBe('--^----!');
      });
    });
  });

  describe('on a lifecycle', () => {
    const c = connecting();
    const o = open();
    const x = close();

    it('emits `reconnecting` before each wait', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('  c-x#', { c, x }, failure);
        const subs = ['        ^--!', '------^--!', '-----------^--!'];
        const expected = '     c-xr--c-xs-c-x#';

        const result = source.pipe(retryWithBackoff({ delays: [3, 2] }));

        expectObservable(result).toBe(
          expected,
          { c, x, r: reconnecting(1, 3, failure), s: reconnecting(2, 2, failure) },
          failure,
        );
        expectSubscriptions(source.subscriptions).toBe(subs);
      });
    });

    it('emits the very error, and one made of it where it is none', () => {
      const clock = new CountingScheduler();
      const events: LifecycleEvent[] = [];
      let turn = 0;
      const source = new Observable<LifecycleEvent>((subscriber) => {
        subscriber.next(c);
        subscriber.error(turn++ === 0 ? failure : 'just a string');
      });

      source
        .pipe(retryWithBackoff({ delays: [1, 1], scheduler: clock }))
        .subscribe({ next: (event) => events.push(event), error: () => undefined });
      clock.flush();

      const [first, second] = events.flatMap((event) => (event.type === 'reconnecting' ? [event.error] : []));
      expect(first).toBe(failure);
      expect(second).toMatchObject({ name: 'WebSocketError', cause: 'just a string' });
    });

    it('emits the delay with all that the server asked for', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const patient = closedWith(4429, 6000);
        const source = cold('c#', { c }, patient);

        expectObservable(source.pipe(retryWithBackoff({ maxRetries: 1, random: () => 0 }))).toBe(
          'cr 5999ms c#',
          { c, r: reconnecting(1, 6000, patient) },
          patient,
        );
      });
    });

    it('is known by the first value: what comes later makes no lifecycle', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const source = cold<unknown>('ac#', { a: 'a', c });

        expectObservable(source.pipe(retryWithBackoff<unknown>({ delays: [3] }), take(4))).toBe('ac---a(c|)', {
          a: 'a',
          c,
        });
      });
    });

    it.each([[null], [undefined], [0], ['connecting'], [{ type: 'open' }], [{ type: 'reconnecting' }]])(
      'is not made by a stream that begins with %j',
      (value) => {
        inVirtualTime(({ cold, expectObservable }) => {
          const source = cold<unknown>('a#', { a: value });

          // Any value ends the row of failures, so that one delay lasts for ever.
          expectObservable(source.pipe(retryWithBackoff<unknown>({ delays: [2] }), take(3))).toBe('a--a--(a|)', {
            a: value,
          });
        });
      },
    );

    /** The retries of a lifecycle, each connection of which is open for so long. */
    function retriesOf(openFor: number | undefined, options: RetryWithBackoffOptions): number[] {
      const clock = new CountingScheduler();
      const retries: number[] = [];
      const source = new Observable<LifecycleEvent>((subscriber) => {
        subscriber.next(c);
        if (openFor !== undefined) subscriber.next(o);
        return timer(openFor ?? 10_000, clock).subscribe(() => subscriber.error(failure));
      });
      source.pipe(retryWithBackoff({ scheduler: clock, delays: [1, 1, 1], ...options })).subscribe({
        next: (event) => {
          if (event.type === 'reconnecting') retries.push(event.retry);
        },
        error: () => undefined,
      });
      clock.advance(100_000);
      return retries.slice(0, 3);
    }

    it.each([
      [4999, {}, [1, 2, 3]],
      [5000, {}, [1, 1, 1]],
      [undefined, {}, [1, 2, 3]],
      [299, { resetAfter: 300 }, [1, 2, 3]],
      [300, { resetAfter: 300 }, [1, 1, 1]],
      [0, { resetAfter: 0 }, [1, 1, 1]],
      [undefined, { resetAfter: 0 }, [1, 2, 3]],
      [30_000, { resetAfter: Infinity }, [1, 2, 3]],
    ])('open for %s ms with %j, counts %j', (openFor, options, expected) => {
      expect(retriesOf(openFor, options)).toEqual(expected);
    });

    it('counts the time of a connection from its `open` on, whatever else it emits', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const h = heartbeatEvent(1);
        const values = { c, o, h, r: reconnecting(1, 1, failure) };
        const refused = cold('   c#', values, failure);
        const healthy = cold('   coh-#', values, failure);
        const expected = '       crcoh-rc';

        const result = inTurn(refused, healthy, NEVER.pipe(startWith(c))).pipe(
          retryWithBackoff({ delays: [1, 1], resetAfter: 3 }),
        );

        expectObservable(result).toBe(expected, values);
      });
    });

    it('counts only the time of the connection that failed, not of one before it', () => {
      const clock = new CountingScheduler();
      const retries: number[] = [];
      let turn = 0;
      const source = new Observable<LifecycleEvent>((subscriber) => {
        const first = turn++ === 0;
        subscriber.next(c);
        if (first) subscriber.next(o);
        return timer(first ? 100 : 6000, clock).subscribe(() => subscriber.error(failure));
      });

      source
        .pipe(retryWithBackoff({ scheduler: clock, delays: [1, 1] }))
        .subscribe({ next: (e) => e.type === 'reconnecting' && retries.push(e.retry), error: () => undefined });
      clock.advance(20_000);

      expect(retries).toEqual([1, 2]);
    });

    it('counts the time until its `close`, not what an operator between them does after it', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const values = { c, o, x, r: reconnecting(1, 1, failure), s: reconnecting(2, 1, failure) };
        const refused = cold('   c#', values, failure);
        const wentOn = cold('    cox 4s c#', values, failure);
        const expected = '     crcox 4s cs';

        const result = inTurn(refused, wentOn, NEVER).pipe(retryWithBackoff({ delays: [1, 1], resetAfter: 3000 }));

        expectObservable(result).toBe(expected, values);
      });
    });

    it.each([
      ['', 'cox 4s #', 's'],
      [', and counts it though an operator between them goes on at once', 'co 4s xc#', 'r'],
    ])('counts the time until its `close`, not until its error%s', (_, second, then) => {
      inVirtualTime(({ cold, expectObservable }) => {
        const values = { c, o, x, r: reconnecting(1, 1, failure), s: reconnecting(2, 1, failure) };
        const refused = cold('c#', values, failure);

        const result = inTurn(refused, cold(second, values, failure), NEVER).pipe(
          retryWithBackoff({ delays: [1, 1], resetAfter: 3000 }),
        );

        expectObservable(result).toBe(`cr${second.replace('#', then)}`, values);
      });
    });

    it('counts no time of one that never opened, whatever it emits', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const j: LifecycleEvent = { type: 'rejected', data: '{', error: failure };
        const values = { c, j, r: reconnecting(1, 1, failure), s: reconnecting(2, 1, failure) };
        const refused = cold('   c#', values, failure);
        const notSetUp = cold('  cj 9s #', values, failure);
        const expected = '       crcj 9s s';

        const result = inTurn(refused, notSetUp, NEVER).pipe(retryWithBackoff({ delays: [1, 1] }));

        expectObservable(result).toBe(expected, values);
      });
    });

    it('counts from the first `open`, though an operator below repeats it', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const values = { c, o, x, r: reconnecting(1, 1, failure), s: reconnecting(2, 1, failure) };
        const refused = cold('   c#', values, failure);
        const repeated = cold('  co--ox#', values, failure);
        const expected = '       crco--oxr';

        const result = inTurn(refused, repeated, NEVER).pipe(retryWithBackoff({ delays: [1, 1], resetAfter: 4 }));

        expectObservable(result).toBe(expected, values);
      });
    });

    it('counts no time from the `open` of a connection whose `close` was lost', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const values = { c, o, x, r: reconnecting(1, 1, failure), s: reconnecting(2, 1, failure) };
        const refused = cold('   c#', values, failure);
        const lost = cold('      co 9s cx#', values, failure);
        const expected = '       crco 9s cxs';

        const result = inTurn(refused, lost, NEVER).pipe(retryWithBackoff({ delays: [1, 1] }));

        expectObservable(result).toBe(expected, values);
      });
    });

    it('begins the delays, and the time that `maxElapsed` measures, anew once it was healthy', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const fails = cold('  c#', { c }, failure);
        const healthy = cold('co--x#', { c, o, x }, failure);
        const result = inTurn<LifecycleEvent>(fails, healthy, fails).pipe(
          retryWithBackoff({ initialDelay: 2, jitter: 'none', resetAfter: 3, maxElapsed: 5 }),
        );
        const values = {
          c,
          o,
          x,
          r: reconnecting(1, 2, failure), // fails at 1, connects at 3, fails at 8: healthy
          s: reconnecting(2, 4, failure),
        };

        // then at 11: 3 after the first, and 4 more are too many
        expectObservable(result).toBe('cr-co--xr-c#', values, failure);
      });
    });

    it('completes with it, and emits no `reconnecting` then', () => {
      inVirtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('co-x|', { c, o, x });

        expectObservable(source.pipe(retryWithBackoff())).toBe('co-x|', { c, o, x });
        expectSubscriptions(source.subscriptions).toBe('^---!');
      });
    });

    it('emits no `reconnecting` when it gives up', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const source = cold('c#', { c }, failure);

        expectObservable(source.pipe(retryWithBackoff({ maxRetries: 0 }))).toBe('c#', { c }, failure);
        expectObservable(source.pipe(retryWithBackoff({ shouldRetry: () => false }))).toBe('c#', { c }, failure);
        expectObservable(source.pipe(retryWithBackoff({ maxElapsed: 1, jitter: 'none' }))).toBe('c#', { c }, failure);
      });
    });
  });

  it.each<[RetryWithBackoffOptions | Record<string, unknown>, typeof TypeError | typeof RangeError, string]>([
    [{ initialDelay: -1 }, RangeError, 'Expected `initialDelay` to be a number of 1 or more, got -1.'],
    [{ initialDelay: '1' }, TypeError, 'Expected `initialDelay` to be a number of 1 or more, got "1".'],
    [{ initialDelay: 0 }, RangeError, 'Expected `initialDelay` to be a number of 1 or more, got 0.'],
    [{ initialDelay: 0.5 }, RangeError, 'Expected `initialDelay` to be a number of 1 or more, got 0.5.'],
    [{ maxDelay: NaN }, RangeError, 'Expected `maxDelay` to be a number of 1 or more, got NaN.'],
    [{ maxDelay: 0 }, RangeError, 'Expected `maxDelay` to be a number of 1 or more, got 0.'],
    [{ firstDelay: -1 }, RangeError, 'Expected `firstDelay` to be a number of 0 or more, got -1.'],
    [{ firstDelay: null }, TypeError, 'Expected `firstDelay` to be a number of 0 or more, got null.'],
    [{ factor: 0.5 }, RangeError, 'Expected `factor` to be a number of 1 or more, got 0.5.'],
    [{ jitter: 'some' }, RangeError, 'Expected `jitter` to be one of full, equal, decorrelated, none, got "some".'],
    [{ jitter: true }, TypeError, 'Expected `jitter` to be one of full, equal, decorrelated, none, got true.'],
    [{ delays: 5 }, TypeError, 'Expected `delays` to be an array of milliseconds, got 5.'],
    [{ delays: [1, -2] }, RangeError, 'Expected `delays[1]` to be a number of 0 or more, got -2.'],
    [{ maxRetries: -1 }, RangeError, 'Expected `maxRetries` to be an integer of 0 or more, got -1.'],
    [{ maxRetries: 1.5 }, RangeError, 'Expected `maxRetries` to be an integer of 0 or more, got 1.5.'],
    [{ maxElapsed: -1 }, RangeError, 'Expected `maxElapsed` to be a number of 0 or more, got -1.'],
    [{ resetAfter: null }, TypeError, 'Expected `resetAfter` to be a number of 0 or more, got null.'],
    [{ waitAfter: 5 }, TypeError, 'Expected `waitAfter` to be a function, got 5.'],
    [{ maxRetryAfter: NaN }, RangeError, 'Expected `maxRetryAfter` to be a number of 0 or more, got NaN.'],
    [{ shouldRetry: 3 }, TypeError, 'Expected `shouldRetry` to be a function, got 3.'],
    [{ scheduler: 1 }, TypeError, 'Expected `scheduler.schedule` to be a function, got undefined.'],
    [{ random: 0.5 }, TypeError, 'Expected `random` to be a function, got 0.5.'],
  ])('refuses %j when it is made', (options, kind, message) => {
    const make = () => retryWithBackoff(options as RetryWithBackoffOptions);

    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });

  it.each(['when', 'wake'])('refuses as `%s` what is no Observable when it is made', (name) => {
    for (const value of [5, null, {}, () => EMPTY]) {
      const make = () => retryWithBackoff({ [name]: value as never });

      expect(make).toThrow(TypeError);
      expect(make).toThrow(`Expected \`${name}\` to be an Observable, or what can be turned into one, got `);
    }
  });
});
