import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { DiagLogger } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { config } from 'rxjs';
import { afterEach, beforeEach, expect } from 'vitest';
import { observeWebSocket } from '../../src/index.js';
import type { Supervision } from '../../src/index.js';
import { laterTask } from '../helpers/later-task.js';
import { playedSockets } from '../helpers/played-sockets.js';

class Reader extends MetricReader {
  protected override onForceFlush() {
    return Promise.resolve();
  }
  protected override onShutdown() {
    return Promise.resolve();
  }
}

/** Providers of OpenTelemetry’s SDK, whose measurements and spans the test reads. */
export function providers() {
  const reader = new Reader();
  const exporter = new InMemorySpanExporter();
  return {
    meters: new MeterProvider({ readers: [reader] }),
    tracers: new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    spans: (): ReadableSpan[] => exporter.getFinishedSpans(),
    async collected(): Promise<ResourceMetrics['scopeMetrics']> {
      const { resourceMetrics, errors } = await reader.collect();
      expect(errors).toEqual([]);
      return resourceMetrics.scopeMetrics;
    },
  };
}

/** A meter and a tracer whose measurements and spans the test reads. */
export function telemetry() {
  const { meters, tracers, spans, collected } = providers();
  const all = async (): Promise<MetricData[]> => (await collected()).flatMap(({ metrics }) => metrics);
  return {
    meter: meters.getMeter('rxwire'),
    tracer: tracers.getTracer('rxwire'),
    spans,
    /** What the instruments say of themselves, by their names. */
    async described(): Promise<Record<string, unknown>> {
      return Object.fromEntries(
        (await all()).map(({ descriptor: { name, unit, description } }) => [name, [unit, description]]),
      );
    },
    /** Every data point, by the name of its instrument and its attributes. */
    async measured(): Promise<Record<string, unknown>> {
      return Object.fromEntries(
        (await all()).flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            `${descriptor.name}${Object.keys(attributes).length > 0 ? JSON.stringify(attributes) : ''}`,
            value,
          ]),
        ),
      );
    },
  };
}

/** A connection whose transport the test controls. */
export function played(...supervision: Supervision[]) {
  const transport = playedSockets();
  return { transport, feed: observeWebSocket({ url: 'ws://test', transport }, ...supervision) };
}

/**
 * In every test of the file: OpenTelemetry has nothing to complain of, as it has where something is done with a span
 * that has ended, and nothing is thrown that nobody handles.
 */
export function bringsNoComplaints(): void {
  const complaints: unknown[] = [];
  const note = (...complaint: unknown[]) => void complaints.push(String(complaint[0]));
  const logger: DiagLogger = { error: note, warn: note, info: note, debug: note, verbose: note };

  beforeEach(() => {
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    config.onUnhandledError = note;
    process.on('unhandledRejection', note);
  });

  afterEach(async () => {
    await laterTask(); // in which what nobody handles is reported
    process.off('unhandledRejection', note);
    config.onUnhandledError = null;
    diag.disable();
    expect(complaints.splice(0)).toEqual([]);
  });
}
