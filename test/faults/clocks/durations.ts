import { filter, firstValueFrom, ignoreElements, lastValueFrom, map, merge, NEVER, Subject, take, toArray } from 'rxjs';
import {
  atMost,
  bufferCountOrTime,
  connectionPool,
  heartbeat,
  observeWebSocket,
  refreshOnUnauthorized,
  requestResponse,
  retryWithBackoff,
} from '../../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConfig, WebSocketConnection } from '../../../src/index.node.js';
import { follow } from './follow.js';

/** Something that is measured of a client, by the clock that nobody can set. */
export interface Duration {
  /** Milliseconds, at least; or with `isCount` a number that is exact. */
  readonly expected: number;
  readonly isCount?: true;
  measure(): Promise<number>;
}

type Options = Omit<WebSocketConfig, 'url'>;
type Type = LifecycleEvent['type'];

/** Every duration that the library measures. @param unit milliseconds of most of them */
export function durations(server: string, unit: number): Record<string, Duration> {
  const feedOf = (path: string, options: Options = {}, ...supervision: Supervision[]): WebSocketConnection =>
    observeWebSocket({ url: server + path, closeTimeout: 100, ...options }, ...supervision);
  const withPings = (path: string, options: Parameters<typeof heartbeat>[0]) =>
    feedOf(path, {}, heartbeat({ random: () => 0, ...options }));
  const refused = (options: Parameters<typeof retryWithBackoff>[0]) =>
    feedOf('/refusing?status=503', {}, retryWithBackoff(options));
  const brief = (open: number, ...supervision: Supervision[]) =>
    feedOf(`/brief?code=4401&open=${open}`, {}, ...supervision);
  const retried = (open: number) => brief(open, retryWithBackoff({ delays: [0, 0, 0], resetAfter: unit }));
  const often = Array.from({ length: 1000 }, () => unit / 4);

  return {
    'retryWithBackoff: a delay': {
      expected: unit,
      measure: () => between(refused({ delays: [unit, unit] }), ['reconnecting'], ['connecting', 2]),
    },
    'retryWithBackoff: from an attempt to a retry that comes as soon as it may': {
      expected: 1000,
      measure: () => between(refused({ firstDelay: 0 }), ['connecting'], ['connecting', 2]),
    },
    'retryWithBackoff: maxElapsed': {
      expected: 1.75 * unit, // the last retry that ends within twice the unit
      measure: () => untilEnd(refused({ delays: often, maxElapsed: 2 * unit })),
    },
    'retryWithBackoff: maxElapsed, while it waits for `when`': {
      expected: unit,
      measure: () => untilEnd(refused({ delays: [0], when: NEVER, maxElapsed: unit })),
    },
    'retryWithBackoff: resetAfter, of connections that were open for less': {
      expected: 2,
      isCount: true,
      measure: () => secondRetry(retried(unit / 4)),
    },
    'retryWithBackoff: resetAfter, of connections that were open for longer': {
      expected: 1,
      isCount: true,
      measure: () => secondRetry(retried(1.4 * unit)),
    },
    'heartbeat: interval': {
      expected: 0.75 * unit, // measured by its replies, which are late by more or less
      async measure() {
        const count = Math.ceil(1400 / unit); // several short ones: their mean is late by less
        const pings = withPings('/', { interval: unit, timeout: 10 * unit });
        return (await between(pings, ['heartbeat', 2], ['heartbeat', 2 + count])) / count;
      },
    },
    'heartbeat: timeout': {
      expected: unit,
      measure: () => between(withPings('/silent', { interval: 4 * unit, timeout: unit }), ['open'], ['close']),
    },
    'heartbeat: a watchdog that sends nothing': {
      expected: unit,
      measure: () =>
        between(withPings('/silent', { ping: 'none', interval: unit / 2, timeout: unit / 2 }), ['open'], ['close']),
    },
    'heartbeat: latency': {
      expected: unit / 2,
      async measure() {
        const followed = follow(withPings(`/slow?pong=${unit / 2}`, { timeout: 10 * unit }));
        const { event } = await followed.nth('heartbeat');
        followed.unsubscribe();
        return event.latency;
      },
    },
    connectTimeout: {
      expected: unit,
      measure: () => between(feedOf('/stalling', { connectTimeout: unit }), ['connecting'], ['close']),
    },
    closeTimeout: {
      expected: unit,
      async measure() {
        const feed = feedOf('/silent', { closeTimeout: unit });
        await follow(feed).nth('open');
        return elapsed(feed.close());
      },
    },
    linger: {
      expected: unit,
      async measure() {
        const feed = feedOf('/', { linger: unit });
        const followed = follow(feed);
        await followed.nth('open');
        followed.unsubscribe();
        return elapsed(firstValueFrom(feed.state.pipe(filter(({ status }) => status === 'idle'))));
      },
    },
    pace: {
      expected: unit,
      async measure() {
        const feed = feedOf('/', { pace: atMost(2, unit) });
        const followed = follow(feed);
        const [first, , third] = await Promise.all(
          [1, 2, 3].map(async (message) => {
            await feed.send(message);
            return performance.now();
          }),
        );
        followed.unsubscribe();
        return third! - first!;
      },
    },
    'connectionPool: dials': {
      expected: unit,
      async measure() {
        const pool = connectionPool({
          create: () => feedOf('/'),
          max: 2,
          keysPerConnection: 1,
          dials: atMost(1, unit),
        });
        const [first, second] = await lastValueFrom(
          merge(pool.lifecycle, pool.use('a').pipe(ignoreElements()), pool.use('b').pipe(ignoreElements())).pipe(
            filter(({ event }) => event.type === 'connecting'),
            map(() => performance.now()),
            take(2),
            toArray(),
          ),
        );
        return second! - first!;
      },
    },
    'requestResponse: timeout': {
      expected: unit,
      async measure() {
        const feed = feedOf('/silent');
        const followed = follow(feed);
        await followed.nth('open');
        const request = requestResponse(feed, { idOf: () => 1, timeout: unit });
        const took = await elapsed(lastValueFrom(request(1, 'anybody?')));
        followed.unsubscribe();
        return took;
      },
    },
    bufferCountOrTime: {
      expected: unit,
      measure() {
        const values = new Subject<number>();
        const took = elapsed(firstValueFrom(values.pipe(bufferCountOrTime(100, unit))));
        values.next(1);
        return took;
      },
    },
    'refreshOnUnauthorized: timeout': {
      expected: unit,
      measure: () =>
        untilEnd(
          feedOf(
            '/refusing?status=401',
            {},
            refreshOnUnauthorized(() => NEVER, { timeout: unit }),
          ),
        ),
    },
    'refreshOnUnauthorized: resetAfter, of connections that were open for less': {
      expected: 1,
      isCount: true,
      measure: () => refreshes(unit, (supervision) => brief(unit / 4, supervision)),
    },
    'refreshOnUnauthorized: resetAfter, of connections that were open for longer': {
      expected: 2,
      isCount: true,
      measure: () => refreshes(unit, (supervision) => brief(1.4 * unit, supervision)),
    },
    'reconnect: overlap': {
      expected: unit,
      async measure() {
        const feed = feedOf('/');
        const followed = follow(feed);
        const { event } = await followed.nth('open');
        feed.reconnect({ overlap: unit });
        await followed.nth('open', 2);
        const took = await elapsed(lastValueFrom(event.link.messages, { defaultValue: undefined }));
        followed.unsubscribe();
        return took;
      },
    },
  };
}

/** From now on until something happens, or fails. */
async function elapsed(happens: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await happens.catch(() => {});
  return performance.now() - start;
}

/** From the n-th event of a type to another. */
async function between(feed: WebSocketConnection, from: [Type, number?], to: [Type, number?]): Promise<number> {
  const followed = follow(feed);
  const start = await followed.nth(...from);
  const end = await followed.nth(...to);
  followed.unsubscribe();
  return end.at - start.at;
}

/** From the first failure to the end of the run. */
async function untilEnd(feed: WebSocketConnection): Promise<number> {
  const followed = follow(feed);
  const { at } = await followed.nth('close');
  return (await followed.end) - at;
}

/** The number of the second retry. */
async function secondRetry(feed: WebSocketConnection): Promise<number> {
  const followed = follow(feed);
  const { event } = await followed.nth('reconnecting', 2);
  followed.unsubscribe();
  return event.retry;
}

/** How often it is refreshed for two connections in a row that are ended because they are not authorized. */
async function refreshes(unit: number, feedOf: (supervision: Supervision) => WebSocketConnection): Promise<number> {
  let count = 0;
  const refresh = () => [++count];
  const followed = follow(feedOf(refreshOnUnauthorized(refresh, { resetAfter: unit })));
  await followed.nth('close', 2);
  followed.unsubscribe();
  return count;
}
