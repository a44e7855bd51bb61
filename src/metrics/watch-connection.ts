import type { Subscription } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
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

/** The states between the end of the handshake and the `close` event. */
const OPEN: readonly string[] = ['open', 'closing'];

/** Watches a connection passively, over all its runs: one close for each open, one failure for each end that was not asked for. */
export function watchConnection<In, Out>(connection: WebSocketConnection<In, Out>, watcher: Watcher): Subscription {
  const { state, stats, events } = connection;
  /** The number of opens whose close has been counted. */
  let closed = stats.opens - Number(OPEN.includes(state.value.status));
  const count = (code: number) => {
    closed = stats.opens;
    watcher.closed(codeSeries(code));
  };
  // After the last unsubscribe there is no `close` event. An `open` that the supervision holds back is not emitted either.
  const countMissingClose = () => {
    if (stats.opens > closed) count(NORMAL);
  };

  const watching = events.subscribe((event) => {
    if (event.type === 'connecting') countMissingClose();
    if (event.type === 'close') count(event.code);
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
      if (now.status === 'idle' || now.status === 'failed') countMissingClose();
      if (now.status === 'failed' && !isNew) watcher.failed(errorSeries(now.error));
    }),
  );
  isNew = false;
  return watching;
}
