import { asyncScheduler, isObservable, Observable, share, Subscription, take, tap } from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerAction, SchedulerLike } from 'rxjs';
import { expectFunction, expectNumber, expectObject, expectOneOf, refuse } from '../src/arguments.js';
import { bounded } from '../src/backoff.js';
import { HeartbeatTimeoutError, toError, WebSocketError } from '../src/errors.js';
import type { HeartbeatEvent, LifecycleEvent, Link } from '../src/lifecycle.js';
import { visible } from '../src/visible.js';

/** What {@link heartbeat} can be given; durations in milliseconds. */
export interface HeartbeatOptions {
  /** From ping to ping; a function is asked on every `open`, for servers that tell it to a client. @default 20_000 */
  interval?: number | (() => number);
  /** How long the peer has to show a sign of life. @default 10_000 */
  timeout?: number;
  /**
   * `'frame'` sends ping frames (RFC 6455 section 5.5.2); a function makes the message that is sent as it is, as a text
   * or a binary frame; `'none'` sends nothing and only watches for silence. @default 'frame'
   */
  ping?: 'frame' | 'none' | (() => string | Uint8Array);
  /** Which messages answer a ping: they are measured and not delivered. @default whatever arrives first, delivered */
  isReply?: (data: string | Uint8Array) => boolean;
  /** Each emission brings the next ping forward to now; with `ping: 'none'` of no use. @default visible() */
  probe?: Observable<unknown>;
  /** Measures the times. @default asyncScheduler */
  scheduler?: SchedulerLike;
  /** A number from 0 up to 1: where in the first interval the first ping falls. @default Math.random */
  random?: () => number;
}

/** A timer that fires later than this was held up by its own machine: asleep, overloaded, throttled. */
const LATE = 1000;
/** How long what arrived meanwhile then has to be read. */
const GRACE = 1000;

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
 * in `ping`, `isReply` or `probe` ends the connection with that error, and so does `'frame'` on a transport without ping frames (browsers): give a function there. An error in `interval` passes at
 * the `open`.
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
    probe = visible(),
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  if (typeof interval !== 'function') expectNumber('interval', interval, 1);
  expectNumber('timeout', timeout, 1);
  if (typeof ping !== 'function') expectOneOf('ping', ping, 'frame', 'none');
  if (isReply !== undefined) expectFunction('isReply', isReply);
  if (!isObservable(probe)) refuse('probe', 'an Observable', probe);
  expectFunction('scheduler.schedule', scheduler?.schedule);
  expectFunction('random', random);

  /** Looks after `delay` whether anything arrived meanwhile; if not, that is the end. */
  const judgeAfter = (delay: number, link: Link, goOn: () => void): Subscription => {
    const { received, pauses, paused } = link;
    const due = scheduler.now() + delay;
    let isExtended = false;
    return scheduler.schedule(function (this: SchedulerAction<unknown>) {
      if (!isExtended && scheduler.now() - due > LATE) {
        isExtended = true;
        this.schedule(undefined, GRACE);
        return;
      }
      const couldHear = link.writable !== false && !paused && !link.paused && link.pauses === pauses;
      if (!couldHear || link.received !== received) goOn();
      else link.terminate(new HeartbeatTimeoutError(`The peer gave no sign of life for ${delay} ms.`));
    }, bounded(delay));
  };

  const watch = (link: Link, pulse: Subscription, interval: number): void => {
    let verdict: Subscription | undefined;
    const goOn = () => {
      verdict?.unsubscribe();
      verdict = judgeAfter(interval + timeout, link, goOn);
    };
    pulse.add(() => verdict?.unsubscribe());
    goOn();
  };

  const sendPing = (link: Link): void => {
    if (typeof ping === 'function') link.sendRaw(ping());
    else if (link.ping) link.ping();
    else
      throw new WebSocketError('This transport has no ping frames: give `heartbeat` a `ping` function.', {
        fatal: true,
      });
  };

  const pingEvery = (
    link: Link,
    replies: Observable<unknown>,
    pulse: Subscription,
    interval: number,
    beat: (event: HeartbeatEvent) => void,
  ): void => {
    let waiting: Subscription | undefined;
    let next: Subscription | undefined;

    const answered = () => {
      waiting?.unsubscribe();
      waiting = undefined;
    };

    const pingNow = () => {
      if (waiting || link.paused || link.writable === false) return;
      const since = scheduler.now();
      waiting = judgeAfter(timeout, link, answered);
      waiting.add(
        replies.pipe(take(1)).subscribe(() => {
          answered();
          beat({ type: 'heartbeat', latency: scheduler.now() - since });
        }),
      );
      try {
        sendPing(link);
      } catch (thrown) {
        link.terminate(toError(thrown));
      }
    };

    const pingFrom = (delay: number) => {
      next?.unsubscribe();
      next = scheduler.schedule(function (this: SchedulerAction<unknown>) {
        this.schedule(undefined, bounded(interval));
        pingNow();
      }, delay);
    };

    pulse.add(() => {
      answered();
      next?.unsubscribe();
    });
    pingFrom(ping === 'frame' && !link.ping ? 0 : random() * bounded(interval)); // a lack of frames shows at once
    pulse.add(
      probe.subscribe({
        next: () => pingFrom(0),
        error: (thrown: unknown) => link.terminate(toError(thrown)),
      }),
    );
  };

  // By hand: composed of operators it held 15.6 kB of heap a connection, more than all the rest.
  return (source) =>
    new Observable((subscriber) => {
      let pulse = new Subscription();
      subscriber.add(() => pulse.unsubscribe());
      const follow = (event: LifecycleEvent) => {
        if (event.type === 'open' || event.type === 'close') pulse.unsubscribe();
        if (event.type !== 'open') return;
        const { link } = event;
        const every = typeof interval === 'function' ? interval() : interval;
        expectNumber('interval', every, 1);
        pulse = new Subscription();
        const replies = isReply
          ? arrivals(link, isReply).pipe(share())
          : ping === 'frame'
            ? link.pongs
            : arrivals(link);
        if (isReply) pulse.add(replies.subscribe()); // consumed whether one is waited for or not
        if (ping === 'none') watch(link, pulse, every);
        else pingEvery(link, replies, pulse, every, (beat) => subscriber.next(beat));
      };
      return source.pipe(tap(follow)).subscribe(subscriber);
    });
}

/** Emits for whatever arrives, and lets it pass; given `isReply`, for replies alone, and consumes them. */
function arrivals(link: Link, isReply?: (data: string | Uint8Array) => boolean): Observable<unknown> {
  return new Observable((subscriber) =>
    link.intercept((data) => {
      if (isReply && !isReply(data)) return false;
      subscriber.next(data);
      return isReply !== undefined;
    }),
  );
}
