import { register as globalRegister } from 'prom-client';
import type { Registry, RegistryContentType } from 'prom-client';
import { asyncScheduler, Subscription } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { expectFunction, expectObject, expectScheduler, refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { Instruments } from './instruments.js';
import type { AnyConnection, Labels } from './instruments.js';
import { LastMessage } from './last-message.js';
import { watchConnection } from './watch-connection.js';

/** Options of {@link collectMetrics}. */
export interface CollectMetricsOptions {
  /** The registry that Prometheus scrapes. @default the global `register` of prom-client */
  register?: Registry<RegistryContentType> | undefined;
  /** Labels of this connection. All connections of one registry have the same label names. @default none */
  labels?: Readonly<Record<string, string | number>> | undefined;
  /** What the time of the last message is taken from, each second while there is a connection. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

/** Labels of our own. */
const RESERVED = ['code', 'error', 'le', 'reason', 'state'];

/**
 * Adds the metrics of a connection to a registry of prom-client:
 *
 * ```
 * rxwire_messages_received_total  rxwire_received_bytes_total  rxwire_messages_rejected_total
 * rxwire_messages_sent_total      rxwire_sent_bytes_total      rxwire_messages_dropped_total{reason}
 * rxwire_opens_total              rxwire_closes_total{code}    rxwire_failures_total{error}
 * rxwire_connections{state}       rxwire_connections_open      rxwire_retries_total
 * rxwire_messages_queued          rxwire_buffered_bytes        rxwire_last_message_timestamp_seconds
 * rxwire_heartbeat_latency_seconds{le}
 * ```
 *
 * `stats` of the connection are read when the registry is scraped, so there is no cost per message. Closes, failures,
 * drops, retries and heartbeats are counted as they happen, from this call on. The time of the last message is exact to a
 * second: each second connections that are open, or are being made or closed, are looked at. Collecting metrics neither connects nor keeps a connection open.
 *
 * A failure is an end that was not asked for: each error that a retry follows, and the one that a run ends with. `code`
 * and `error` have at most 20 values; `other` stands for the rest.
 *
 * Connections of one registry share its metrics, and connections with the same labels are added up; of the last message
 * the newest counts. Collecting a connection twice counts it once. For a pool, collect in `create`:
 * `create: (index) => { const feed = …; collectMetrics(feed); return feed; }`.
 *
 * @returns a Subscription; unsubscribing removes the connection, once for each time it was collected: its labels, if no
 * other connection has the same ones, and all metrics with the last connection
 * @throws TypeError or RangeError for a bad argument, for labels with other names than those in the registry, or for
 * other labels of a connection that is already in the registry
 *
 * @example
 * collectMetrics(feed, { labels: { feed: 'trades' } });
 * createServer(async (_, response) => response.end(await register.metrics())).listen(9100);
 */
export function collectMetrics<In, Out>(
  connection: WebSocketConnection<In, Out>,
  options: CollectMetricsOptions = {},
): Subscription {
  expectObject('connection', connection);
  expectObject('connection.events', connection.events);
  expectObject('options', options);
  const { register = globalRegister, labels: given = {}, scheduler = asyncScheduler } = options;
  expectFunction('register.registerMetric', register?.registerMetric);
  expectObject('labels', given);
  const labels = { ...given }; // a copy: theirs may be changed for another connection
  expectLabels(labels);
  expectScheduler(scheduler);

  const names = Object.keys(labels).sort().join();
  const instruments = Instruments.of(register, names ? names.split(',') : []);
  const others = instruments.labelNames.join();
  if (names !== others) refuse('labels', `named as in the rest of this registry (${others})`, names, RangeError);
  const known = instruments.labelsOf(connection as AnyConnection);
  if (known && !instruments.isSame(known, labels)) {
    refuse('labels', 'those that this connection has in this registry', JSON.stringify(labels), RangeError);
  }
  return instruments.share(connection as AnyConnection, labels, () => {
    const last = new LastMessage(connection.stats, scheduler);
    const collecting = new Subscription(instruments.add(connection as AnyConnection, labels, last));
    collecting.add(watchConnection(connection, instruments.watcher(labels)));
    collecting.add(last.watch(connection.state));
    return collecting;
  });
}

function expectLabels(labels: Labels): void {
  for (const [name, value] of Object.entries(labels)) {
    if (!/^[a-z_]\w*$/i.test(name) || RESERVED.includes(name)) {
      refuse('labels', `valid Prometheus label names other than ${RESERVED.join(', ')}`, name, RangeError);
    }
    if (typeof value !== 'string' && typeof value !== 'number') refuse(`labels.${name}`, 'a string or a number', value);
  }
}
