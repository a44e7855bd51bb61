import type { Gauge } from 'prom-client';
import type { Source } from './instruments.js';
import { STATES } from './states.js';

/** A gauge that is read from the connections when the registry is scraped. */
export interface GaugeFamily {
  readonly help: string;
  /** Its own labels. */
  readonly label?: readonly string[];
  /** How those of several processes become one, in a cluster. @default 'sum' */
  readonly aggregator?: 'sum' | 'max';
  read(gauge: Gauge, sources: Iterable<Source>): void;
}

/** Connections with the same labels are added up. */
function sum(read: (connection: Source['connection']) => number): GaugeFamily['read'] {
  return (gauge, sources) => {
    for (const { connection, labels } of sources) gauge.inc(labels, read(connection));
  };
}

function countStates(gauge: Gauge, sources: Iterable<Source>): void {
  for (const { connection, labels } of sources) {
    const { status } = connection.state.value;
    for (const state of STATES) gauge.inc({ ...labels, state }, Number(status === state));
  }
}

/** Of connections with the same labels the newest. */
function newestMessage(gauge: Gauge, sources: Iterable<Source>): void {
  const newest = new Map<string, number>();
  for (const { labels, last } of sources) {
    const { at } = last.look();
    const series = JSON.stringify(Object.entries(labels).sort());
    if (at === undefined || at < (newest.get(series) ?? 0)) continue;
    newest.set(series, at);
    gauge.set(labels, at);
  }
}

/** Gauges, by name. */
export const GAUGES: Readonly<Record<string, GaugeFamily>> = {
  rxwire_connections: { help: 'Connections, by state.', label: ['state'], read: countStates },
  rxwire_connections_open: {
    help: 'Connections that are open.',
    read: sum(({ state }) => Number(state.value.status === 'open')),
  },
  rxwire_last_message_timestamp_seconds: {
    help: 'When the last message arrived, to a second.',
    aggregator: 'max',
    read: newestMessage,
  },
  rxwire_messages_queued: { help: 'Messages that wait to be sent.', read: sum(({ stats }) => stats.queued) },
  rxwire_buffered_bytes: { help: 'Bytes that the sockets buffer.', read: sum(({ stats }) => stats.bufferedAmount) },
};

/** Seconds: from less than a ping within one machine takes, to more than it takes on any working network. */
export const LATENCIES: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
