import {
  asyncScheduler,
  catchError,
  concatMap,
  connect,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  last,
  map,
  merge,
  NEVER,
  Observable,
  of,
  repeat,
  share,
  switchMap,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { MonoTypeOperatorFunction, SchedulerLike } from 'rxjs';
import { expectFunction, expectNumber, expectOneOf } from '../src/arguments.js';
import { bounded } from '../src/backoff.js';
import { HeartbeatTimeoutError, toError, WebSocketError } from '../src/errors.js';
import type { HeartbeatEvent, LifecycleEvent, Link } from '../src/lifecycle.js';

/** What {@link heartbeat} can be given; durations in milliseconds. */
export interface HeartbeatOptions {
  /** From ping to ping. @default 20_000 */
  interval?: number;
  /** How long the peer has to show a sign of life. @default 10_000 */
  timeout?: number;
  /**
   * `'frame'` sends ping frames (RFC 6455 section 5.5.2); a function makes the message that is sent as it is, as a text
   * or a binary frame; `'none'` sends nothing and only watches for silence. @default 'frame'
   */
  ping?: 'frame' | 'none' | (() => string | Uint8Array);
  /** Which messages answer a ping: they are measured and not delivered. @default whatever arrives first, delivered */
  isReply?: (data: string | Uint8Array) => boolean;
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
 * one more second brought nothing either. An error in `ping` or `isReply` ends the connection with that error, and so
 * does `'frame'` on a transport without ping frames (browsers): give a function there.
 *
 * Passes everything on; errors and completes with the source.
 *
 * @throws TypeError or RangeError for a bad option
 *
 * @example
 * heartbeat({ interval: 10_000, ping: () => 'ping', isReply: (data) => data === 'pong' })
 */
export function heartbeat(options: HeartbeatOptions = {}): MonoTypeOperatorFunction<LifecycleEvent> {
  const {
    interval = 20_000,
    timeout = 10_000,
    ping = 'frame',
    isReply,
    scheduler = asyncScheduler,
    random = Math.random,
  } = options;
  expectNumber('interval', interval, 1);
  expectNumber('timeout', timeout, 1);
  if (typeof ping !== 'function') expectOneOf('ping', ping, 'frame', 'none');
  if (isReply !== undefined) expectFunction('isReply', isReply);
  expectFunction('scheduler.schedule', scheduler?.schedule);
  expectFunction('random', random);

  /** Emits once, `delay` ms from now. */
  const patience = (delay: number): Observable<unknown> =>
    defer(() => {
      const due = scheduler.now() + delay;
      return timer(bounded(delay), scheduler).pipe(
        concatMap(() => (scheduler.now() - due > LATE ? timer(GRACE, scheduler) : of(0))),
      );
    });

  /** Waits, and then ends the connection if nothing arrived meanwhile. */
  const judgeAfter = (delay: number, link: Link): Observable<unknown> =>
    defer(() => {
      const { received, pauses, paused } = link;
      return patience(delay).pipe(
        tap(() => {
          const couldHear = !paused && !link.paused && link.pauses === pauses;
          if (couldHear && link.received === received) {
            link.terminate(new HeartbeatTimeoutError(`The peer gave no sign of life for ${delay} ms.`));
          }
        }),
      );
    });

  const sendPing = (link: Link): void => {
    if (typeof ping === 'function') link.sendRaw(ping());
    else if (link.ping) link.ping();
    else
      throw new WebSocketError('This transport has no ping frames: give `heartbeat` a `ping` function.', {
        fatal: true,
      });
  };

  const pingEvery = (link: Link, replies: Observable<unknown>): Observable<HeartbeatEvent> =>
    timer(random() * bounded(interval), bounded(interval), scheduler).pipe(
      filter(() => !link.paused && link.writable !== false),
      exhaustMap(() => {
        const since = scheduler.now();
        const beat = replies.pipe(
          take(1),
          map(() => ({ type: 'heartbeat' as const, latency: scheduler.now() - since })),
        );
        const pinged = defer(() => {
          sendPing(link);
          return EMPTY;
        });
        return merge(beat, pinged).pipe(takeUntil(judgeAfter(timeout, link)));
      }),
    );

  const supervise = (link: Link): Observable<HeartbeatEvent> => {
    const consumed = isReply ? arrivals(link, isReply).pipe(share()) : NEVER;
    const beats =
      ping === 'none'
        ? judgeAfter(interval + timeout, link).pipe(repeat(), ignoreElements())
        : pingEvery(link, isReply ? consumed : ping === 'frame' ? link.pongs : arrivals(link));
    return merge(consumed.pipe(ignoreElements()), beats).pipe(
      catchError((thrown: unknown) => {
        link.terminate(toError(thrown));
        return EMPTY;
      }),
    );
  };

  return connect((events) => {
    const beats = events.pipe(
      filter(({ type }) => type === 'open' || type === 'close'),
      switchMap((event) => (event.type === 'open' ? supervise(event.link) : EMPTY)),
      takeUntil(events.pipe(last(null, undefined))),
    );
    return merge(beats, events); // in this order: a subscriber may give a connection up on hearing of its `open`
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
