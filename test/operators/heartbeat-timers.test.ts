import { asyncScheduler, concatWith, NEVER, of } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { heartbeat } from '../../operators/index.js';
import { Timetable } from '../../operators/timetable.js';
import type { HeartbeatOptions } from '../../operators/index.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { FakeLink } from './fake-link.js';
import { close, open } from './lifecycle-events.js';
import { supervised } from './supervised-link.js';

/** One open connection under a heartbeat. */
function watched(scheduler: SchedulerLike, options: HeartbeatOptions = {}, log?: string[]) {
  const link = new FakeLink(scheduler, log && { log });
  link.onSent = () => (typeof options.ping === 'function' ? link.message('pong') : link.pong());
  const subscription = of(open(link))
    .pipe(concatWith(NEVER), heartbeat({ interval: 100, timeout: 30, scheduler, ...options }))
    .subscribe();
  return { link, subscription };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('the timers of heartbeats', () => {
  it.each([
    ['frame', 2],
    ['none', 1],
    [() => 'ping', 2],
  ] as const)('are one for all pings of an interval, and one for all verdicts; ping: %s', (ping, most) => {
    const clock = new CountingScheduler();
    const all = Array.from({ length: 50 }, (_, n) => watched(clock, { ping, random: () => n / 50 }));

    expect(clock.pending).toBe(1);
    for (let n = 0; n < 30; n++) {
      clock.advance(10);
      for (const { link } of all) link.message('some trade');
      expect(clock.pending).toBeLessThanOrEqual(most);
    }
    for (const { subscription } of all.slice(1)) subscription.unsubscribe();
    expect(clock.pending).toBeGreaterThan(0);
    all[0]!.subscription.unsubscribe();

    expect(clock.pending).toBe(0);
  });

  it('are two while a ping is unanswered, however many are', () => {
    const clock = new CountingScheduler();
    const all = Array.from({ length: 50 }, (_, n) => watched(clock, { random: () => n / 200 }));
    for (const { link } of all) link.onSent = () => undefined;

    clock.advance(25);

    expect(clock.pending).toBe(2);
    for (const { subscription } of all) subscription.unsubscribe();
    expect(clock.pending).toBe(0);
  });

  it('spread the pings as each connection drew its first one, to the millisecond', () => {
    const clock = new CountingScheduler();
    const log: string[] = [];
    const draws = [0.5, 0.1, 0.9, 0.1];
    for (const draw of draws) watched(clock, { random: () => draw }, log);

    clock.advance(210);

    expect(log).toEqual([
      '10 ping',
      '10 ping',
      '50 ping',
      '90 ping',
      '110 ping',
      '110 ping',
      '150 ping',
      '190 ping',
      '210 ping',
      '210 ping',
    ]);
  });

  it('are apart where the intervals, the timeouts or the schedulers are', () => {
    const [one, other] = [new CountingScheduler(), new CountingScheduler()];
    const log: string[] = [];
    const all = [
      watched(one, { random: () => 0.5 }, log),
      watched(one, { random: () => 0.5, interval: 60 }, log),
      watched(one, { random: () => 0.5, timeout: 20 }, log),
      watched(other, { random: () => 0.5 }, log),
    ];

    one.advance(95);

    expect(log).toEqual(['30 ping', '50 ping', '50 ping', '90 ping']);
    for (const { subscription } of all) subscription.unsubscribe();
    expect([one.pending, other.pending]).toEqual([0, 0]);
  });

  it('begin anew when the last one has ended', () => {
    const clock = new CountingScheduler();
    watched(clock, { random: () => 0.5 }).subscription.unsubscribe();
    clock.advance(1000);

    const { link } = watched(clock, { random: () => 0.5 });
    clock.advance(150);

    expect(link.log).toEqual(['1050 ping', '1150 ping']);
  });

  it('go on when another connection has closed, and then was unsubscribed from', () => {
    const clock = new CountingScheduler();
    const ended = supervised({}, { clock });
    const other = supervised({}, { clock });
    other.link.onSent = () => other.link.pong();

    ended.source.next(close());
    ended.subscription.unsubscribe();
    clock.advance(130);

    expect(other.log).toEqual(['25 ping', '25 heartbeat 0', '125 ping', '125 heartbeat 0']);
  });

  it('are of each run of a TestScheduler alone, though one broke off and left its own', () => {
    const breakOff = () =>
      inVirtualTime(() => {
        watched(asyncScheduler, { random: () => 0.5 });
        throw new Error('broken off');
      });
    let log: string[] = [];
    const real = watched(asyncScheduler);

    expect(breakOff).toThrow('broken off');
    inVirtualTime(({ at }) => {
      const { link, subscription } = watched(asyncScheduler, { random: () => 0.5 });
      ({ log } = link);
      at(170, () => subscription.unsubscribe());
    });

    expect(log).toEqual(['50 ping', '150 ping']);
    real.subscription.unsubscribe();
  });

  it.each([
    ['all of them', undefined],
    ['setInterval alone', { toFake: ['setInterval', 'clearInterval'] as ('setInterval' | 'clearInterval')[] }],
  ])('of fake timers are none of real ones, and the other way round: %s', (_what, options) => {
    const real = watched(asyncScheduler, { interval: 60_000 });
    vi.useFakeTimers(options);
    const left = watched(asyncScheduler, { interval: 60_000, random: () => 0 });
    vi.advanceTimersByTime(0);
    expect(left.link.log).toHaveLength(1);
    vi.useRealTimers();
    vi.useFakeTimers(options);

    const { link, subscription } = watched(asyncScheduler, { interval: 60_000, random: () => 0 });
    vi.advanceTimersByTime(0);

    expect(link.log).toHaveLength(1);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
    left.subscription.unsubscribe();
    real.subscription.unsubscribe();
  });
});

describe('Timetable.join', () => {
  it('gives one to all with the same scheduler, interval and timeout, whatever others have', () => {
    const clock = new CountingScheduler();
    const first = Timetable.join(clock, 100, 30);

    const others = [
      Timetable.join(clock, 200, 30),
      Timetable.join(clock, 100, 20),
      Timetable.join(new CountingScheduler(), 100, 30),
    ];

    expect(new Set([first, ...others]).size).toBe(4);
    expect(Timetable.join(clock, 100, 30)).toBe(first);
  });

  it('keeps the only one for the next connection, and one of several no longer than it is used', () => {
    const clock = new CountingScheduler();
    const only = Timetable.join(clock, 100, 30);
    only.leave();
    expect(Timetable.join(clock, 100, 30)).toBe(only);

    Timetable.join(clock, 200, 30);
    only.leave();

    expect(Timetable.join(clock, 100, 30)).not.toBe(only);
  });

  it('has alarms that are late by a thousandth at most, on the clock of the platform alone', () => {
    const lateOf = (clock: SchedulerLike) => {
      const { pings, verdicts } = Timetable.join(clock, 20_000, 10_000);
      return [pings, verdicts].map((alarms) => alarms.slack);
    };
    let inTest: number[] = [];
    inVirtualTime(() => (inTest = lateOf(asyncScheduler)));

    expect(lateOf(asyncScheduler)).toEqual([20, 10]);
    expect(inTest).toEqual([0, 0]);
    expect(lateOf(new CountingScheduler())).toEqual([0, 0]);
    vi.useFakeTimers();
    expect(lateOf(asyncScheduler)).toEqual([0, 0]);
  });

  it('gives what a test in virtual time has to nobody else', () => {
    let ofTest!: Timetable;
    inVirtualTime(() => (ofTest = Timetable.join(asyncScheduler, 101, 30)));

    const real = Timetable.join(asyncScheduler, 101, 30);

    expect(real).not.toBe(ofTest);
    real.leave();
  });
});
