import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry, RegistryContentType } from 'prom-client';
import { refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import type { ConnectionStats } from '../connection/stats.js';

export type AnyRegistry = Registry<RegistryContentType>;
export type AnyConnection = WebSocketConnection<never, never>;
export type Labels = Readonly<Record<string, string | number>>;

/** A connection, its labels, and the part of its totals that has already been counted. */
interface Source {
  readonly connection: AnyConnection;
  readonly labels: Labels;
  readonly counted: Partial<Record<keyof ConnectionStats, number>>;
}

const TOTALS = {
  rxwire_messages_received_total: ['received', 'Messages received, rejected ones too.'],
  rxwire_received_bytes_total: ['receivedBytes', 'Payload received: bytes where the transport knows them.'],
  rxwire_messages_rejected_total: ['rejected', 'Messages received that could not be decoded.'],
  rxwire_messages_sent_total: ['sent', 'Messages handed to the socket.'],
  rxwire_sent_bytes_total: ['sentBytes', 'Payload handed to the socket: bytes where the transport knows them.'],
  rxwire_messages_dropped_total: ['dropped', 'Messages dropped before they were sent.'],
  rxwire_opens_total: ['opens', 'Handshakes that succeeded.'],
} as const;

type Total = (typeof TOTALS)[keyof typeof TOTALS][0];

const GAUGES: Readonly<Record<string, readonly [read: (connection: AnyConnection) => number, help: string]>> = {
  rxwire_connections_open: [({ state }) => Number(state.value.status === 'open'), 'Connections that are open.'],
  rxwire_messages_queued: [({ stats }) => stats.queued, 'Messages that wait to be sent.'],
  rxwire_buffered_bytes: [({ stats }) => stats.bufferedAmount, 'Bytes that the sockets buffer.'],
};

const CLOSES = 'rxwire_closes_total';

/** Seconds: from less than a ping within one machine takes, to more than it takes on any working network. */
const LATENCIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const instrumentsOf = new WeakMap<AnyRegistry, Instruments>();

/** The metrics of one registry, and the connections whose numbers they read when it is scraped. */
export class Instruments {
  readonly labelNames: readonly string[];
  readonly #register: AnyRegistry;
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();
  readonly #totals: (readonly [counter: Counter, field: Total])[] = [];
  readonly #closes: Counter;
  readonly #retries: Counter;
  readonly #latency: Histogram;
  readonly #sources = new Set<Source>();
  /** The codes that have been counted, because prom-client removes series one by one. */
  readonly #codes = new Set<number>();

  /** Returns the instruments of a registry. Creates them if it has none, also after it was cleared. */
  static of(register: AnyRegistry, labelNames: readonly string[]): Instruments {
    const known = instrumentsOf.get(register);
    if (known && register.getSingleMetric(CLOSES) === known.#closes) return known;
    const made = new Instruments(register, labelNames);
    for (const name of made.#metrics.keys()) {
      if (register.getSingleMetric(name)) refuse('register', 'a registry without this metric', name, RangeError);
    }
    for (const metric of made.#metrics.values()) register.registerMetric(metric);
    instrumentsOf.set(register, made);
    return made;
  }

  private constructor(register: AnyRegistry, labelNames: readonly string[]) {
    this.#register = register;
    this.labelNames = labelNames;
    const registers: [] = []; // registered later: either all of them or none

    for (const [name, [field, help]] of Object.entries(TOTALS)) {
      const collect = () => this.#sources.forEach((source) => count(counter, field, source));
      const counter = this.#add(name, new Counter({ name, help, labelNames, registers, collect }));
      this.#totals.push([counter, field]);
    }
    for (const [name, [read, help]] of Object.entries(GAUGES)) {
      const collect = () => {
        gauge.reset();
        for (const { connection, labels } of this.#sources) gauge.inc(labels, read(connection));
      };
      const gauge = this.#add(name, new Gauge({ name, help, labelNames, registers, collect }));
    }
    this.#closes = this.#add(
      CLOSES,
      new Counter({ name: CLOSES, help: 'Closes, by close code.', labelNames: [...labelNames, 'code'], registers }),
    );
    const retries = { name: 'rxwire_retries_total', help: 'Retries that were scheduled.', labelNames, registers };
    this.#retries = this.#add(retries.name, new Counter(retries));
    const latency = { name: 'rxwire_heartbeat_latency_seconds', help: 'From ping to reply.', labelNames, registers };
    this.#latency = this.#add(latency.name, new Histogram({ ...latency, buckets: LATENCIES }));
  }

  has(connection: AnyConnection): boolean {
    return [...this.#sources].some((source) => source.connection === connection);
  }

  /** Adds a connection. @returns a function that removes it */
  add(connection: AnyConnection, labels: Labels): () => void {
    const source: Source = { connection, labels, counted: {} };
    this.#sources.add(source);
    this.#retries.inc(labels, 0);
    this.#latency.zero(labels);
    return () => this.#remove(source);
  }

  closed(labels: Labels, code: number): void {
    this.#codes.add(code);
    this.#closes.inc({ ...labels, code });
  }

  retried(labels: Labels): void {
    this.#retries.inc(labels);
  }

  answered(labels: Labels, latency: number): void {
    this.#latency.observe(labels, latency / 1000);
  }

  #add<M extends Counter | Gauge | Histogram>(name: string, metric: M): M {
    this.#metrics.set(name, metric);
    return metric;
  }

  /** If another connection has the same labels, the totals stay: a counter never goes down. */
  #remove(source: Source): void {
    this.#sources.delete(source);
    if (this.#sources.size === 0) {
      for (const [name, metric] of this.#metrics) {
        if (this.#register.getSingleMetric(name) === metric) this.#register.removeSingleMetric(name);
      }
    } else if (this.#isShared(source)) {
      for (const [counter, field] of this.#totals) count(counter, field, source);
    } else {
      for (const metric of this.#metrics.values()) if (metric !== this.#closes) metric.remove(source.labels);
      for (const code of this.#codes) this.#closes.remove({ ...source.labels, code });
    }
  }

  #isShared({ labels }: Source): boolean {
    return [...this.#sources].some((other) =>
      this.labelNames.every((name) => `${other.labels[name]}` === `${labels[name]}`),
    );
  }
}

/** Adds what is new since the last count. */
function count(counter: Counter, field: Total, { connection, labels, counted }: Source) {
  const total = connection.stats[field];
  counter.inc(labels, total - (counted[field] ?? 0));
  counted[field] = total;
}
