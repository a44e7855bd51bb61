import { VirtualTimeScheduler } from 'rxjs';

/** Virtual time that is moved by hand, and tells what is still to come. */
export class CountingScheduler extends VirtualTimeScheduler {
  /** How far the clock is ahead of the timers, which then fire late. */
  #late = 0;
  /** How many actions were ever scheduled. */
  scheduled = 0;

  override now = (): number => this.frame + this.#late;

  override schedule: VirtualTimeScheduler['schedule'] = (work, delay, state) => {
    this.scheduled++;
    return super.schedule(work, delay, state);
  };

  /** How many actions wait. */
  get pending(): number {
    return this.actions.length;
  }

  /** Lets time pass, and everything happen that falls due in it, its last millisecond included. */
  advance(ms: number): void {
    const end = this.frame + ms;
    this.maxFrames = end;
    this.flush();
    this.frame = end;
  }

  /** The machine sleeps: the clock moves on, and the timers, which stood still, fire that much late. */
  oversleep(ms: number): void {
    this.#late += ms;
  }
}
