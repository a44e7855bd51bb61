import type { SchedulerLike } from 'rxjs';
import type { CloseFields } from '../protocol/errors.js';
import type { CloseEvent } from '../protocol/lifecycle.js';
import { monotonicNow } from '../rx/monotonic-now.js';

/** How long a connection must have been open to count as healthy. */
const HEALTHY_AFTER = 30_000;

/** How the connections of one connection object fared so far, over all runs. */
export class Health {
  /** Attempts since the last healthy connection; those that `reconnect()` ended do not count. */
  failures = 0;
  /** What the last attempt ended with; `undefined` where we ended it. */
  error: Error | undefined;
  #healthyUntil: number | undefined;
  readonly #clock: SchedulerLike;

  constructor(clock: SchedulerLike) {
    this.#clock = clock;
  }

  now(): number {
    return monotonicNow(this.#clock);
  }

  /** What events report: milliseconds since the end of the last healthy connection, where there was one. */
  get sinceHealthy(): { sinceHealthy?: number } {
    return this.#since(this.now());
  }

  /**
   * An attempt has ended.
   * @param openSince when its `open` left the supervision
   * @param isOnPurpose a new connection is wanted in its place: then it is no failure
   */
  closeEvent(
    initiator: CloseEvent['initiator'],
    openSince: number | undefined,
    error: Error | undefined,
    fields: CloseFields,
    isOnPurpose: boolean,
  ): CloseEvent {
    const now = this.now();
    const isHealthy = openSince !== undefined && now - openSince >= HEALTHY_AFTER;
    if (isHealthy) this.#healthyUntil = now;
    if (isHealthy) this.failures = 0;
    else if (!isOnPurpose) this.failures++;
    this.error = error;
    return { type: 'close', ...fields, initiator, ...this.#since(now) };
  }

  #since(now: number): { sinceHealthy?: number } {
    return this.#healthyUntil === undefined ? {} : { sinceHealthy: now - this.#healthyUntil };
  }
}
