import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { supervised } from './supervised-link.js';

const HOUR = 3_600_000;

/** Virtual time that goes by the wall clock, as `asyncScheduler` does; somebody may set that clock. */
class WallClock extends CountingScheduler {
  /** By how much it was set. */
  step = 0;
  /** How far the timers are behind. */
  late = 0;

  get elapsed(): number {
    return this.frame + this.late;
  }

  override now = (): number => Date.now();
}

let clock: WallClock;

beforeEach(() => {
  clock = new WallClock();
  const start = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => start + clock.elapsed);
  vi.spyOn(Date, 'now').mockImplementation(() => 1_700_000_000_000 + clock.elapsed + clock.step);
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** The log of a link that goes by `clock`, without its times. */
const what = (log: readonly string[]) => log.map((line) => line.slice(line.indexOf(' ') + 1));

describe.each([
  ['forward', HOUR],
  ['back', -HOUR],
])('a wall clock that is set %s by an hour', (_where, step) => {
  it('does not change the latency', () => {
    const { link, log } = supervised({}, { clock });
    clock.advance(25);

    clock.advance(9);
    clock.step = step;
    clock.advance(20);
    link.pong();

    expect(what(log)).toEqual(['ping', 'heartbeat 29']);
  });

  it.each([
    ['frame', 25, 30],
    ['none', 0, 130],
  ] as const)('neither hastens nor delays a verdict; ping: %s', (ping, start, window) => {
    const { link } = supervised({ ping }, { clock });
    clock.advance(start);

    clock.step = step;
    clock.advance(window - 1);
    expect(link.terminatedWith).toBeUndefined();
    clock.advance(1);

    expect(link.terminatedWith).toBeDefined();
  });

  it('does not hide that a timer was late', () => {
    const { link } = supervised({}, { clock });
    clock.advance(25);

    clock.step = step;
    clock.late = 1001;
    clock.advance(30 + 999);
    expect(link.terminatedWith).toBeUndefined();
    clock.advance(1);

    expect(link.terminatedWith).toBeDefined();
  });

  it('does not move the next ping', () => {
    const { link, log } = supervised({}, { clock });
    link.onSent = () => link.pong();
    clock.advance(25);

    clock.step = step;
    clock.advance(99);
    expect(what(log)).toEqual(['ping', 'heartbeat 0']);
    clock.advance(1);

    expect(what(log)).toEqual(['ping', 'heartbeat 0', 'ping', 'heartbeat 0']);
  });
});

describe('a latency', () => {
  it('is exact to the microsecond', () => {
    const { link, log } = supervised({}, { clock });
    clock.advance(25);

    clock.late = 0.1234567;
    link.pong();

    expect(what(log)[1]).toMatch(/^heartbeat 0\.12[34]$/);
  });

  it('is 0 at least, by a clock of its own that goes back', () => {
    const own = new CountingScheduler();
    const { link, log } = supervised({}, { clock: own });
    own.advance(25);

    own.oversleep(-5000);
    link.pong();

    expect(what(log)).toEqual(['ping', 'heartbeat 0']);
  });
});
