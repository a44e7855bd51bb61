import type { SchedulerLike, Subscription } from 'rxjs';

/** Runs an action when a scheduler runs next, once however often that is asked for. Some schedulers run it at once. */
export class ScheduledOnce {
  readonly #scheduler: SchedulerLike;
  readonly #action: () => void;
  /** A new one each time: what is cancelled, or was run at once, is none any more. */
  #turn: object | undefined;
  #scheduled: Subscription | undefined;

  constructor(scheduler: SchedulerLike, action: () => void) {
    this.#scheduler = scheduler;
    this.#action = action;
  }

  get isWaiting(): boolean {
    return !!this.#turn;
  }

  /** @param delay in milliseconds; not looked at where it waits already */
  schedule(delay = 0): void {
    if (this.#turn) return;
    const turn = (this.#turn = {});
    const scheduled = this.#scheduler.schedule(() => {
      if (this.#turn !== turn) return;
      this.#turn = undefined;
      this.#action();
    }, delay);
    if (this.#turn === turn) this.#scheduled = scheduled;
  }

  cancel(): void {
    this.#turn = undefined;
    this.#scheduled?.unsubscribe();
    this.#scheduled = undefined;
  }
}
