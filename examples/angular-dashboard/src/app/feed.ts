import { Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import {
  animationFrames,
  catchError,
  EMPTY,
  filter,
  interval,
  map,
  of,
  pairwise,
  scan,
  startWith,
  switchMap,
  takeWhile,
  timestamp,
} from 'rxjs';
import type { OperatorFunction } from 'rxjs';
import { online } from 'rxwire';
import { injectWebSocket } from 'rxwire/angular';
import { bufferCountOrTime, heartbeat, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';

export interface Trade {
  readonly id: number;
  readonly symbol: string;
  readonly price: number;
}

/** The time that the page shows, and the time between samples, in milliseconds. */
export const WINDOW = 60_000;
const EVERY = 500;

/** The connection of the page, and its data. */
@Injectable({ providedIn: 'root' })
export class Feed {
  readonly #socket = injectWebSocket<Trade>(
    { url: () => `${location.origin.replace('http', 'ws')}/trades` },
    heartbeat({ interval: 1000, timeout: 2000, ping: () => 'ping', isReply: (data) => data === 'pong' }),
    stopOnFatalClose(),
    retryWithBackoff({ initialDelay: 2000, maxDelay: 15_000, jitter: 'equal', when: online() }),
  );
  readonly #connection = this.#socket.connection;

  readonly state = this.#socket.state;
  readonly stats = this.#connection.stats;
  /** Written once per frame, whatever the number of messages. */
  readonly latestTrade = this.#socket.latest;

  /** Milliseconds until the next attempt, while a retry waits. */
  readonly countdown = toSignal(
    this.#connection.state.pipe(
      switchMap((state) => (state.status === 'reconnecting' ? countDown(state.delay) : of(undefined))),
    ),
  );

  /** The last 200 states, each with its start time. */
  readonly states = toSignal(this.#connection.state.pipe(timestamp(), newest(200)), { initialValue: [] });

  readonly events = toSignal(
    this.#connection.lifecycle.pipe(
      filter(({ type }) => type !== 'heartbeat'), // the latency has a chart of its own
      timestamp(),
      newest(100),
      catchError(() => EMPTY), // `state` has the error
    ),
    { initialValue: [] },
  );

  readonly batches = toSignal(
    this.#socket.messages.pipe(
      bufferCountOrTime(100, 1000),
      timestamp(),
      newest(8),
      catchError(() => EMPTY),
    ),
    { initialValue: [] },
  );

  /** Counters cost nothing until they are read. */
  readonly samples = toSignal(
    interval(EVERY).pipe(
      map(() => ({ received: this.stats.received, latency: this.stats.latency ?? null })),
      timestamp(),
      pairwise(),
      map(([before, { timestamp, value }]) => {
        const seconds = (timestamp - before.timestamp) / 1000;
        return { timestamp, latency: value.latency, rate: (value.received - before.value.received) / seconds };
      }),
      newest(WINDOW / EVERY),
    ),
    { initialValue: [] },
  );
}

/** Counts down from `delay` milliseconds to 0, in tenths of a second. */
const countDown = (delay: number) =>
  animationFrames().pipe(
    map(({ elapsed }) => Math.ceil((delay - elapsed) / 100) * 100),
    startWith(delay),
    takeWhile((left) => left > 0),
  );

/** Emits a list of the last `count` values, the newest first. */
const newest = <T>(count: number): OperatorFunction<T, readonly T[]> =>
  scan((values: readonly T[], value: T) => [value, ...values].slice(0, count), []);
