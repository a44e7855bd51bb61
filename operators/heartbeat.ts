import { asyncScheduler, isObservable, Observable } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
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
import { Pulse } from './pulse.js';
import type { Rhythm } from './pulse.js';
import { Stage } from '../src/rx/stage.js';
import { visible } from '../src/page/visible.js';

/** What {@link heartbeat} can be given; durations in milliseconds. */
export interface HeartbeatOptions {
  /** From ping to ping; a function is asked on every `open`, for servers that tell it to a client. @default 20_000 */
  interval?: number | (() => number) | undefined;
  /** How long the peer has to show a sign of life. @default 10_000 */
  timeout?: number | undefined;
  /**
   * `'frame'` sends ping frames (RFC 6455 section 5.5.2); a function makes the message that is sent as it is, as a text
   * or a binary frame; `'none'` sends nothing and only watches for silence. @default 'frame'
   */
  ping?: 'frame' | 'none' | (() => string | Uint8Array) | undefined;
  /** Which messages answer a ping: they are measured and not delivered. @default whatever arrives first, delivered */
  isReply?: ((data: string | Uint8Array) => boolean) | undefined;
  /** Each emission brings the next ping forward to now; with `ping: 'none'` of no use. @default visible() */
  probe?: Observable<unknown> | undefined;
  /** Measures the times. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
  /** A number from 0 up to 1: where in the first interval the first ping falls. @default Math.random */
  random?: (() => number) | undefined;
}

/** One for all: each would hold 0.2 kB of heap. */
const seenAgain = /* @__PURE__ */ visible();

/**
 * Notices a peer that is gone without a word, and ends the connection with a `HeartbeatTimeoutError`.
 *
 * ```
 * source:       c--o--------------------------x#     x: close 1006, local
 * pings:        -------p---------p---------p---
 * pongs:        --------o---------o------------
 * heartbeat():  c--o----h---------h-----------x#     h: heartbeat, with its latency
 * ```
 *
 * Starts with each `open` and stops with its `close`. Anything that arrives within `timeout` of a ping proves life. No
 * ping is sent while one is unanswered; the first one comes at a random point of the first interval, so that clients
 * that connected together do not ping together. With `ping: 'none'`, a connection is dead that received nothing for
 * `interval + timeout`, which is noticed at the latest after twice that.
 *
 * Nobody is judged while the connection is paused or closes, nor by a timer that fired more than a second late unless
 * one more second brought nothing either: so it is with a page in the background, and with a machine asleep. Whenever
 * `probe` emits, the peer is pinged at once, and then `interval` later: by default, when the page is seen again. An error
 * in `ping`, `isReply` or `probe` ends the connection with that error, and so does `'frame'` on a transport without
 * ping frames (browsers): give a function there. An error in `interval` passes at the `open`.
 *
 * Passes everything on; errors and completes with the source.
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
    probe = seenAgain,
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  if (typeof interval !== 'function') expectNumber('interval', interval, 1);
  expectNumber('timeout', timeout, 1);
  if (typeof ping !== 'function') expectOneOf('ping', ping, 'frame', 'none');
  if (isReply !== undefined) expectFunction('isReply', isReply);
  if (!isObservable(probe)) refuse('probe', 'an Observable', probe);
  expectScheduler(scheduler);
  expectFunction('random', random);

  const rhythm: Rhythm = { timeout, ping, isReply, probe, scheduler, random };

  return (source) =>
    new Observable((subscriber) => {
      let pulse: Pulse | undefined;
      const stop = () => unsubscribeSafely(pulse);
      const follow = (event: LifecycleEvent) => {
        if (event.type === 'open' || event.type === 'close') stop();
        if (event.type !== 'open') return;
        const every = typeof interval === 'function' ? interval() : interval;
        expectNumber('interval', every, 1);
        if (subscriber.closed) return; // whoever was asked has left
        pulse = new Pulse(event.link, bounded(every), rhythm, subscriber);
        pulse.start();
      };
      subscriber.add(stop);
      source.subscribe(new Stage(subscriber, { next: follow }));
    });
}
