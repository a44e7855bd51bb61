import type { ConnectionState } from '../connection/state.js';
import type { ConnectionStats } from '../connection/stats.js';

/** How many connections of a pool stand where; those that were never needed are not counted. */
export type PoolState = Readonly<Record<ConnectionState['status'], number>>;

/** Counts connections by their status. */
export function countStates(states: readonly ConnectionState[]): PoolState {
  const counts = { idle: 0, connecting: 0, open: 0, reconnecting: 0, closing: 0, closed: 0, failed: 0 };
  for (const { status } of states) counts[status]++;
  return counts;
}

/** Sums the counters; the latency is that of the slowest. */
export function sumStats(all: readonly ConnectionStats[]): ConnectionStats {
  const sum = (count: (stats: ConnectionStats) => number) => all.reduce((total, stats) => total + count(stats), 0);
  const latencies = all.flatMap(({ latency }) => latency ?? []);
  return {
    received: sum(({ received }) => received),
    receivedBytes: sum(({ receivedBytes }) => receivedBytes),
    sent: sum(({ sent }) => sent),
    sentBytes: sum(({ sentBytes }) => sentBytes),
    rejected: sum(({ rejected }) => rejected),
    dropped: sum(({ dropped }) => dropped),
    opens: sum(({ opens }) => opens),
    queued: sum(({ queued }) => queued),
    bufferedAmount: sum(({ bufferedAmount }) => bufferedAmount),
    latency: latencies.length ? Math.max(...latencies) : undefined,
  };
}
