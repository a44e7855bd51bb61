import { EMPTY, interval, share, startWith, switchMap } from 'rxjs';
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import type { ConnectionState } from '../connection/state.js';

/** How often each connection is looked at, in milliseconds: so exact is the time. */
const PERIOD = 1000;

/** The states in which messages arrive: in a set-up and in a closing handshake, too. */
const LIVE: readonly ConnectionState['status'][] = ['connecting', 'open', 'closing'];

/** One timer for all connections, and none while none of them is live: it would keep a process alive. */
const ticking = new WeakMap<SchedulerLike, Observable<unknown>>();

function ticksOf(scheduler: SchedulerLike): Observable<unknown> {
  const ticks = ticking.get(scheduler) ?? interval(PERIOD, scheduler).pipe(share());
  ticking.set(scheduler, ticks);
  return ticks;
}

/** When the last message of a connection arrived, to a second: no clock is read for a message. */
export class LastMessage {
  /** Seconds since 1970; `undefined` before the first message. */
  at: number | undefined;
  #received: number;
  readonly #stats: { readonly received: number };
  readonly #scheduler: SchedulerLike;

  constructor(stats: { readonly received: number }, scheduler: SchedulerLike) {
    this.#stats = stats;
    this.#received = stats.received;
    this.#scheduler = scheduler;
  }

  /** Looks while there may be a socket, and whenever the state changes. */
  watch(state: Observable<ConnectionState>): Subscription {
    const ticks = ticksOf(this.#scheduler);
    return state
      .pipe(switchMap(({ status }) => (LIVE.includes(status) ? ticks : EMPTY).pipe(startWith(undefined))))
      .subscribe(() => this.look());
  }

  /** Whether there is a message since the last look. */
  look(): this {
    const { received } = this.#stats;
    if (received !== this.#received) this.at = this.#scheduler.now() / 1000;
    this.#received = received;
    return this;
  }
}
