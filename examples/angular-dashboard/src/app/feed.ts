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

/** How far back the page looks, in milliseconds, and how often it takes a sample. */
export const WINDOW = 60_000;
const EVERY = 500;

/** The one connection of the page, and what it shows of it. */
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
  /** Written once a frame, however many arrive. */
  readonly latestTrade = this.#socket.latest;

  /** Milliseconds until the next attempt, while one is waited for. */
  readonly countdown = toSignal(
    this.#connection.state.pipe(
      switchMap((state) => (state.status === 'reconnecting' ? countDown(state.delay) : of(undefined))),
    ),
  );

  /** The states of the last minute and the one before, each with the time when it began. */
  readonly states = toSignal(this.#connection.state.pipe(timestamp(), newest(200)), { initialValue: [] });

  readonly events = toSignal(
    this.#connection.lifecycle.pipe(
      filter(({ type }) => type !== 'heartbeat'), // the latency has a chart of its own
      timestamp(),
      newest(100),
      catchError(() => EMPTY), // `state` tells of it
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

  /** Counters are free until they are read. */
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

/** What is left of so many milliseconds, in tenths of a second, as long as something is. */
const countDown = (delay: number) =>
  animationFrames().pipe(
    map(({ elapsed }) => Math.ceil((delay - elapsed) / 100) * 100),
    startWith(delay),
    takeWhile((left) => left > 0),
  );

/** A list of the last so many values, the newest first. */
const newest = <T>(count: number): OperatorFunction<T, readonly T[]> =>
  scan((values: readonly T[], value: T) => [value, ...values].slice(0, count), []);
