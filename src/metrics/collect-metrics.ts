import { register as globalRegister } from 'prom-client';
import type { Registry, RegistryContentType } from 'prom-client';
import { Subscription } from 'rxjs';
import { expectFunction, expectObject, refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { Instruments } from './instruments.js';
import type { AnyConnection, Labels } from './instruments.js';

/** Options of {@link collectMetrics}. */
export interface CollectMetricsOptions {
  /** The registry that Prometheus scrapes. @default the global `register` of prom-client */
  register?: Registry<RegistryContentType> | undefined;
  /** Labels of this connection. All connections of one registry have the same label names. @default none */
  labels?: Readonly<Record<string, string | number>> | undefined;
}

/** The close code after the last unsubscribe. */
const NORMAL = 1000;

/** The states between the end of the handshake and the `close` event. */
const OPEN: readonly string[] = ['open', 'closing'];

/**
 * Adds the metrics of a connection to a registry of prom-client:
 *
 * ```
 * rxwire_messages_received_total  rxwire_received_bytes_total  rxwire_messages_rejected_total
 * rxwire_messages_sent_total      rxwire_sent_bytes_total      rxwire_messages_dropped_total
 * rxwire_opens_total              rxwire_closes_total{code}    rxwire_retries_total
 * rxwire_connections_open         rxwire_messages_queued       rxwire_buffered_bytes
 * rxwire_heartbeat_latency_seconds{le}
 * ```
 *
 * `stats` of the connection are read when the registry is scraped, so there is no cost per message. Closes, retries and
 * heartbeats are counted as they happen. Collecting metrics neither connects nor keeps a connection open.
 *
 * Connections of one registry share its metrics, and connections with the same labels are added up. For a pool, collect
 * in `create`: `create: (index) => { const feed = …; collectMetrics(feed); return feed; }`.
 *
 * @returns a Subscription; unsubscribing removes the connection: its labels, if no other connection has the same ones, and
 * all metrics with the last connection
 * @throws TypeError or RangeError for a bad argument, for labels with other names than those in the registry, or for a
 * connection that is already in the registry
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
  const { register = globalRegister, labels = {} } = options;
  expectFunction('register.registerMetric', register?.registerMetric);
  expectLabels(labels);

  const { state, stats, events } = connection;
  const names = Object.keys(labels).sort().join();
  const instruments = Instruments.of(register, names ? names.split(',') : []);
  const others = instruments.labelNames.join();
  if (names !== others) refuse('labels', `named as in the rest of this registry (${others})`, names, RangeError);
  if (instruments.has(connection as AnyConnection)) {
    refuse('connection', 'a connection that is not in this registry yet', connection, RangeError);
  }

  /** The number of opens whose close has been counted. */
  let closed = stats.opens - Number(OPEN.includes(state.value.status));
  const count = (code: number) => {
    closed = stats.opens;
    instruments.closed(labels, code);
  };
  // After the last unsubscribe there is no `close` event. An `open` that the supervision holds back is not emitted either.
  const countMissingClose = () => {
    if (stats.opens > closed) count(NORMAL);
  };

  const collecting = new Subscription(instruments.add(connection as AnyConnection, labels));
  collecting.add(
    events.subscribe((event) => {
      if (event.type === 'connecting') countMissingClose();
      if (event.type === 'close') count(event.code);
      if (event.type === 'reconnecting') instruments.retried(labels);
      if (event.type === 'heartbeat') instruments.answered(labels, event.latency);
    }),
  );
  collecting.add(
    state.subscribe(({ status }) => {
      if (status === 'idle' || status === 'failed') countMissingClose();
    }),
  );
  return collecting;
}

function expectLabels(labels: Labels): void {
  expectObject('labels', labels);
  for (const [name, value] of Object.entries(labels)) {
    if (!/^[a-z_]\w*$/i.test(name) || ['code', 'le'].includes(name)) {
      refuse('labels', 'valid Prometheus label names other than `code` and `le`', name, RangeError);
    }
    if (typeof value !== 'string' && typeof value !== 'number') refuse(`labels.${name}`, 'a string or a number', value);
  }
}
