import type { Subscription } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { endOf } from './end-of.js';
import { codeSeries, errorSeries } from './series.js';

/** What is counted as it happens; everything else is read from `stats` and `state`. */
export interface Watcher {
  closed(code: string): void;
  retried(): void;
  failed(error: string): void;
  dropped(count: number, reason: string): void;
  /** A heartbeat was answered, after so many seconds. */
  answered(latency: number): void;
}

/** The close code after the last unsubscribe. */
const NORMAL = 1000;

/** The states of a connection that is open, and of which no `close` was emitted yet. */
const OPEN: readonly string[] = ['open', 'closing'];

/** Watches a connection passively, over all its runs: one close for each open, one failure for each end that was not asked for. */
export function watchConnection<In, Out>(connection: WebSocketConnection<In, Out>, watcher: Watcher): Subscription {
  const { state, stats, events } = connection;
  let isUnclosed = OPEN.includes(state.value.status);
  /** The number of opens whose close has been counted. */
  let closed = stats.opens - Number(isUnclosed);
  const count = (code: number) => {
    closed = Math.min(closed + 1, stats.opens); // the others are still open, or their closes are to come
    watcher.closed(codeSeries(code));
  };
  // After the last unsubscribe there is no `close` event. An `open` that the supervision holds back is not emitted either.
  const countMissingCloses = () => {
    while (stats.opens > closed) count(NORMAL);
    isUnclosed = false;
  };

  const errorOf = endOf(connection);
  /** What a connection ended with, until it is counted. */
  let error: Error | undefined;

  const watching = events.subscribe((event) => {
    if (event.type === 'connecting') {
      if (error && event.attempt > 1) watcher.failed(errorSeries(error)); // it is retried without a `reconnecting`
      if (isUnclosed && stats.opens > closed) count(NORMAL); // a new run, begun at once
      isUnclosed = true;
    }
    error = errorOf(event) ?? (event.type === 'dropped' ? error : undefined);
    if (event.type === 'close') {
      isUnclosed = false;
      count(event.code);
    }
    if (event.type === 'dropped') watcher.dropped(event.count, event.reason);
    if (event.type === 'heartbeat') watcher.answered(event.latency / 1000);
    if (event.type === 'reconnecting') {
      watcher.retried();
      watcher.failed(errorSeries(event.error));
    }
  });
  let isNew = true; // a failure of before is not counted
  watching.add(
    state.subscribe((now) => {
      if (now.status === 'idle' || now.status === 'failed') countMissingCloses();
      if (now.status !== 'failed' || isNew) return;
      error = undefined;
      watcher.failed(errorSeries(now.error));
    }),
  );
  isNew = false;
  return watching;
}
