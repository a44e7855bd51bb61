import type { SchedulerLike } from 'rxjs';
import { Alarms } from '../src/rx/alarms.js';
import { isPlatformTime, isTestTime } from '../src/rx/monotonic-now.js';

/** The part of its interval or timeout by which an alarm may be late on the platform's clock; virtual time is exact. */
const LATEST = 1 / 1000;

/** Those that connections go by now. */
const timetables = new WeakMap<SchedulerLike, Map<string, Timetable>>();

/** When heartbeats are due: those of all connections of a process with the same interval, timeout and scheduler. */
export class Timetable {
  readonly pings: Alarms;
  readonly verdicts: Alarms;
  readonly #scheduler: SchedulerLike;
  readonly #key: string;
  /** Test tools replace it. */
  readonly #setInterval = globalThis.setInterval;
  #members = 0;

  private constructor(scheduler: SchedulerLike, key: string, interval: number, timeout: number) {
    this.#scheduler = scheduler;
    this.#key = key;
    const share = isPlatformTime(scheduler) ? LATEST : 0;
    this.pings = new Alarms(scheduler, interval * share);
    this.verdicts = new Alarms(scheduler, timeout * share);
  }

  /** For one connection, which has to leave it. In the time of a test each has its own: the test may end before it does. */
  static join(scheduler: SchedulerLike, interval: number, timeout: number): Timetable {
    const key = `${interval} ${timeout}`;
    const known = timetables.get(scheduler)?.get(key);
    const isUsable = known && known.#setInterval === globalThis.setInterval && !isTestTime(scheduler);
    const timetable = isUsable ? known : new Timetable(scheduler, key, interval, timeout);
    timetable.#members++;
    if (!isUsable && !isTestTime(scheduler)) {
      if (!timetables.has(scheduler)) timetables.set(scheduler, new Map());
      timetables.get(scheduler)!.set(key, timetable);
    }
    return timetable;
  }

  leave(): void {
    if (--this.#members > 0) return;
    this.pings.stop();
    this.verdicts.stop();
    const known = timetables.get(this.#scheduler);
    if (known?.get(this.#key) === this && known.size > 1) known.delete(this.#key); // the only one waits for the next connection
  }
}
