import { InjectionToken, resource } from '@angular/core';
import type { Provider, ResourceRef, Signal } from '@angular/core';
import { Registry } from 'prom-client';
import { filter, of } from 'rxjs';
import type { Observable, SchedulerLike, Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { RunHelpers } from 'rxjs/testing';
import { describe, expectTypeOf, it } from 'vitest';
import {
  injectWebSocket,
  resourceStream,
  provideWebSocketDefaults,
  WEB_SOCKET_FRAME_SCHEDULER,
  WEB_SOCKET_TRANSPORT,
} from '../../src/angular/index.js';
import type { ConfigOrUrl, InjectedWebSocket, TopicSignal, WebSocketDefaults } from '../../src/angular/index.js';
import { json, nativeTransport, observeWebSocket, onOpen, webSocketStreamTransport } from '../../src/index.js';
import type {
  ConnectionState,
  LifecycleEvent,
  Link,
  MessageSubject,
  NativeTransportOptions,
  OpenEvent,
  ResponseHeaders,
  Transport,
  TransportRequest,
  TransportSink,
  TransportSocket,
  WebSocketConnection,
  WebSocketLike,
} from '../../src/index.js';
import { collectMetrics } from '../../src/metrics/index.js';
import type { CollectMetricsOptions } from '../../src/metrics/index.js';
import { collectMetrics as collectTelemetry } from '../../src/otel/index.js';
import type { TelemetryOptions } from '../../src/otel/index.js';
import { accept, closeWith, coldOn, ping, pong, raw, refuseWith, scriptedServer } from '../../src/testing/index.js';
import type {
  Acceptance,
  ClientClose,
  Cold,
  ScriptedRequest,
  ScriptedServer,
  ScriptStep,
} from '../../src/testing/index.js';
import { wsTransport } from '../../src/transport/node.js';
import type { WsTransportOptions } from '../../src/transport/node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

describe('A transport', () => {
  it('opens sockets that report to a sink', () => {
    expectTypeOf(nativeTransport()).toEqualTypeOf<Transport>();
    expectTypeOf(webSocketStreamTransport()).toEqualTypeOf<Transport>();
    expectTypeOf(wsTransport()).toEqualTypeOf<Transport>();
    expectTypeOf<Transport['open']>().toEqualTypeOf<
      (request: TransportRequest, sink: TransportSink) => TransportSocket
    >();
    expectTypeOf<TransportSocket['ping']>().toEqualTypeOf<((payload?: string) => void) | undefined>();
  });

  it('on any WebSocket takes what makes one', () => {
    nativeTransport({ create: (to, protocols) => new WebSocket(to, protocols), canSetHeaders: false });
    nativeTransport({ create: (_url, _protocols, headers) => ({ ...({} as WebSocketLike), ...headers }) });
    expectTypeOf<WebSocket>().toExtend<WebSocketLike>();
    expectTypeOf<ReturnType<NonNullable<NativeTransportOptions['create']>>>().toEqualTypeOf<WebSocketLike>();
    // @ts-expect-error -- no WebSocket
    const noSocket = () => nativeTransport({ create: () => new EventTarget() });
    // @ts-expect-error -- no such option
    const noOption = () => nativeTransport({ headers: {} });

    expectTypeOf([noSocket, noOption]).toBeArray();
  });

  it('shows the headers of an answer as the open event does', () => {
    expectTypeOf<ResponseHeaders>().toEqualTypeOf<NonNullable<OpenEvent['headers']>>();
    expectTypeOf<Parameters<TransportSink['onOpen']>[2]>().toEqualTypeOf<ResponseHeaders | undefined>();
    expectTypeOf<TransportSink['onPing']>().toEqualTypeOf<(payload: unknown) => void>();
  });

  it('on ws takes the options of ws, but for those of the connection', () => {
    wsTransport({ maxPayload: 1024, perMessageDeflate: true, rejectUnauthorized: false, headers: { origin: url } });
    expectTypeOf<WsTransportOptions['maxPayload']>().toEqualTypeOf<number | undefined>();
    // @ts-expect-error -- not an option of ws
    const noOption = () => wsTransport({ nonsense: true });
    // @ts-expect-error -- a protocol is the connection's
    const noProtocol = () => wsTransport({ protocol: 'chat' });

    expectTypeOf([noOption, noProtocol]).toBeArray();
  });
});

describe('A scripted server', () => {
  it('takes any marbles', () => {
    const server = scriptedServer(coldOn(), ['o-a', 'o-x'], {
      a: { price: 1 },
      x: closeWith(4401, 'expired'),
    });

    expectTypeOf(server).toEqualTypeOf<ScriptedServer>();
    expectTypeOf(server.sent).toEqualTypeOf<Observable<unknown>>();
    expectTypeOf(server.closes).toEqualTypeOf<Observable<ClientClose>>();
    expectTypeOf(server.connections).toEqualTypeOf<readonly ScriptedRequest[]>();
    expectTypeOf(server.transport).toEqualTypeOf<Transport>();
    expectTypeOf(scriptedServer).parameter(0).toBeFunction();
    expectTypeOf<Cold>().toExtend<Parameters<typeof scriptedServer>[0]>();
    expectTypeOf<RunHelpers['cold']>().toExtend<Parameters<typeof scriptedServer>[0]>();
    expectTypeOf(coldOn(new TestScheduler(() => {}))).toExtend<Cold>();
    // @ts-expect-error -- one string is no list of scripts
    const noScripts = () => scriptedServer(coldOn(), 'o-a');
    expectTypeOf(noScripts).toBeFunction();
  });

  it('has steps for what is no message', () => {
    for (const step of [
      closeWith(1000),
      refuseWith(429, { 'retry-after': '7' }),
      ping(),
      pong('payload'),
      raw('text'),
    ]) {
      expectTypeOf(step).toEqualTypeOf<ScriptStep>();
    }
    expectTypeOf(accept({ headers: { 'set-cookie': ['a', 'b'] }, extensions: '' })).toEqualTypeOf<ScriptStep>();
    expectTypeOf<Parameters<typeof accept>>().toEqualTypeOf<[acceptance?: Acceptance]>();
    // @ts-expect-error -- one is chosen
    const noProtocols = () => accept({ protocol: ['a', 'b'] });
    // @ts-expect-error -- headers are strings
    const noHeaders = () => refuseWith(429, { 'retry-after': 7 });
    expectTypeOf([noProtocols, noHeaders]).toBeArray();
  });
});

describe('collectMetrics', () => {
  it('takes any connection', () => {
    expectTypeOf<ReturnType<typeof collectMetrics>>().toEqualTypeOf<Subscription>();
    expectTypeOf<typeof collectMetrics<Trade, Command>>().toBeCallableWith(observeWebSocket<Trade, Command>(url), {
      register: new Registry(),
      labels: { feed: 'trades', shard: 1 },
    });
    expectTypeOf<{ labels: { feed: string } }>().toExtend<CollectMetricsOptions>();
    // @ts-expect-error -- a label is a string or a number
    expectTypeOf<{ labels: { feed: boolean } }>().toExtend<CollectMetricsOptions>();
  });
});

describe('collectMetrics of rxwire/otel', () => {
  it('takes any connection', () => {
    expectTypeOf<ReturnType<typeof collectTelemetry>>().toEqualTypeOf<Subscription>();
    expectTypeOf<typeof collectTelemetry<Trade, Command>>().toBeCallableWith(observeWebSocket<Trade, Command>(url), {
      attributes: { feed: 'trades', shard: 1, live: true },
    });
    expectTypeOf<{ attributes: { feed: string } }>().toExtend<TelemetryOptions>();
    // @ts-expect-error -- an attribute is a primitive, or a list of them
    expectTypeOf<{ attributes: { feed: { name: string } } }>().toExtend<TelemetryOptions>();
  });
});

describe('resourceStream', () => {
  it('makes the stream of a resource', () => {
    const made = () =>
      resource({ params: () => 'BTC', stream: resourceStream((symbol: string) => of({ symbol, price: 1 })) });

    expectTypeOf(made).returns.toExtend<ResourceRef<{ symbol: string; price: number } | undefined>>();
  });
});

describe('injectWebSocket', () => {
  it('has the types of observeWebSocket', () => {
    const typed = () => injectWebSocket<Trade, Command>(url);
    const assigned = (): InjectedWebSocket<Trade, Command> => injectWebSocket({ url });
    const coded = () =>
      injectWebSocket(
        { url, codec: json<Trade, Command>() },
        onOpen((link) => void expectTypeOf(link).toEqualTypeOf<Link<Trade, Command>>()),
      );
    const plain = () =>
      injectWebSocket(
        url,
        filter((event) => {
          expectTypeOf(event).toEqualTypeOf<LifecycleEvent>();
          return event.type === 'open';
        }),
      );

    expectTypeOf(typed).returns.toEqualTypeOf<InjectedWebSocket<Trade, Command>>();
    expectTypeOf(coded).returns.toEqualTypeOf<InjectedWebSocket<Trade, Command>>();
    expectTypeOf(plain).returns.toEqualTypeOf<InjectedWebSocket>();
    expectTypeOf(assigned).toBeFunction();
  });

  it('takes a function for the config', () => {
    const reactive = (config: () => ConfigOrUrl<Trade, Command> | undefined) => injectWebSocket<Trade, Command>(config);

    expectTypeOf(reactive).returns.toEqualTypeOf<InjectedWebSocket<Trade, Command>>();
  });

  it('has signals', () => {
    type Injected = InjectedWebSocket<Trade, Command>;

    expectTypeOf<Injected['connection']>().toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf<Injected['messages']>().toEqualTypeOf<MessageSubject<Trade, Command>>();
    expectTypeOf<Injected['state']>().toEqualTypeOf<Signal<ConnectionState>>();
    expectTypeOf<Injected['latest']>().toEqualTypeOf<Signal<Trade | undefined>>();
    expectTypeOf<Injected['countdown']>().toEqualTypeOf<Signal<number | undefined>>();
    const keyed = (feed: Injected) => feed.latestBy((trade) => (trade.price > 0 ? String(trade.price) : undefined));
    expectTypeOf(keyed).returns.toEqualTypeOf<Signal<ReadonlyMap<string, Trade>>>();
    const topic = (feed: Injected) => feed.topic(of(1));
    expectTypeOf(topic).returns.toEqualTypeOf<TopicSignal<number>>();
    expectTypeOf<TopicSignal<number>>().toExtend<Signal<number | undefined>>();
    expectTypeOf<ReturnType<TopicSignal<number>>>().toEqualTypeOf<number | undefined>();
  });

  it('has defaults but for the url', () => {
    expectTypeOf(provideWebSocketDefaults({ connectTimeout: 5, codec: json<Trade>() })).toEqualTypeOf<Provider>();
    expectTypeOf<{ linger: number }>().toExtend<WebSocketDefaults>();
    expectTypeOf(WEB_SOCKET_TRANSPORT).toEqualTypeOf<InjectionToken<Transport>>();
    expectTypeOf(WEB_SOCKET_FRAME_SCHEDULER).toEqualTypeOf<InjectionToken<SchedulerLike>>();
    // @ts-expect-error -- each has a url of its own
    const noUrl = () => provideWebSocketDefaults({ url });
    expectTypeOf(noUrl).toBeFunction();
  });
});
