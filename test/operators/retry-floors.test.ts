import { concat, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { dice } from '../../bench/herd/dice.js';
import { leastWait, retryWithBackoff } from '../../operators/index.js';
import type { RetryWithBackoffOptions } from '../../operators/index.js';
import { HandshakeError, SetupError, WebSocketError } from '../../src/protocol/errors.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { delaysOf, failure } from './delays-of.js';
import { closedWith, connecting, reconnecting } from './lifecycle-events.js';

const MAX_DELAY = 2_147_483_647;
const askedToWait = (retryAfter: number) => new HandshakeError('too many', { status: 429, retryAfter });
/** An error of another copy or an older version, which checks nothing. */
const unchecked = (retryAfter: unknown) => Object.assign(new WebSocketError('later'), { retryAfter });

/** The delay before the first retry after an error. */
function delayAfter(error: unknown, options: RetryWithBackoffOptions = {}): number | undefined {
  return delaysOf({ maxRetries: 1, ...options }, [error])[0];
}

describe('what the server asks for, under retryWithBackoff', () => {
  describe('`retryAfter`', () => {
    it('is never undercut', () => {
      expect(delaysOf({ jitter: 'none', maxRetries: 5 }, [askedToWait(7000)])).toEqual([
        7000, 7000, 7000, 8000, 16_000,
      ]);
    });

    it('is not undercut by an explicit schedule either', () => {
      expect(delaysOf({ delays: [1, 80, 3] }, [unchecked(50)])).toEqual([50, 80, 50]);
    });

    it('is not undercut by `firstDelay`', () => {
      expect(delayAfter(askedToWait(7000), { firstDelay: 0, random: () => 0 })).toBe(7000);
      expect(delayAfter(askedToWait(7000), { firstDelay: 9000, random: () => 0 })).toBe(9000);
    });

    it('counts above `maxDelay`, up to an hour by default', () => {
      const exact = { jitter: 'none' } as const;

      expect(delayAfter(askedToWait(90_000), exact)).toBe(90_000);
      expect(delayAfter(askedToWait(3_600_000), exact)).toBe(3_600_000);
      expect(delayAfter(askedToWait(86_400_000), exact)).toBe(3_600_000);
      expect(delayAfter(unchecked(Infinity), exact)).toBe(3_600_000);
    });

    it('is believed up to `maxRetryAfter`', () => {
      expect(delayAfter(askedToWait(90_000), { jitter: 'none', maxRetryAfter: 60_000 })).toBe(60_000);
      expect(delayAfter(askedToWait(86_400_000), { jitter: 'none', maxRetryAfter: Infinity })).toBe(86_400_000);
      expect(delayAfter(askedToWait(90_000), { jitter: 'none', maxRetryAfter: 0 })).toBe(1000);
    });

    it.each([0, 0.5, 1])('is no longer than timers can take; random() %d', (random) => {
      const options = { maxRetryAfter: Infinity, random: () => random };

      expect(delayAfter(unchecked(1e12), options)).toBe(MAX_DELAY);
      expect(delayAfter(unchecked(Infinity), options)).toBe(MAX_DELAY);
    });

    it('counts on errors of this library alone, and on the cause of a SetupError', () => {
      const foreign = Object.assign(new Error('someone else'), { retryAfter: 7000 });
      const exact = { jitter: 'none' } as const;

      expect(delayAfter(foreign, exact)).toBe(1000);
      expect(delayAfter(new SetupError('the set-up failed', { cause: foreign }), exact)).toBe(7000);
      expect(delayAfter(new SetupError('the set-up failed', { cause: { retryAfter: 7000 } }), exact)).toBe(7000);
    });

    it.each([[NaN], [-1], [-Infinity], ['7000'], [null], [{}], [7000n]])('is ignored where it is %s', (retryAfter) => {
      expect(delaysOf({ jitter: 'none', maxRetries: 3 }, [unchecked(retryAfter)])).toEqual([1000, 2000, 4000]);
      expect(delaysOf({ jitter: 'none', maxElapsed: 1000 }, [unchecked(retryAfter)])).toEqual([1000]);
    });

    it('is part of what `reconnecting` says', () => {
      inVirtualTime(({ cold, expectObservable }) => {
        const patient = closedWith(4429, 6000);
        const source = cold('c#', { c: connecting() }, patient);

        expectObservable(source.pipe(retryWithBackoff({ maxRetries: 1, random: () => 0.5 }))).toBe(
          'cr 7499ms c#',
          { c: connecting(), r: reconnecting(1, 7500, patient) },
          patient,
        );
      });
    });
  });

  describe('a close code', () => {
    it.each([
      [0, 5000],
      [0.5, 17_500],
      [1, 30_000],
    ])('1012 is a random 5 to 30 s; random() %d', (random, expected) => {
      const options = { maxRetries: 3, random: () => random };

      expect(delaysOf(options, [closedWith(1012)])).toEqual([expected, expected, expected]);
      expect(delaysOf({ ...options, maxDelay: 10 }, [closedWith(1012)])).toEqual([expected, expected, expected]);
    });

    it('1012 is not below `retryAfter`', () => {
      expect(delayAfter(closedWith(1012, 9000), { random: () => 0 })).toBe(9000);
    });

    it.each([
      [0, 30_000],
      [0.5, 31_500],
      [1, 33_000],
    ])('1013 is 30 s and up to 3 s more; random() %d', (random, expected) => {
      expect(delayAfter(closedWith(1013), { random: () => random })).toBe(expected);
    });

    it('1013 is at least 30 s, however long the delays are', () => {
      const slow = { jitter: 'none', initialDelay: 20_000, maxDelay: 60_000, maxRetries: 3 } as const;

      expect(delaysOf(slow, [closedWith(1013)])).toEqual([30_000, 40_000, 60_000]);
    });

    it.each([
      [0, 5000],
      [0.5, 6500],
      [1, 8000],
    ])('4429 is 5 s and up to 3 s more; random() %d', (random, expected) => {
      expect(delayAfter(closedWith(4429), { random: () => random })).toBe(expected);
    });

    it('is exact without jitter', () => {
      const options = { jitter: 'none', maxRetries: 4 } as const;

      expect(delaysOf(options, [closedWith(4429)])).toEqual([5000, 5000, 5000, 8000]);
      expect(delaysOf({ ...options, maxDelay: 10 }, [closedWith(1012)])).toEqual([5000, 5000, 5000, 5000]);
    });

    it('is believed up to `maxRetryAfter`', () => {
      expect(delayAfter(closedWith(1013), { jitter: 'none', maxRetryAfter: 10_000 })).toBe(10_000);
    });

    it('is ignored under an explicit schedule', () => {
      const errors = [1012, 1013, 4429].map((code) => closedWith(code));

      expect(delaysOf({ delays: [1, 2, 3] }, errors)).toEqual([1, 2, 3]);
    });

    it('counts on the cause of a SetupError', () => {
      const busy = new SetupError('the set-up failed', { cause: closedWith(1013) });

      expect(delayAfter(busy, { jitter: 'none' })).toBe(30_000);
    });

    it.each([1000, 1001, 1006, 1011, 1014, 4408, 4500])('is nothing in particular with %d', (code) => {
      expect(delayAfter(closedWith(code), { jitter: 'none' })).toBe(1000);
    });
  });

  describe('a floor', () => {
    it('is spread by 3 s, or by a tenth of itself where that is more', () => {
      const half = { random: () => 0.5 };

      expect(delayAfter(askedToWait(1), half)).toBe(1501);
      expect(delayAfter(askedToWait(7000), half)).toBe(8500);
      expect(delayAfter(askedToWait(30_000), half)).toBe(31_500);
      expect(delayAfter(askedToWait(600_000), half)).toBe(630_000);
    });

    it('is spread within what timers can take', () => {
      const options = { random: () => 1, maxRetryAfter: Infinity };

      expect(delayAfter(askedToWait(2 ** 31 - 10), options)).toBe(MAX_DELAY);
    });

    it('of 0 is none', () => {
      expect(delayAfter(askedToWait(0), { random: () => 0.5 })).toBe(550);
    });

    it('asks random() once, together with the delay', () => {
      const random = vi.fn(() => 0.5);

      delaysOf({ maxRetries: 2, random }, [askedToWait(7000)]);

      expect(random).toHaveBeenCalledTimes(2);
    });

    it('that is shorter than the delay changes nothing', () => {
      const options = { initialDelay: 20_000, random: () => 1 };

      expect(delayAfter(askedToWait(7000), options)).toBe(20_000);
    });
  });

  describe('`waitAfter`', () => {
    it('takes the place of what is known by default', () => {
      const waitAfter = (error: unknown) => (error === failure ? 60_000 : undefined);
      const exact = { jitter: 'none', waitAfter } as const;

      expect(delayAfter(failure, exact)).toBe(60_000);
      expect(delayAfter(askedToWait(7000), exact)).toBe(1000);
      expect(delayAfter(closedWith(1013), exact)).toBe(1000);
    });

    it('can be made of the default', () => {
      const waitAfter = (error: unknown) => (error === failure ? 60_000 : leastWait(error));
      const exact = { jitter: 'none', waitAfter } as const;

      expect(delayAfter(failure, exact)).toBe(60_000);
      expect(delayAfter(askedToWait(7000), exact)).toBe(7000);
      expect(delayAfter(closedWith(1012), exact)).toBe(5000);
      expect(delayAfter(closedWith(1012), { waitAfter, random: () => 0.5 })).toBe(17_500);
    });

    it('is spread and bounded as the default is', () => {
      const waitAfter = () => 7_200_000;

      expect(delayAfter(failure, { waitAfter, random: () => 0.5 })).toBe(3_600_000 + 180_000);
    });

    it('is not switched off by an explicit schedule', () => {
      expect(delaysOf({ delays: [1, 80], waitAfter: () => 50 })).toEqual([50, 80]);
      expect(delaysOf({ delays: [1], waitAfter: leastWait }, [closedWith(4429)])).toEqual([5000]);
    });

    it.each([[undefined], [NaN], [-5], ['60000'], [null], [{}]])('that returns %s asks for nothing', (least) => {
      expect(delayAfter(failure, { jitter: 'none', waitAfter: () => least as never })).toBe(1000);
    });

    it('is asked once a retry, with the error, and not where there is none', () => {
      const waitAfter = vi.fn(() => undefined);
      const fatal = new WebSocketError('hopeless', { fatal: true });

      delaysOf({ waitAfter, maxRetries: 2 }, [failure, 'a string', failure]);
      delaysOf({ waitAfter }, [fatal]);

      expect(waitAfter.mock.calls).toEqual([[failure], ['a string']]);
    });

    it('passes on what it throws', () => {
      const thrown = new Error('no idea');
      const waitAfter = () => {
        throw thrown;
      };
      const ends: unknown[] = [];

      throwError(() => failure)
        .pipe(retryWithBackoff({ waitAfter }))
        .subscribe({ error: (error: unknown) => ends.push(error) });

      expect(ends).toEqual([thrown]);
    });
  });

  describe('a thousand clients that are answered alike', () => {
    const CLIENTS = 1000;

    /** The densest 100 ms: how many clients begin within them. */
    function densest(delays: readonly number[]): number {
      const sorted = [...delays].sort((a, b) => a - b);
      let first = 0;
      return Math.max(
        ...sorted.map((at, index) => {
          while (at - sorted[first]! >= 100) first++;
          return index - first + 1;
        }),
      );
    }

    /** The delays of so many clients before each of five retries in a row, each client with dice of its own. */
    function herd(error: Error, options: RetryWithBackoffOptions): number[][] {
      const retries: number[][] = [[], [], [], [], []];
      for (let client = 1; client <= CLIENTS; client++) {
        const scheduler = new VirtualTimeScheduler();
        const refused = concat<[LifecycleEvent, never]>(
          of(connecting()),
          throwError(() => error),
        );
        const random = dice(client);
        refused.pipe(retryWithBackoff({ scheduler, random, ...options, maxRetries: retries.length })).subscribe({
          next: (event) => event.type === 'reconnecting' && retries[event.retry - 1]!.push(event.delay),
          error: () => undefined,
        });
        scheduler.flush();
      }
      return retries;
    }

    it.each([
      ['1012', closedWith(1012), {}],
      ['1013', closedWith(1013), {}],
      ['4429', closedWith(4429), {}],
      ['Retry-After: 1', askedToWait(1000), {}],
      ['Retry-After: 7', askedToWait(7000), {}],
      ['Retry-After: 3600', askedToWait(3_600_000), {}],
      ['Retry-After: 7, firstDelay 0', askedToWait(7000), { firstDelay: 0 }],
      ['Retry-After: 7, equal jitter', askedToWait(7000), { jitter: 'equal' }],
    ] as const)('%s: at most a tenth of them within the same 100 ms', (_what, error, options) => {
      const retries = herd(error, options);

      expect(retries.map(({ length }) => length)).toEqual(Array(5).fill(CLIENTS));
      for (const delays of retries) expect(densest(delays)).toBeLessThanOrEqual(CLIENTS / 10);
    });
  });
});
