import { metrics, trace } from '@opentelemetry/api';
import type { Attributes, Meter, Tracer } from '@opentelemetry/api';
import { asyncScheduler, Observable, share, Subscription } from 'rxjs';
import type { SchedulerLike } from 'rxjs';
import { expectFunction, expectObject, expectScheduler } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { LastMessage } from '../metrics/last-message.js';
import { watchConnection } from '../metrics/watch-connection.js';
import { traceConnection } from './connection-span.js';
import { Instruments } from './instruments.js';

/** Options of {@link collectMetrics}. */
export interface TelemetryOptions {
  /** What makes the instruments. @default the global MeterProvider's, named `rxwire` */
  meter?: Meter | undefined;
  /** What makes the spans. @default the global TracerProvider's, named `rxwire` */
  tracer?: Tracer | undefined;
  /** Attributes of all measurements and spans of this connection. @default none */
  attributes?: Attributes | undefined;
  /** What the time of the last message is taken from, each second while there is a connection. @default asyncScheduler */
  scheduler?: SchedulerLike | undefined;
}

type AnyConnection = WebSocketConnection<never, never>;

/** What is collected already, by meter and connection. */
const collected = new WeakMap<Meter, WeakMap<AnyConnection, Observable<never>>>();

/**
 * Measures a connection with OpenTelemetry, and makes a span of each of its connections:
 *
 * ```
 * rxwire.messages.received  rxwire.bytes.received  rxwire.messages.rejected  rxwire.messages.last_received (s)
 * rxwire.messages.sent      rxwire.bytes.sent      rxwire.messages.dropped {rxwire.reason}
 * rxwire.opens              rxwire.closes {rxwire.close.code}                rxwire.failures {error.type}
 * rxwire.retries            rxwire.connections {rxwire.state}                rxwire.heartbeat.latency (s)
 * rxwire.messages.queued    rxwire.bytes.buffered
 * ```
 *
 * They mean what the metrics of `rxwire/metrics` mean: `stats` are read when they are collected, so there is no cost per
 * message, and the rest is counted as it happens, from this call on. Connections with the same attributes are added up.
 *
 * A span named `websocket`, of kind client, begins with `connecting`, has the lifecycle events as its events, and ends
 * with `close`. Its status is an error, with `error.type`, where the connection failed; what was asked for is none, and
 * the server's 1000 is one where a retry follows.
 *
 * Collecting neither connects nor keeps a connection open. Collecting a connection twice counts it once.
 *
 * @returns a Subscription; unsubscribing ends the collection and a span that is under way
 * @throws TypeError for a bad argument
 *
 * @example
 * collectMetrics(feed, { attributes: { feed: 'trades' } });
 */
export function collectMetrics<In, Out>(
  connection: WebSocketConnection<In, Out>,
  options: TelemetryOptions = {},
): Subscription {
  expectObject('connection', connection);
  expectObject('connection.events', connection.events);
  expectObject('options', options);
  const {
    meter = metrics.getMeter('rxwire'),
    tracer = trace.getTracer('rxwire'),
    attributes: given = {},
    scheduler = asyncScheduler,
  } = options;
  expectFunction('meter.createCounter', meter?.createCounter);
  expectFunction('tracer.startSpan', tracer?.startSpan);
  expectObject('attributes', given);
  const attributes = { ...given }; // a copy: theirs may be changed for another connection
  expectScheduler(scheduler);

  const ofMeter = collected.get(meter) ?? new WeakMap<AnyConnection, Observable<never>>();
  collected.set(meter, ofMeter);
  const instruments = Instruments.of(meter);
  const collecting =
    ofMeter.get(connection as AnyConnection) ??
    new Observable<never>(() => {
      const last = new LastMessage(connection.stats, scheduler);
      const all = new Subscription(() => ofMeter.delete(connection as AnyConnection));
      all.add(instruments.add({ connection, attributes, last }));
      all.add(watchConnection(connection, instruments.watcher(attributes)));
      all.add(last.watch(connection.state));
      all.add(traceConnection(connection, tracer, attributes));
      return all;
    }).pipe(share());
  ofMeter.set(connection as AnyConnection, collecting);
  return collecting.subscribe();
}
