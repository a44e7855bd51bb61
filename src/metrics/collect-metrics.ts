import { register as globalRegister } from 'prom-client';
import type { Registry, RegistryContentType } from 'prom-client';
import { Subscription } from 'rxjs';
import { expectFunction, expectObject, refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { Instruments } from './instruments.js';
import type { AnyConnection, Labels } from './instruments.js';

/** Where {@link collectMetrics} puts what it collects, and under which labels. */
export interface CollectMetricsOptions {
  /** The register that is scraped. @default prom-client's own `register` */
  register?: Registry<RegistryContentType> | undefined;
  /** What tells this connection from others; the same names for all in one register. @default none */
  labels?: Readonly<Record<string, string | number>> | undefined;
}

/** What a socket is closed with that nobody listens to any more. */
const NORMAL = 1000;

/** Where a handshake has succeeded, and its close is still to come. */
const OPEN: readonly string[] = ['open', 'closing'];

/**
 * Puts the numbers of a connection into a register of prom-client:
 *
 * ```
 * rxwire_messages_received_total  rxwire_received_bytes_total  rxwire_messages_rejected_total
 * rxwire_messages_sent_total      rxwire_sent_bytes_total      rxwire_messages_dropped_total
 * rxwire_opens_total              rxwire_closes_total{code}    rxwire_retries_total
 * rxwire_connections_open         rxwire_messages_queued       rxwire_buffered_bytes
 * rxwire_heartbeat_latency_seconds{le}
 * ```
 *
 * The connection's `stats` are read when the register is scraped, so that a message costs nothing more; closes, retries
 * and heartbeats are counted as they happen. It only looks on: it neither connects nor keeps a connection open.
 *
 * Connections that share a register share its metrics; those with the same labels are added up, and so are those of a
 * pool: `create: (index) => { const feed = …; collectMetrics(feed); return feed; }`.
 *
 * @returns what takes the connection out again when it is unsubscribed: its labels, where no other connection has the
 * same ones, and the metrics with the last connection
 * @throws TypeError or RangeError for a bad argument, labels of other names than the register's, or a connection that
 * the register has already
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
  if (names !== others) refuse('labels', `named as others in this register are (${others})`, names, RangeError);
  if (instruments.has(connection as AnyConnection)) {
    refuse('connection', 'one that this register does not have yet', connection, RangeError);
  }

  /** Of how many opens the close was counted. */
  let closed = stats.opens - Number(OPEN.includes(state.value.status));
  const count = (code: number) => {
    closed = stats.opens;
    instruments.closed(labels, code);
  };
  // Where nobody listens any more, nobody is told of the close; nor of an `open` that the supervision held back.
  const countUntold = () => {
    if (stats.opens > closed) count(NORMAL);
  };

  const collecting = new Subscription(instruments.add(connection as AnyConnection, labels));
  collecting.add(
    events.subscribe((event) => {
      if (event.type === 'connecting') countUntold();
      if (event.type === 'close') count(event.code);
      if (event.type === 'reconnecting') instruments.retried(labels);
      if (event.type === 'heartbeat') instruments.answered(labels, event.latency);
    }),
  );
  collecting.add(
    state.subscribe(({ status }) => {
      if (status === 'idle' || status === 'failed') countUntold();
    }),
  );
  return collecting;
}

function expectLabels(labels: Labels): void {
  expectObject('labels', labels);
  for (const [name, value] of Object.entries(labels)) {
    if (!/^[a-z_]\w*$/i.test(name) || ['code', 'le'].includes(name)) {
      refuse('labels', 'named as Prometheus allows, and not `code` or `le`', name, RangeError);
    }
    if (typeof value !== 'string' && typeof value !== 'number') refuse(`labels.${name}`, 'a string or a number', value);
  }
}
