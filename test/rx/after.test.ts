import { asyncScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { after, runAfter } from '../../src/rx/after.js';
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

describe('runAfter', () => {
  it.each([
    [-5, 0],
    [3, 3],
    [2 ** 40, 2_147_483_647],
  ])('calls the action once after %d ms, or as near to it as timers can: %d', (delay, expected) => {
    const clock = new CountingScheduler();
    const calls: number[] = [];
    runAfter(delay, clock, () => calls.push(clock.frame));

    clock.advance(expected + 1);

    expect(calls).toEqual([expected]);
    expect(clock.scheduled).toBe(1);
  });

  it('never calls it after Infinity, and takes no timer for it', () => {
    const clock = new CountingScheduler();
    const action = vi.fn();

    const running = runAfter(Infinity, clock, action);
    running.unsubscribe();

    expect(action).not.toHaveBeenCalled();
    expect(clock.scheduled).toBe(0);
  });
});
