import { Subscription } from 'rxjs';
import type { SchedulerAction, SchedulerLike } from 'rxjs';
import type { Doer, Planned, Timeline } from './timeline.js';

/** What the wall clock shows as a world begins. */
const EPOCH = Date.UTC(2026, 0, 1);

/** Timers come before or after what the network brings in the same millisecond: pipes have ranks around this. */
export const TIMERS = 1;

/**
 * The machine that all clients of a world run on: a scheduler on its two clocks. Somebody may set the wall clock, and the
 * event loop may be blocked.
 */
export class Machine implements SchedulerLike, Doer {
  frozenUntil = 0;
  /** How many timers run. */
  pending = 0;
  readonly timeline: Timeline;
  #wall = EPOCH;
  /** How long it has stood still, and will. */
  #frozen = 0;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  readonly now = (): number => this.#wall + this.timeline.now;

  schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    return new Timer(this, work).schedule(state, delay);
  }

  /** How long it has stood still so far. */
  get frozen(): number {
    return this.#frozen - Math.max(0, this.frozenUntil - this.timeline.now);
  }

  /** Somebody sets the time. */
  step(ms: number): void {
    this.#wall += ms;
  }

  /** The event loop is blocked. */
  freeze(ms: number): void {
    const { now } = this.timeline;
    const before = Math.max(now, this.frozenUntil);
    this.frozenUntil = Math.max(before, now + ms);
    this.#frozen += this.frozenUntil - before;
  }

  /** Puts its clocks in the place of the platform's. @returns puts those back */
  install(): () => void {
    const real = Date.now;
    Date.now = this.now;
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.timeline.now });
    Object.defineProperty(performance, 'timeOrigin', { configurable: true, value: 0 });
    return () => {
      Date.now = real;
      // Its own: the platform's are the prototype's.
      delete (performance as Partial<Performance>).now;
      delete (performance as { timeOrigin?: number }).timeOrigin;
    };
  }
}

class Timer<T> extends Subscription implements SchedulerAction<T> {
  readonly #machine: Machine;
  readonly #work: (this: SchedulerAction<T>, state?: T) => void;
  #planned: Planned | undefined;

  constructor(machine: Machine, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.#machine = machine;
    this.#work = work;
  }

  schedule(state?: T, delay = 0): this {
    if (this.closed) return this;
    this.#cancel();
    const { timeline } = this.#machine;
    this.#machine.pending++;
    this.#planned = timeline.at(timeline.now + Math.max(0, delay), TIMERS, () => this.#run(state), this.#machine);
    return this;
  }

  override unsubscribe(): void {
    this.#cancel();
    super.unsubscribe();
  }

  #run(state: T | undefined): void {
    this.#planned = undefined;
    this.#machine.pending--;
    this.#work.call(this, state);
  }

  #cancel(): void {
    if (!this.#planned) return;
    this.#planned.isOver = true;
    this.#planned = undefined;
    this.#machine.pending--;
  }
}
