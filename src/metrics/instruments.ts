import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry, RegistryContentType } from 'prom-client';
import { Observable, share } from 'rxjs';
import type { Subscription } from 'rxjs';
import { refuse } from '../protocol/arguments.js';
import type { WebSocketConnection } from '../connection/web-socket-connection.js';
import { CounterBy } from './counter-by.js';
import { GAUGES, LATENCIES } from './families.js';
import type { LastMessage } from './last-message.js';
import { DROP_SERIES, ERROR_SERIES } from './series.js';
import { TOTALS } from './totals.js';
import type { Total } from './totals.js';
import type { Watcher } from './watch-connection.js';

export type AnyRegistry = Registry<RegistryContentType>;
export type AnyConnection = WebSocketConnection<never, never>;
export type Labels = Readonly<Record<string, string | number>>;

/** A connection, its labels, and the part of its totals that has already been counted. */
export interface Source {
  readonly connection: AnyConnection;
  readonly labels: Labels;
  readonly last: LastMessage;
  readonly counted: Partial<Record<Total, number>>;
}

const CLOSES = 'rxwire_closes_total';

const instrumentsOf = new WeakMap<AnyRegistry, Instruments>();

/** The metrics of one registry, and the connections whose numbers they read when it is scraped. */
export class Instruments {
  readonly labelNames: readonly string[];
  readonly #register: AnyRegistry;
  readonly #metrics = new Map<string, Counter | Gauge | Histogram>();
  readonly #totals: (readonly [counter: Counter, field: Total])[] = [];
  readonly #closes: CounterBy;
  readonly #failures: CounterBy;
  readonly #drops: CounterBy;
  readonly #retries: Counter;
  readonly #latency: Histogram;
  readonly #sources = new Set<Source>();
  /** What was counted of connections that were removed while others have the same labels: they may come back. */
  readonly #left = new Map<string, WeakMap<AnyConnection, Source['counted']>>();
  readonly #collected = new Map<AnyConnection, { readonly labels: Labels; readonly collecting: Observable<never> }>();

  /** Returns the instruments of a registry. Creates them if it has none, also after it was cleared. */
  static of(register: AnyRegistry, labelNames: readonly string[]): Instruments {
    const known = instrumentsOf.get(register);
    if (known && register.getSingleMetric(CLOSES) === known.#closes.counter) return known;
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

    for (const { metric: name, field, help } of TOTALS) {
      const collect = () => this.#sources.forEach((source) => count(counter, field, source));
      const counter = this.#add(name, new Counter({ name, help, labelNames, registers, collect }));
      this.#totals.push([counter, field]);
    }
    for (const [name, { help, label = [], aggregator = 'sum', read }] of Object.entries(GAUGES)) {
      const allLabels = [...labelNames, ...label];
      const collect = () => {
        gauge.reset();
        if (allLabels.length === 0) gauge.remove(); // `reset` makes it 0, and what was never read has no value
        read(gauge, this.#sources);
      };
      const gauge = this.#add(name, new Gauge({ name, help, labelNames: allLabels, registers, collect, aggregator }));
    }
    const counterBy = (label: string, name: string, help: string) =>
      new CounterBy(this.#add(name, new Counter({ name, help, labelNames: [...labelNames, label], registers })), label);
    this.#closes = counterBy('code', CLOSES, 'Closes, by close code.');
    this.#failures = counterBy('error', 'rxwire_failures_total', 'Connections that failed, by the name of the error.');
    this.#drops = counterBy('reason', 'rxwire_messages_dropped_total', 'Messages dropped before they were sent.');
    const retries = { name: 'rxwire_retries_total', help: 'Retries that were scheduled.', labelNames, registers };
    this.#retries = this.#add(retries.name, new Counter(retries));
    const latency = { name: 'rxwire_heartbeat_latency_seconds', help: 'From ping to reply.', labelNames, registers };
    this.#latency = this.#add(latency.name, new Histogram({ ...latency, buckets: [...LATENCIES] }));
  }

  /** The labels of a connection that is here already. */
  labelsOf(connection: AnyConnection): Labels | undefined {
    return this.#collected.get(connection)?.labels;
  }

  /** Collects a connection once, however often it is asked for, until the last one has unsubscribed. */
  share(connection: AnyConnection, labels: Labels, collect: () => Subscription): Subscription {
    const forget = () => this.#collected.delete(connection);
    const collecting = new Observable<never>(() => {
      const collected = collect();
      collected.add(forget);
      return collected;
    });
    const entry = this.#collected.get(connection) ?? { labels, collecting: collecting.pipe(share()) };
    this.#collected.set(connection, entry);
    return entry.collecting.subscribe();
  }

  /** Adds a connection. @returns a function that removes it */
  add(connection: AnyConnection, labels: Labels, last: LastMessage): () => void {
    const counted = this.#left.get(this.#seriesOf(labels))?.get(connection) ?? {};
    const source: Source = { connection, labels, last, counted };
    this.#sources.add(source);
    this.#retries.inc(labels, 0);
    this.#latency.zero(labels);
    // So that the first one is seen as an increase. Codes are too many.
    for (const error of ERROR_SERIES) this.#failures.count(labels, error, 0);
    for (const reason of DROP_SERIES) this.#drops.count(labels, reason, 0);
    return () => this.#remove(source);
  }

  /** What counts for a connection with these labels. */
  watcher(labels: Labels): Watcher {
    return {
      closed: (code) => this.#closes.count(labels, code),
      retried: () => this.#retries.inc(labels),
      failed: (error) => this.#failures.count(labels, error),
      dropped: (times, reason) => this.#drops.count(labels, reason, times),
      answered: (latency) => this.#latency.observe(labels, latency),
    };
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
    } else if ([...this.#sources].some((other) => this.isSame(other.labels, source.labels))) {
      for (const [counter, field] of this.#totals) count(counter, field, source);
      const series = this.#seriesOf(source.labels);
      this.#left.set(series, (this.#left.get(series) ?? new WeakMap()).set(source.connection, source.counted));
    } else {
      this.#left.delete(this.#seriesOf(source.labels));
      const by = [this.#closes, this.#failures, this.#drops];
      for (const [counter] of this.#totals) counter.remove(source.labels);
      for (const metric of [this.#retries, this.#latency]) metric.remove(source.labels);
      for (const metric of by) metric.remove(source.labels);
    }
  }

  /** Whether two connections have the same series: the registry takes a number for its digits. */
  isSame(labels: Labels, others: Labels): boolean {
    return this.#seriesOf(labels) === this.#seriesOf(others);
  }

  #seriesOf(labels: Labels): string {
    return JSON.stringify(this.labelNames.map((name) => `${labels[name]}`));
  }
}

/** Adds what is new since the last count. */
function count(counter: Counter, field: Total, { connection, labels, counted }: Source) {
  const total = connection.stats[field];
  counter.inc(labels, total - (counted[field] ?? 0));
  counted[field] = total;
}
