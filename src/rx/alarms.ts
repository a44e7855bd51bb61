import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { callSafely } from './for-each-safely.js';
import { monotonicNow } from './monotonic-now.js';

/** Something that is to be done at a time. */
export interface Alarm {
  /** By the time of its {@link Alarms}, which sets it. */
  due: number;
  ring(): void;
}

/** Timers count in milliseconds, and may fire a fraction of one early. */
const EARLY = 1;

/**
 * Many alarms on one timer. Those of one duration are in order as they are set, so that setting and cancelling takes no
 * search. The timer ends when it finds no alarm, or with `stop`: a timer for each of them, or a new one for each that is
 * set when there is none, would take longer than what it is for.
 *
 * Ten thousand timers of RxJS take 4 MB, and each is an object to find in memory whenever it fires.
 */
export class Alarms {
  readonly #scheduler: SchedulerLike;
  /** By how many milliseconds an alarm may be late, so that those near each other share a turn of the timer. */
  readonly slack: number;
  /** In the order of their times. */
  readonly #alarms: Alarm[] = [];
  #timer: Subscription | undefined;
  /** When the timer is to fire; it fires no earlier, whatever the clock says. */
  #wake = Infinity;
  #isRinging = false;
  /** Goes on with the clock, and never goes back. */
  #time = 0;
  /** What the clock said last. */
  #read = Infinity;

  constructor(scheduler: SchedulerLike, slack = 0) {
    this.#scheduler = scheduler;
    this.slack = slack;
  }

  /** @param delay milliseconds that a timer can wait */
  set(alarm: Alarm, delay: number): void {
    const due = this.#now() + delay;
    const index = this.#indexAfter(due);
    alarm.due = due;
    if (index === this.#alarms.length) this.#alarms.push(alarm);
    else this.#alarms.splice(index, 0, alarm);
    if (this.#isRinging) return;
    if (due < this.#wake) this.#arm(delay);
    else if (this.#time > this.#wake) this.#arm(Math.max(0, this.#alarms[0]!.due - this.#time)); // it is late: nobody knows how much
  }

  cancel(alarm: Alarm): void {
    let index = this.#indexAfter(alarm.due) - 1;
    while (index > 0 && this.#alarms[index]!.due === alarm.due && this.#alarms[index] !== alarm) index--;
    if (index >= 0 && this.#alarms[index] === alarm) this.#alarms.splice(index, 1);
  }

  /** None is to be set any more. */
  stop(): void {
    this.#alarms.length = 0;
    this.#rest(this.#timer);
  }

  /** Where alarms stand that are due later. */
  #indexAfter(due: number): number {
    let from = 0;
    let to = this.#alarms.length;
    if (to > 0 && this.#alarms[to - 1]!.due <= due) return to;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#alarms[middle]!.due <= due) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #now(): number {
    const now = monotonicNow(this.#scheduler);
    this.#time += Math.max(0, now - this.#read);
    this.#read = now;
    return this.#time;
  }

  #arm(delay: number): void {
    this.#timer?.unsubscribe();
    this.#wake = this.#time + delay;
    this.#timer = this.#scheduler.schedule(ring, delay, this); // spent where the scheduler does not wait
  }

  #rest(timer: Subscription | undefined): void {
    timer?.unsubscribe();
    this.#timer = undefined;
    this.#wake = Infinity;
  }

  /** @internal */
  ring(timer: SchedulerAction<Alarms>): void {
    const time = (this.#time = Math.max(this.#now(), this.#wake));
    this.#isRinging = true;
    let left = this.#alarms.length; // no more than there are: each may be set again for now
    for (let first; left > 0 && (first = this.#alarms[0]) && first.due - time < EARLY; left--) {
      this.#alarms.shift();
      const alarm = first;
      callSafely(() => alarm.ring());
    }
    this.#isRinging = false;
    const next = this.#alarms[0];
    if (!next) return this.#rest(timer);
    const now = this.#now();
    this.#wake = Math.max(next.due, now + this.slack);
    timer.schedule(this, Math.max(0, this.#wake - now));
  }
}

function ring(this: SchedulerAction<Alarms>, alarms?: Alarms): void {
  alarms!.ring(this);
}
