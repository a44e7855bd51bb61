import type { Observable, Observer } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { bufferCountOrTime, connectionPool, observeWebSocket } from '../../src/index.node.js';
import * as browser from '../../src/index.js';
import type {
  CloseFields,
  ConnectionPool,
  ConnectionState,
  ConnectionStats,
  LifecycleEvent,
  Link,
  MessageSubject,
  Pausable,
  ReconnectOptions,
  StateObservable,
  WebSocketConnection,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

/* Checked by the compiler; what must not compile stands under `@ts-expect-error`. */
describe('A connection', () => {
  it('has the types of messages that it is given', () => {
    expectTypeOf(observeWebSocket<Trade, Command>(url)).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket<Trade, Command>({ url })).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(observeWebSocket<Trade>(new URL(url))).toEqualTypeOf<WebSocketConnection<Trade, Trade>>();
  });

  it('has unknown messages where nothing says otherwise', () => {
    expectTypeOf(observeWebSocket(url)).toEqualTypeOf<WebSocketConnection>();
    expectTypeOf(observeWebSocket(new URL(url))).toEqualTypeOf<WebSocketConnection>();
    expectTypeOf(observeWebSocket({ url, linger: 5 })).toEqualTypeOf<WebSocketConnection>();
    expectTypeOf<WebSocketConnection>().toEqualTypeOf<WebSocketConnection<unknown, unknown>>();
    expectTypeOf<WebSocketConnection<Trade>>().toEqualTypeOf<WebSocketConnection<Trade, Trade>>();
  });

  it('has the types of what it is assigned to', () => {
    const ofUrl: WebSocketConnection<Trade, Command> = observeWebSocket(url);
    const ofConfig: WebSocketConnection<Trade, Command> = observeWebSocket({ url });
    const pool: ConnectionPool<Trade, Command> = connectionPool({
      create: () => observeWebSocket(url),
      max: 1,
      keysPerConnection: 1,
    });

    expectTypeOf([ofUrl, ofConfig, pool]).toBeArray();
  });

  it('is the same in browsers', () => {
    expectTypeOf(browser.observeWebSocket).toEqualTypeOf<typeof observeWebSocket>();
  });

  it('receives the one type and sends the other', () => {
    const { messages } = observeWebSocket<Trade, Command>(url);

    expectTypeOf(messages).toEqualTypeOf<MessageSubject<Trade, Command>>();
    expectTypeOf(messages).toExtend<Observable<Trade>>();
    expectTypeOf(messages).toExtend<Observer<Command>>();
    expectTypeOf(messages).toExtend<AsyncIterable<Trade>>();
    expectTypeOf(messages.asObservable()).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf(messages.observed).toEqualTypeOf<boolean>();
    expectTypeOf(messages.pipe(bufferCountOrTime(1, 1))).toEqualTypeOf<Observable<Trade[]>>();
    expectTypeOf<typeof messages.next>().parameter(0).toEqualTypeOf<Command>();
    // @ts-expect-error -- a trade is not what is sent
    expectTypeOf(messages.next).toBeCallableWith({ price: 1 });
  });

  it('is closed by its messages with a code', () => {
    const { messages } = observeWebSocket(url);

    expectTypeOf(messages.error).toBeCallableWith({ code: 4000, reason: undefined });
    expectTypeOf<{ code: number; reason: string }>().toExtend<Parameters<typeof messages.error>[0]>();
    expectTypeOf<CloseFields>().toExtend<Parameters<typeof messages.error>[0]>();
    // @ts-expect-error -- no code
    expectTypeOf(messages.error).toBeCallableWith(new Error());
    // @ts-expect-error -- a code is a number
    expectTypeOf(messages.error).toBeCallableWith({ code: '4000' });
  });

  it('sends with a receipt, and connects anew', () => {
    const feed = observeWebSocket<Trade, Command>(url);

    expectTypeOf(feed.send).toEqualTypeOf<(value: Command) => Promise<void>>();
    expectTypeOf(feed.drained).toEqualTypeOf<(below?: number) => Promise<void>>();
    expectTypeOf(feed.reconnect).toEqualTypeOf<(options?: ReconnectOptions) => void>();
    expectTypeOf<ReconnectOptions>().toEqualTypeOf<{
      code?: number | undefined;
      reason?: string | undefined;
      overlap?: number | undefined;
    }>();
    // @ts-expect-error -- a trade is not what is sent
    const noCommand = () => feed.send({ price: 1 });
    expectTypeOf(noCommand).toBeFunction();
  });

  it('shows its lifecycle, its state, its counters and its link', () => {
    const feed = observeWebSocket<Trade, Command>(url);

    expectTypeOf(feed.lifecycle).toEqualTypeOf<Observable<LifecycleEvent>>();
    expectTypeOf(feed.events).toEqualTypeOf<Observable<LifecycleEvent>>();
    expectTypeOf(feed.state).toEqualTypeOf<StateObservable>();
    expectTypeOf(feed.state).toExtend<Observable<ConnectionState>>();
    expectTypeOf(feed.state.value).toEqualTypeOf<ConnectionState>();
    expectTypeOf(feed.stats).toExtend<ConnectionStats>();
    expectTypeOf(feed.stats.latency).toEqualTypeOf<number | undefined>();
    expectTypeOf(feed.link).toEqualTypeOf<Link<Trade, Command> | undefined>();
    expectTypeOf(feed.close).toEqualTypeOf<(code?: number, reason?: string) => Promise<void>>();
    expectTypeOf(feed).toExtend<AsyncDisposable & Pausable>();
    expectTypeOf(feed.pause()).toEqualTypeOf<() => void>();
    // @ts-expect-error -- to be read only
    const write = () => (feed.stats.sent = 1);
    expectTypeOf(write).toBeFunction();
  });
});
