import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { after } from '../../src/rx/after.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';

describe('after', () => {
  it('emits once, and completes', () => {
    inVirtualTime(({ expectObservable }) => {
      expectObservable(after(3, asyncScheduler)).toBe('---(a|)', { a: 0 });
    });
  });

  it('never emits after Infinity, and takes no timer for it', () => {
    const clock = new CountingScheduler();

    after(Infinity, clock).subscribe();

    expect(clock.scheduled).toBe(0);
  });

  it('emits at once after what is past', () => {
    inVirtualTime(({ expectObservable }) => {
      expectObservable(after(-5, asyncScheduler)).toBe('(a|)', { a: 0 });
    });
  });

  it('asks for no delay that timers cannot take', () => {
    const clock = new CountingScheduler();

    after(2 ** 40, clock).subscribe();

    expect(clock.actions.map(({ delay }) => delay)).toEqual([2_147_483_647]);
  });
});
