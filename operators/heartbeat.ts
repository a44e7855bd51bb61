import { asyncScheduler, isObservable, Observable } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerLike, Subscriber, Unsubscribable } from 'rxjs';
import {
  expectFunction,
  expectNumber,
  expectObject,
  expectOneOf,
  expectScheduler,
  refuse,
} from '../src/protocol/arguments.js';
import { bounded } from '../src/protocol/backoff.js';
import { unsubscribeSafely } from '../src/rx/for-each-safely.js';
import type { LifecycleEvent } from '../src/protocol/lifecycle.js';
import { hasPage, visible } from '../src/page/visible.js';
import { Stage } from '../src/rx/stage.js';
import type { Inspector } from '../src/rx/stage.js';
import { Pulse } from './pulse.js';
import type { Rhythm } from './pulse.js';

/** The options of {@link heartbeat}; durations in milliseconds. */
export interface HeartbeatOptions {
  /**
   * From ping to ping; a function is called at every `open`, for servers whose first message holds the interval. To
   * it and to `timeout` a thousandth may be added, so that connections share the turns of a timer; in virtual time
   * nothing is.
   * @default 20_000
   */
  interval?: number | (() => number) | undefined;
  /** How long after a ping the peer has to show a sign of life. @default 10_000 */
  timeout?: number | undefined;
  /**
   * `'frame'` sends ping frames (RFC 6455 section 5.5.2). A function makes the message that is sent, a string as a text
   * frame, bytes as a binary frame; anything else ends the connection with a fatal error. `'none'` sends nothing and
   * only watches for silence. @default 'frame'
   */
  ping?: 'frame' | 'none' | (() => string | Uint8Array) | undefined;
  /** Which messages answer a ping: they are measured and not delivered. @default whatever arrives first, delivered */
  isReply?: ((data: string | Uint8Array) => boolean) | undefined;
  /** Each emission brings the next ping forward to now; with `ping: 'none'` it is not used. @default visible() */
  probe?: Observable<unknown> | undefined;
  /** Runs the timers, and is the clock unless it goes by the wall clock. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
  /**
   * Where in the first interval the first ping falls: a number from 0 to 1, and anything else is taken for 1.
   * @default Math.random
   */
  random?: (() => number) | undefined;
}

/** One for all connections: each would hold 0.2 kB of heap. */
const seenAgain = /* @__PURE__ */ visible();
const probeOfPage = () => (hasPage() ? seenAgain : undefined);

/**
 * Notices a peer that no longer answers, and ends the connection with a `HeartbeatTimeoutError`.
 *
 * ```
 * source:       c--o--------------------------x#     x: close 1006, local
 * pings:        -------p---------p---------p---
 * pongs:        --------o---------o------------
 * heartbeat():  c--o----h---------h-----------x#     h: heartbeat, with its latency
 * ```
 *
 * Starts with each `open` and stops with its `close`. The first ping comes at a random point of the first interval, so
 * that clients that connected together do not ping together. The next ones are `interval` apart, and none is sent while
 * one is unanswered.
 *
 * **What proves life.** Anything that arrives within `timeout` of a ping: a pong, a message, a ping of the peer's own, or
 * any byte of a frame that is still arriving, where the transport knows of it (Node). A long message over a slow line is
 * no silence.
 *
 * **What is waited for.** A ping goes out behind everything that was sent before it. As long as some of that waits in our
 * own buffers, `timeout` begins anew whenever some of it leaves; when all of it has left, or nothing moves, `timeout`
 * counts. That some has left is noticed up to an eighth of `timeout` late. What waits in the send buffer of the kernel
 * cannot be seen: `timeout` has to be longer than the line takes for that, up to 4 MB on Linux.
 *
 * **`ping: 'none'`** sends nothing: a connection that has received nothing for `interval + timeout` is dead, which is
 * noticed at the latest after twice that.
 *
 * **When there is no verdict.** While the connection is paused, or was meanwhile, and while it closes. A timer that fired
 * more than a second late, as timers do on a page in the background or on an overloaded machine, waits for one more
 * second. Times are measured by a monotonic clock: setting the wall clock changes no verdict and no latency.
 *
 * Whenever `probe` emits, a ping is sent at once, and the next one `interval` later: by default, when the page is seen
 * again. An error of `ping`, `isReply` or `probe` ends the connection with that error. `'frame'` on a transport without
 * ping frames (browsers) ends it with a fatal one: give a function there. An error of `interval` or `random` is passed
 * on at the `open`.
 *
 * Passes everything on; errors and completes with the source; unsubscribing stops it.
 *
 * @throws TypeError or RangeError for a bad option
 *
 * @example
 * heartbeat({ interval: 10_000, ping: () => 'ping', isReply: (data) => data === 'pong' })
 * @see [drawn from a run](../docs/operators.md#heartbeat)
 */
export function heartbeat(options: HeartbeatOptions = {}): MonoTypeOperatorFunction<LifecycleEvent> {
  expectObject('options', options);
  const {
    interval = 20_000,
    timeout = 10_000,
    ping = 'frame',
    isReply,
    probe,
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  if (typeof interval !== 'function') expectNumber('interval', interval, 1);
  expectNumber('timeout', timeout, 1);
  if (typeof ping !== 'function') expectOneOf('ping', ping, 'frame', 'none');
  if (isReply !== undefined) expectFunction('isReply', isReply);
  if (probe !== undefined && !isObservable(probe)) refuse('probe', 'an Observable', probe);
  expectScheduler(scheduler);
  expectFunction('random', random);

  const probeOf = probe ? () => probe : probeOfPage;
  const rhythm: Rhythm = { timeout, ping, isReply, probe: probeOf, scheduler, random };

  return (source) =>
    new Observable((subscriber) => {
      const watch = new Watch(interval, rhythm, subscriber);
      subscriber.add(watch);
      new Stage(subscriber, watch).subscribeTo(source);
    });
}

/** One subscription: has a pulse while a connection is open. */
class Watch implements Inspector<LifecycleEvent>, Unsubscribable {
  readonly #interval: number | (() => number);
  readonly #rhythm: Rhythm;
  readonly #subscriber: Subscriber<LifecycleEvent>;
  #pulse: Pulse | undefined;

  constructor(interval: number | (() => number), rhythm: Rhythm, subscriber: Subscriber<LifecycleEvent>) {
    this.#interval = interval;
    this.#rhythm = rhythm;
    this.#subscriber = subscriber;
  }

  next(event: LifecycleEvent): void {
    if (event.type === 'open' || event.type === 'close') this.unsubscribe();
    if (event.type !== 'open') return;
    const interval = typeof this.#interval === 'function' ? this.#interval() : this.#interval;
    expectNumber('interval', interval, 1);
    if (this.#subscriber.closed) return; // `interval` has unsubscribed
    this.#pulse = new Pulse(event.link, bounded(interval), this.#rhythm, this.#subscriber);
    this.#pulse.start();
  }

  unsubscribe(): void {
    unsubscribeSafely(this.#pulse);
  }
}
