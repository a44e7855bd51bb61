import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, Span, Tracer } from '@opentelemetry/api';
import type { Subscription } from 'rxjs';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { endOf } from '../metrics/end-of.js';
import { errorSeries } from '../metrics/series.js';
import { describe } from '../protocol/arguments.js';
import { CloseCode } from '../protocol/close-codes.js';
import { redactSecrets } from '../logging/redact-secrets.js';
import type { LifecycleEvent } from '../protocol/lifecycle.js';

/** What an event says of itself, in attributes: of messages nothing but how many. */
function attributesOf(event: LifecycleEvent): Attributes {
  switch (event.type) {
    case 'heartbeat':
      return { 'rxwire.heartbeat.latency': event.latency / 1000 };
    case 'dropped':
      return { 'rxwire.count': event.count, 'rxwire.reason': event.reason };
    case 'error':
      return { 'exception.type': event.error.name, 'exception.message': redactSecrets(event.error.message) };
    case 'rejected':
      return { 'exception.type': event.error.name };
    case 'close': {
      const { code, reason, wasClean, initiator } = event;
      return {
        ...{ 'rxwire.close.code': code, 'rxwire.close.reason': redactSecrets(reason) },
        ...{ 'rxwire.close.clean': wasClean, 'rxwire.close.initiator': initiator },
      };
    }
    default:
      return {};
  }
}

/** Where it connected to, without credentials and query. */
function addressOf(url: string): Attributes {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const usual = scheme === 'wss' ? 443 : 80;
  return { 'url.full': url, 'url.scheme': scheme, 'server.address': hostname, 'server.port': Number(port) || usual };
}

/** An SDK keeps 128 events of a span, and gives up the oldest: those would be its `connecting` and its `open`. */
const MOST_HEARTBEATS = 32;

/** The span of one connection. */
class ConnectionSpan {
  readonly #span: Span;
  #hasEnded = false;
  #heartbeats = 0;

  constructor(tracer: Tracer, attributes: Attributes, attempt: number) {
    const about = { ...attributes, 'network.protocol.name': 'websocket', 'rxwire.attempt': attempt };
    this.#span = tracer.startSpan('websocket', { kind: SpanKind.CLIENT, attributes: about });
  }

  add(event: LifecycleEvent): void {
    if (this.#hasEnded) return; // a message may be dropped while there is no connection
    if (event.type === 'heartbeat' && ++this.#heartbeats > MOST_HEARTBEATS) return;
    if (event.type === 'open') this.#span.setAttributes(addressOf(event.url));
    if (event.type === 'close') this.#span.setAttributes(attributesOf(event));
    this.#span.addEvent(event.type, attributesOf(event));
  }

  failed(error: unknown): void {
    if (this.#hasEnded) return;
    this.#span.setAttribute('error.type', errorSeries(error));
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: redactSecrets(describe(error)) });
    this.end();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#span.end();
  }
}

/** Makes a span of each connection, passively. @returns unsubscribing ends one that is under way */
export function traceConnection<In, Out>(
  connection: WebSocketConnection<In, Out>,
  tracer: Tracer,
  attributes: Attributes,
): Subscription {
  const { events, state } = connection;
  let span: ConnectionSpan | undefined;
  let error: Error | undefined;
  const errorOf = endOf(connection);
  const tracing = events.subscribe((event) => {
    if (event.type === 'connecting') {
      if (error && event.attempt > 1) span?.failed(error); // it is retried without a `reconnecting`
      span?.end();
      span = new ConnectionSpan(tracer, attributes, event.attempt);
    }
    if (event.type === 'reconnecting') {
      span?.failed(event.error);
      return;
    }
    span?.add(event);
    error = errorOf(event) ?? (event.type === 'dropped' ? error : undefined);
    if (event.type === 'close') {
      // What it failed with is said next: by `reconnecting`, by the state, or by nothing, behind a refresh for example.
      const closed = span;
      const failure = event.code === CloseCode.NORMAL ? undefined : error;
      void Promise.resolve().then(() => (failure ? closed?.failed(failure) : closed?.end()));
    }
  });
  tracing.add(
    state.subscribe((now) => {
      if (now.status === 'failed') span?.failed(now.error);
      if (now.status === 'idle') span?.end();
    }),
  );
  tracing.add(() => span?.end());
  return tracing;
}
