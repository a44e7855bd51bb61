import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';
import type { ConnectionState } from '../connection/state.js';
import type { ConnectionStats } from '../connection/stats.js';
import type { LastMessage } from '../metrics/last-message.js';
import { STATES } from '../metrics/states.js';
import { TOTALS } from '../metrics/totals.js';
import type { Total } from '../metrics/totals.js';
import type { Watcher } from '../metrics/watch-connection.js';

/** What is measured of a connection when it is collected. */
export interface Source {
  readonly connection: {
    readonly stats: ConnectionStats;
    readonly state: { readonly value: ConnectionState };
  };
  readonly attributes: Attributes;
  readonly last: LastMessage;
}

/** Of connections with the same attributes: a backend keeps one value of them. */
class Series {
  readonly attributes: Attributes;
  /** What removed connections have left, so that no total goes down. */
  readonly before = new Map<string, number>();
  /** What of that is whose: a connection may come back. */
  readonly #left = new WeakMap<Source['connection'], readonly (readonly [field: Total, value: number])[]>();
  readonly sources = new Set<Source>();

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  add(source: Source): void {
    const { connection } = source;
    for (const [field, value] of this.#left.get(connection) ?? []) this.#leave(field, -value);
    this.#left.delete(connection);
    this.sources.add(source);
  }

  remove(source: Source): void {
    const { connection } = source;
    const left = TOTALS.map(({ field }) => [field, connection.stats[field]] as const);
    for (const [field, value] of left) this.#leave(field, value);
    this.#left.set(connection, left);
    this.sources.delete(source);
  }

  #leave(field: Total, value: number): void {
    this.before.set(field, (this.before.get(field) ?? 0) + value);
  }

  sum(read: (source: Source) => number): number {
    return [...this.sources].reduce((total, source) => total + read(source), 0);
  }
}

const GAUGES = [
  ['rxwire.messages.queued', '{message}', 'queued', 'Messages that wait to be sent.'],
  ['rxwire.bytes.buffered', 'By', 'bufferedAmount', 'Bytes that the sockets buffer.'],
] as const;

const instrumentsOf = new WeakMap<Meter, Instruments>();

/** The instruments of one meter, and the connections that they read. */
export class Instruments {
  readonly #meter: Meter;
  readonly #series = new Map<string, Series>();
  /** Whether the meter has the callback. */
  #isRegistered = false;
  readonly #observables: Observable[] = [];
  readonly #readers: ((series: Series, result: BatchObservableResult) => void)[] = [];
  readonly #count: Readonly<Record<'closes' | 'failures' | 'dropped' | 'retries', ReturnType<Meter['createCounter']>>>;
  readonly #latency: ReturnType<Meter['createHistogram']>;

  static of(meter: Meter): Instruments {
    const known = instrumentsOf.get(meter) ?? new Instruments(meter);
    instrumentsOf.set(meter, known);
    return known;
  }

  private constructor(meter: Meter) {
    this.#meter = meter;
    for (const { instrument, unit, field, help } of TOTALS) {
      const counter = meter.createObservableCounter(instrument, { unit, description: help });
      this.#read(counter, (series, result) => {
        const total = (series.before.get(field) ?? 0) + series.sum(({ connection }) => connection.stats[field]);
        result.observe(counter, total, series.attributes);
      });
    }
    for (const [name, unit, field, description] of GAUGES) {
      const gauge = meter.createObservableUpDownCounter(name, { unit, description });
      this.#read(gauge, (series, result) => {
        const now = series.sum(({ connection }) => connection.stats[field]);
        result.observe(gauge, now, series.attributes);
      });
    }
    this.#readStates(meter);
    this.#readLastMessage(meter);
    const counter = (name: string, unit: string, description: string) =>
      meter.createCounter(`rxwire.${name}`, { unit, description });
    this.#count = {
      closes: counter('closes', '{connection}', 'Connections that closed, by code.'),
      failures: counter('failures', '{connection}', 'Connections that failed, by error.'),
      dropped: counter('messages.dropped', '{message}', 'Messages dropped before they were sent, by reason.'),
      retries: counter('retries', '{retry}', 'Retries that were scheduled.'),
    };
    this.#latency = meter.createHistogram('rxwire.heartbeat.latency', {
      unit: 's',
      description: 'From ping to reply.',
    });
  }

  /**
   * Adds a connection. What is read of its attributes goes on when it is removed, and without any connection once more:
   * an SDK repeats the last value that it saw, and the connection would be open for ever. No total begins anew, either.
   *
   * @returns a function that removes it
   */
  add(source: Source): () => void {
    const key = JSON.stringify(Object.entries(source.attributes).sort());
    const series = this.#series.get(key) ?? new Series(source.attributes);
    if (!this.#isRegistered) this.#meter.addBatchObservableCallback(this.#observe, this.#observables);
    this.#isRegistered = true;
    this.#series.set(key, series);
    series.add(source);
    return () => series.remove(source);
  }

  /** What counts for a connection with these attributes. */
  watcher(attributes: Attributes): Watcher {
    const { closes, failures, dropped, retries } = this.#count;
    return {
      closed: (code) => closes.add(1, { ...attributes, 'rxwire.close.code': code }),
      retried: () => retries.add(1, attributes),
      failed: (error) => failures.add(1, { ...attributes, 'error.type': error }),
      dropped: (count, reason) => dropped.add(count, { ...attributes, 'rxwire.reason': reason }),
      answered: (latency) => this.#latency.record(latency, attributes),
    };
  }

  readonly #observe = (result: BatchObservableResult): void => {
    for (const series of this.#series.values()) for (const read of this.#readers) read(series, result);
    if (!this.#hasSource) void Promise.resolve().then(() => this.#leave()); // not while an SDK goes through its callbacks
  };

  get #hasSource(): boolean {
    return [...this.#series.values()].some(({ sources }) => sources.size > 0);
  }

  /** Takes the callback back, where no connection has come meanwhile. */
  #leave(): void {
    if (this.#hasSource || !this.#isRegistered) return;
    this.#isRegistered = false;
    this.#meter.removeBatchObservableCallback(this.#observe, this.#observables);
  }

  #read(observable: Observable, read: (series: Series, result: BatchObservableResult) => void): void {
    this.#observables.push(observable);
    this.#readers.push(read);
  }

  #readStates(meter: Meter): void {
    const description = 'Connections, by state.';
    const gauge = meter.createObservableUpDownCounter('rxwire.connections', { unit: '{connection}', description });
    this.#read(gauge, (series, result) => {
      for (const state of STATES) {
        const count = series.sum(({ connection }) => Number(connection.state.value.status === state));
        result.observe(gauge, count, { ...series.attributes, 'rxwire.state': state });
      }
    });
  }

  #readLastMessage(meter: Meter): void {
    const description = 'When the last message arrived, in seconds since 1970, to a second.';
    const gauge = meter.createObservableGauge('rxwire.messages.last_received', { unit: 's', description });
    this.#read(gauge, (series, result) => {
      const times = [...series.sources].flatMap(({ last }) => last.look().at ?? []);
      if (times.length > 0) result.observe(gauge, Math.max(...times), series.attributes);
    });
  }
}
