import { asyncScheduler, queueScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Alarms } from '../../src/rx/alarms.js';
import type { Alarm } from '../../src/rx/alarms.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';

/** Alarms that note the time at which they ring. */
function alarmsBy(clock = new CountingScheduler(), slack?: number) {
  const log: string[] = [];
  const alarms = new Alarms(clock, slack);
  const alarm = (name: string, then?: (self: Alarm) => void): Alarm => {
    const self: Alarm = {
      due: 0,
      ring: () => {
        log.push(`${clock.frame} ${name}`);
        then?.(self);
      },
    };
    return self;
  };
  return { clock, alarms, alarm, log };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('Alarms', () => {
  it('ring each at its time, whatever the order in which they were set, and in that order at one time', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    for (const [name, delay] of Object.entries({ a: 30, b: 10, c: 20, d: 10, e: 40, f: 0, g: 20 })) {
      alarms.set(alarm(name), delay);
    }

    clock.advance(100);

    expect(log).toEqual(['0 f', '10 b', '10 d', '20 c', '20 g', '30 a', '40 e']);
  });

  it('that may be late share the turns of their timer, and none is later than that', () => {
    const { clock, alarms, alarm, log } = alarmsBy(new CountingScheduler(), 8);
    for (const delay of [10, 11, 18, 19, 30, 34]) alarms.set(alarm(String(delay)), delay);
    const before = clock.scheduled;

    clock.advance(100);

    expect(log).toEqual(['10 10', '18 11', '18 18', '26 19', '34 30', '34 34']);
    expect(clock.scheduled - before).toBeLessThanOrEqual(4);
  });

  it('that may be late are not late because of others that are cancelled, or set meanwhile', () => {
    const { clock, alarms, alarm, log } = alarmsBy(new CountingScheduler(), 8);
    const cancelled = alarm('cancelled');
    alarms.set(
      alarm('first', () => alarms.set(cancelled, 3)),
      10,
    );
    alarms.set(alarm('last'), 40);
    clock.schedule(() => alarms.cancel(cancelled), 12);
    clock.schedule(() => alarms.set(alarm('early'), 2), 13);

    clock.advance(100);

    expect(log).toEqual(['10 first', '15 early', '40 last']);
  });

  it('have one timer, and none once they are stopped', () => {
    const { clock, alarms, alarm } = alarmsBy();
    const all = Array.from({ length: 100 }, (_, n) => alarm(String(n)));
    all.forEach((each, n) => alarms.set(each, 50 + ((n * 37) % 100)));

    expect(clock.pending).toBe(1);
    clock.advance(60);
    expect(clock.pending).toBe(1);
    alarms.stop();

    expect(clock.pending).toBe(0);
  });

  it('have the same timer for those that are due at one time, also where that is now', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    clock.schedule(() => alarms.set(alarm('c'), 5), 10);
    for (const name of ['a', 'b']) alarms.set(alarm(name), 10);

    clock.advance(20);

    expect(log).toEqual(['10 a', '10 b', '15 c']);
    expect(clock.scheduled).toBe(2); // the first is of this test
  });

  it('ring apart that are due a millisecond apart', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    for (const delay of [10, 11, 12]) alarms.set(alarm('x'), delay);

    clock.advance(20);

    expect(log).toEqual(['10 x', '11 x', '12 x']);
  });

  it.each([
    ['first', 0, ['10 1', '10 2']],
    ['second', 1, ['10 0', '10 2']],
    ['last', 2, ['10 0', '10 1']],
  ])('are cancelled one by one where several are due at one time: the %s', (_, index, expected) => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const all = [0, 1, 2].map((n) => alarm(String(n)));
    for (const each of all) alarms.set(each, 10);

    alarms.cancel(all[index]!);
    clock.advance(20);

    expect(log).toEqual(expected);
  });

  it('keep the timer when all are cancelled, until it would have fired, and take no other meanwhile', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const { scheduled } = clock;
    for (let n = 0; n < 9; n++) {
      const each = alarm('cancelled');
      alarms.set(each, 20);
      clock.advance(2);
      alarms.cancel(each);
    }

    expect([clock.pending, clock.scheduled - scheduled]).toEqual([1, 1]);
    alarms.set(alarm('late'), 20);
    clock.advance(19);
    expect(log).toEqual([]);
    clock.advance(1);

    expect(log).toEqual(['38 late']);
    expect(clock.pending).toBe(0);
  });

  it('have no timer when the last one has rung', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    alarms.set(alarm('a'), 5);

    clock.advance(5);

    expect(log).toEqual(['5 a']);
    expect(clock.pending).toBe(0);
  });

  it('do not ring once they are cancelled, by another that rings at the same time too', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const late = alarm('late');
    const other = alarm('other');
    alarms.set(
      alarm('first', () => alarms.cancel(late)),
      10,
    );
    alarms.set(late, 10);
    alarms.set(other, 10);
    alarms.cancel(other);
    alarms.cancel(other); // does nothing

    clock.advance(20);

    expect(log).toEqual(['10 first']);
    expect(clock.pending).toBe(0);
  });

  it('ring again where they set themselves, also before others', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const often = alarm('often', (self) => alarms.set(self, 10));
    alarms.set(often, 5);
    alarms.set(alarm('seldom'), 22);

    clock.advance(25);
    alarms.stop();

    expect(log).toEqual(['5 often', '15 often', '22 seldom', '25 often']);
    expect(clock.pending).toBe(0);
  });

  it('let time pass between two rings of one that is due at once', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    let rings = 0;
    const greedy = alarm('x', (self) => ++rings < 3 && alarms.set(self, 0));
    alarms.set(greedy, 1);
    clock.schedule(() => log.push('between'), 1);

    clock.advance(1);

    expect(log).toEqual(['1 x', 'between', '1 x', '1 x']);
    expect(clock.pending).toBe(0);
  });

  it('go on where one throws, which is an unhandled error', () => {
    vi.useFakeTimers();
    const { clock, alarms, alarm, log } = alarmsBy();
    alarms.set(
      alarm('bad', () => {
        throw new Error('mine');
      }),
      1,
    );
    alarms.set(alarm('good'), 1);

    clock.advance(1);

    expect(log).toEqual(['1 bad', '1 good']);
    expect(() => vi.runAllTimers()).toThrow('mine');
  });

  it('ring by the timer, though the clock goes back', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const often = alarm('x', (self) => alarms.set(self, 10));
    alarms.set(often, 10);

    clock.oversleep(-5000);
    clock.advance(30);

    expect(log).toEqual(['10 x', '20 x', '30 x']);
  });

  it('do not wait for a timer that is late', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    alarms.set(alarm('before'), 100);
    clock.advance(10);

    clock.oversleep(1000); // the machine slept, and the timer has 90 to go
    alarms.set(alarm('now'), 0);
    alarms.set(alarm('soon'), 5);
    clock.advance(5);

    expect(log).toEqual(['10 before', '10 now', '15 soon']);
  });

  it('ring no earlier than they are set for by others that ring late', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    let rings = 0;
    alarms.set(
      alarm('again', (self) => ++rings < 2 && alarms.set(self, 100)),
      10,
    );
    alarms.set(alarm('other'), 10);

    clock.oversleep(50);
    clock.advance(200);

    expect(log).toEqual(['10 again', '10 other', '110 again']);
    expect(clock.pending).toBe(0);
  });

  it('are exact where they are set at fractions of a millisecond', () => {
    const { clock, alarms, alarm, log } = alarmsBy();
    const often = alarm('x', (self) => alarms.set(self, 100));
    alarms.set(often, 33.3);

    clock.advance(33.3 + 100);

    expect(log).toEqual(['33.3 x', '133.3 x']);
  });

  it('ring at once with a scheduler that does not wait, and leave no timer', () => {
    vi.useFakeTimers();
    const alarms = new Alarms(queueScheduler);
    const log: number[] = [];
    const once: Alarm = { due: 0, ring: () => log.push(1) };
    const again: Alarm = { due: 0, ring: () => (log.push(2) < 4 ? alarms.set(again, 5) : undefined) };

    alarms.set(once, 0);
    expect([log, vi.getTimerCount()]).toEqual([[1], 0]);
    alarms.set(again, 0);
    expect([log, vi.getTimerCount()]).toEqual([[1, 2], 1]);
    vi.advanceTimersByTime(10);

    expect([log, vi.getTimerCount()]).toEqual([[1, 2, 2, 2], 0]);
  });

  it('ring by timers of the platform, those that are set while others ring too', () => {
    vi.useFakeTimers();
    const alarms = new Alarms(asyncScheduler);
    const start = Date.now();
    const log: number[] = [];
    const often: Alarm = {
      due: 0,
      ring: () => {
        log.push(Date.now() - start);
        alarms.set(often, 20);
      },
    };
    alarms.set(often, 7);

    vi.advanceTimersByTime(50);
    alarms.stop();

    expect(log).toEqual([7, 27, 47]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
