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

  /** The event, with what it reports: milliseconds since the end of the last healthy connection, where there was one. */
  dated<T extends object>(event: T, now?: number): T & { sinceHealthy?: number } {
    const until = this.#healthyUntil;
    return until === undefined ? event : { ...event, sinceHealthy: (now ?? this.now()) - until };
  }

  /** Another connection is made beside an open one. */
  beside(openSince: number): void {
    if (this.#isHealthy(openSince, this.now())) this.failures = 0;
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
    if (this.#isHealthy(openSince, now)) {
      this.#healthyUntil = now;
      this.failures = 0;
    } else if (!isOnPurpose) this.failures++;
    this.error = error;
    return this.dated({ type: 'close', ...fields, initiator }, now);
  }

  #isHealthy(openSince: number | undefined, now: number): boolean {
    return openSince !== undefined && now - openSince >= HEALTHY_AFTER;
  }
}
