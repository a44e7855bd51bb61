import { asyncScheduler, asapScheduler, VirtualTimeScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isTestTime, monotonicNow } from '../../src/rx/monotonic-now.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { steppedClock } from '../helpers/stepped-clock.js';

const HOUR = 3_600_000;

/** How much time passes while something is done. */
function elapsed(clock: { now(): number }, action: () => void): number {
  const before = monotonicNow(clock);
  action();
  return monotonicNow(clock) - before;
}

const RealDate = Date;

/** Replaces `Date` and puts it back, so that the next reading looks at it anew. */
function lookAnew() {
  vi.stubGlobal('Date', class extends RealDate {});
  monotonicNow(asyncScheduler);
  vi.stubGlobal('Date', RealDate);
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('monotonicNow', () => {
  it.each([
    ['asyncScheduler', asyncScheduler],
    ['asapScheduler', asapScheduler],
    ['a clock of the user that goes by Date', { now: () => Date.now() }],
    ['Date itself', Date],
  ])('does not move when the time is set: %s', (_, clock) => {
    const { pass, set } = steppedClock();

    expect(elapsed(clock, () => set(HOUR))).toBeCloseTo(0);
    expect(elapsed(clock, () => set(-HOUR))).toBeCloseTo(0);
    expect(elapsed(clock, () => pass(1234))).toBeCloseTo(1234);
    expect(
      elapsed(clock, () => {
        set(-2 * HOUR);
        pass(50);
        set(HOUR);
        pass(7);
      }),
    ).toBeCloseTo(57);
  });

  it.each([
    ['forward', HOUR],
    ['back', -HOUR],
  ])('does not move when the time is set %s while it is read', (_, step) => {
    const { set } = steppedClock();
    let isToBeSet = false;
    const clock = {
      now() {
        const now = Date.now();
        if (isToBeSet) set(step);
        isToBeSet = false;
        return now;
      },
    };

    expect(elapsed(clock, () => (isToBeSet = true))).toBeCloseTo(0);
  });

  it('goes on with the machine', () => {
    const before = monotonicNow(asyncScheduler);

    const until = performance.now() + 2;
    while (performance.now() < until);

    expect(monotonicNow(asyncScheduler) - before).toBeGreaterThanOrEqual(2);
  });

  it('is the virtual time in TestScheduler.run, on any day', () => {
    inVirtualTime(({ at, flush }) => {
      const times: number[] = [];
      for (const frame of [0, 5, 70_000]) at(frame, () => times.push(monotonicNow(asyncScheduler)));

      flush();

      expect(times).toEqual([0, 5, 70_000]);
    });
  });

  it('is the virtual time of a scheduler of its own, inside and outside of TestScheduler.run', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.frame = 42;

    expect(monotonicNow(scheduler)).toBe(42);
    inVirtualTime(() => expect(monotonicNow(scheduler)).toBe(42));
  });

  it.each<[string, Parameters<typeof vi.useFakeTimers>[0]]>([
    ['all of them', undefined],
    ['setTimeout and Date, performance left real', { toFake: ['setTimeout', 'Date'] }],
    ['setInterval and Date, performance left real', { toFake: ['setInterval', 'clearInterval', 'Date'] }],
    ['with performance', { toFake: ['setTimeout', 'setInterval', 'Date', 'performance'] }],
    ['at the time of the epoch', { now: 0 }],
    ['at the time of now', { now: Date.now() }],
  ])('is the time of fake timers: %s', (_, options) => {
    vi.useFakeTimers(options);

    expect(elapsed(asyncScheduler, () => vi.advanceTimersByTime(HOUR))).toBe(HOUR);
    expect(elapsed(asyncScheduler, () => vi.advanceTimersByTime(1))).toBe(1);
  });

  it('is the virtual time in TestScheduler.run under fake timers, too', () => {
    vi.useFakeTimers({ now: 0 });

    inVirtualTime(({ at, flush }) => {
      let time = 0;
      at(30, () => (time = monotonicNow(asyncScheduler)));

      flush();

      expect(time).toBe(30);
    });
  });

  it('is real again when fake timers are gone', () => {
    vi.useFakeTimers();
    monotonicNow(asyncScheduler);
    vi.useRealTimers();
    const { set } = steppedClock();

    expect(elapsed(asyncScheduler, () => set(HOUR))).toBeCloseTo(0);
  });

  it('is the time of a clock of its own, whose steps are its own business', () => {
    const ticks = { time: 0, now: () => ticks.time };

    expect(elapsed(ticks, () => (ticks.time += HOUR))).toBe(HOUR);
    expect(monotonicNow(performance)).toBeCloseTo(performance.now(), -2);
  });

  it.each([
    [1000, 'the monotonic one'],
    [-1000, 'the monotonic one'],
    [1001, 'its own'],
    [-1001, 'its own'],
  ])('is of a clock that differs by %d ms from the wall clock %s', (difference, which) => {
    vi.spyOn(Date, 'now').mockReturnValue(HOUR);
    vi.stubGlobal('performance', { timeOrigin: 5000, now: () => 123 });
    const clock = { now: () => HOUR + difference };

    expect(monotonicNow(clock)).toBe(which === 'its own' ? HOUR + difference : 5123);
  });

  it('counts from where the clock of the platform begins, another one too', () => {
    for (const timeOrigin of [5000, 7000, 7000, 0]) {
      vi.stubGlobal('performance', { timeOrigin, now: () => 123 });

      expect(monotonicNow(asyncScheduler)).toBe(timeOrigin + 123);
    }
  });

  it('is the time of a `Date` that was replaced since, and real again when that is gone', () => {
    vi.stubGlobal('performance', { timeOrigin: 5000, now: () => 123 });
    const isReal = () => monotonicNow(asyncScheduler) === 5123;

    expect(isReal()).toBe(true);
    vi.stubGlobal('Date', class extends RealDate {});
    expect(isReal()).toBe(false);
    vi.stubGlobal('Date', RealDate);
    expect(isReal()).toBe(true);
  });

  it.each([
    ['V8', 'function Date() { [native code] }', true],
    ['SpiderMonkey and JavaScriptCore', 'function Date() {\n    [native code]\n}', true],
    ['an engine without spaces', 'function Date(){[native code]}', true],
    ['a Proxy', 'function () { [native code] }', false],
    ['a class', 'class extends Date { native = "function Date() { [native code] }" }', false],
  ])('knows the `Date` of the platform by its text: %s', (_, text, isReal) => {
    vi.stubGlobal('performance', { timeOrigin: 5000, now: () => 123 });
    lookAnew();
    vi.spyOn(Function.prototype, 'toString').mockReturnValue(text);

    const now = monotonicNow(asyncScheduler);

    vi.restoreAllMocks();
    lookAnew();
    expect(now === 5123).toBe(isReal);
  });

  it('looks at the platform once, which takes longer than to read the clock', () => {
    const timeOrigin = vi.fn(() => 5000);
    vi.stubGlobal('performance', Object.defineProperty({ now: () => 123 }, 'timeOrigin', { get: timeOrigin }));
    lookAnew();
    const text = vi.spyOn(Function.prototype, 'toString');

    for (let n = 0; n < 3; n++) monotonicNow(asyncScheduler);

    const looks = text.mock.calls.length;
    vi.restoreAllMocks();
    expect([looks, timeOrigin.mock.calls.length]).toEqual([1, 1]);
  });

  it('is a number where the platform does not say when it began to count', () => {
    vi.stubGlobal('performance', { now: () => 123 });

    expect(monotonicNow(asyncScheduler)).toBe(123);
  });

  it('is what the clock says where the platform has no monotonic one', () => {
    vi.stubGlobal('performance', undefined);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now);

    expect(monotonicNow(asyncScheduler)).toBe(now);
  });
});

describe('isTestTime', () => {
  it('is no time of the platform, nor of a scheduler of its own', () => {
    const scheduler = new VirtualTimeScheduler();
    scheduler.frame = 42;

    expect([asyncScheduler, asapScheduler, scheduler].map(isTestTime)).toEqual([false, false, false]);
  });

  it('is that of TestScheduler.run, at any time of it', () => {
    inVirtualTime(({ at, flush }) => {
      const seen: boolean[] = [];
      for (const frame of [0, 5, 70_000]) at(frame, () => seen.push(isTestTime(asyncScheduler)));

      flush();

      expect(seen).toEqual([true, true, true]);
    });
  });

  it('is that of fake timers, today too, and of no other clock meanwhile', () => {
    vi.useFakeTimers({ now: Date.now() });

    expect(isTestTime(asyncScheduler)).toBe(true);
    expect([1000, -1000, 1001, -1001].map((ms) => isTestTime({ now: () => Date.now() + ms }))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
