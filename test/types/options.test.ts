import { describe, expectTypeOf, it } from 'vitest';
import type { WebSocketDefaults } from '../../src/angular/index.js';
import type {
  BufferCountOrTimeOptions,
  ConnectionPoolOptions,
  HandshakeErrorOptions,
  HeartbeatOptions,
  InSequenceOptions,
  JsonOptions,
  LogLifecycleOptions,
  MergeMapBoundedOptions,
  MultiplexOptions,
  NativeTransportOptions,
  OutboxOptions,
  ReconnectOptions,
  RefreshOnUnauthorizedOptions,
  RequestResponseOptions,
  RetryWithBackoffOptions,
  StopOnFatalCloseOptions,
  WebSocketConfig,
  WebSocketErrorOptions,
} from '../../src/index.node.js';
import type { CollectMetricsOptions } from '../../src/metrics/index.js';
import type { TelemetryOptions } from '../../src/otel/index.js';
import type { Acceptance } from '../../src/testing/index.js';
import type { WsTransportOptions } from '../../src/transport/node.js';
import type { Command, Trade } from './trade.js';

/** The optional properties that may be left out, but not be `undefined`. */
type Refusing<T> = {
  [K in keyof T]-?: object extends Pick<T, K> ? (Record<K, undefined> extends Pick<T, K> ? never : K) : never;
}[keyof T];

/** The properties that may be left out. */
type Optional<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];

/* What a user has in a variable may be `undefined`, under `exactOptionalPropertyTypes` too. */
describe('Options may be undefined', () => {
  it('which is seen where they may not', () => {
    expectTypeOf<Refusing<{ a?: number; b?: number | undefined; c: number }>>().toEqualTypeOf<'a'>();
    expectTypeOf<Optional<{ a?: number; b?: number | undefined; c: number }>>().toEqualTypeOf<'a' | 'b'>();
  });

  it('of a connection', () => {
    expectTypeOf<Refusing<WebSocketConfig<Trade, Command>>>().toBeNever();
    expectTypeOf<Refusing<OutboxOptions>>().toBeNever();
    expectTypeOf<Refusing<ReconnectOptions>>().toBeNever();
    expectTypeOf<Refusing<JsonOptions<Trade>>>().toBeNever();
    expectTypeOf<Exclude<keyof WebSocketConfig, Optional<WebSocketConfig>>>().toEqualTypeOf<'url'>();
    expectTypeOf<keyof OutboxOptions>().toEqualTypeOf<Optional<OutboxOptions>>();
  });

  it('of the operators', () => {
    expectTypeOf<Refusing<BufferCountOrTimeOptions<Trade>>>().toBeNever();
    expectTypeOf<Refusing<HeartbeatOptions>>().toBeNever();
    expectTypeOf<Refusing<InSequenceOptions<Trade>>>().toBeNever();
    expectTypeOf<Refusing<LogLifecycleOptions>>().toBeNever();
    expectTypeOf<Refusing<NonNullable<LogLifecycleOptions['levels']>>>().toBeNever();
    expectTypeOf<Refusing<MergeMapBoundedOptions<Trade>>>().toBeNever();
    expectTypeOf<Refusing<RefreshOnUnauthorizedOptions>>().toBeNever();
    expectTypeOf<Refusing<RetryWithBackoffOptions>>().toBeNever();
    expectTypeOf<Refusing<StopOnFatalCloseOptions>>().toBeNever();
  });

  it('of the operators altogether', () => {
    expectTypeOf<keyof HeartbeatOptions>().toEqualTypeOf<Optional<HeartbeatOptions>>();
    expectTypeOf<keyof LogLifecycleOptions>().toEqualTypeOf<Optional<LogLifecycleOptions>>();
    expectTypeOf<keyof MergeMapBoundedOptions<Trade>>().toEqualTypeOf<Optional<MergeMapBoundedOptions<Trade>>>();
    expectTypeOf<keyof RefreshOnUnauthorizedOptions>().toEqualTypeOf<Optional<RefreshOnUnauthorizedOptions>>();
    expectTypeOf<keyof RetryWithBackoffOptions>().toEqualTypeOf<Optional<RetryWithBackoffOptions>>();
    expectTypeOf<keyof StopOnFatalCloseOptions>().toEqualTypeOf<Optional<StopOnFatalCloseOptions>>();
  });

  it('of sessions', () => {
    expectTypeOf<Refusing<MultiplexOptions<Trade, Command, string>>>().toBeNever();
    expectTypeOf<Refusing<RequestResponseOptions<Trade, number>>>().toBeNever();
    expectTypeOf<Refusing<ConnectionPoolOptions<Trade, Command>>>().toBeNever();
  });

  it('of errors', () => {
    expectTypeOf<Refusing<WebSocketErrorOptions>>().toBeNever();
    expectTypeOf<Refusing<HandshakeErrorOptions>>().toBeNever();
  });

  it('of tests', () => {
    expectTypeOf<Refusing<Acceptance>>().toBeNever();
  });

  it('of transports, Angular and metrics', () => {
    expectTypeOf<Refusing<WsTransportOptions>>().toBeNever();
    expectTypeOf<Refusing<NativeTransportOptions>>().toBeNever();
    expectTypeOf<Refusing<WebSocketDefaults>>().toBeNever();
    expectTypeOf<Refusing<CollectMetricsOptions>>().toBeNever();
    expectTypeOf<Refusing<TelemetryOptions>>().toBeNever();
  });
});
