import { VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { coldOn } from '../../src/testing/index.js';

describe('coldOn', () => {
  it('has one timer at a time, because timers that are late may run in any order', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: unknown[] = [];

    coldOn(scheduler)('a 4ms b(cd)|').subscribe({
      next: (value) => seen.push([scheduler.now(), value]),
      complete: () => seen.push([scheduler.now(), '|']),
    });
    const waiting = scheduler.actions.length;
    scheduler.flush();

    expect(waiting).toBe(1);
    expect(seen).toEqual([
      [0, 'a'],
      [5, 'b'],
      [6, 'c'],
      [6, 'd'],
      [10, '|'],
    ]);
  });

  it('emits what is in a group at once: nothing comes in between', () => {
    const scheduler = new VirtualTimeScheduler();
    const seen: string[] = [];

    coldOn(scheduler)<string>('-(ab)').subscribe((value) => {
      seen.push(value);
      scheduler.schedule(() => seen.push(`behind ${value}`));
    });
    scheduler.flush();

    expect(seen).toEqual(['a', 'b', 'behind a', 'behind b']);
  });

  it('begins anew for each subscriber, and leaves no timer behind', () => {
    const scheduler = new VirtualTimeScheduler();
    const marbles = coldOn(scheduler)<string>('-a-b');
    const seen: unknown[] = [];

    const subscription = marbles.subscribe(() => subscription.unsubscribe());
    scheduler.flush();
    marbles.subscribe((value) => seen.push([scheduler.now(), value]));
    scheduler.flush();

    expect(seen).toEqual([
      [2, 'a'],
      [4, 'b'],
    ]);
    expect(scheduler.actions).toEqual([]);
  });
});
