import type { Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  connectionPool,
  isSubscriptionError,
  multiplex,
  observeWebSocket,
  requestResponse,
} from '../../src/index.node.js';
import type {
  Answer,
  ConnectionPool,
  ConnectionPoolOptions,
  ConnectionState,
  ConnectionStats,
  MultiplexOptions,
  Pausable,
  PoolEvent,
  PoolMessage,
  PoolState,
  PoolStateObservable,
  Later,
  RequestResponseOptions,
  RequestTarget,
  SubscriptionError,
  Topics,
  WebSocketConnection,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

const feed = observeWebSocket<Trade, Command>(url);
const pool = connectionPool({
  create: (index) => observeWebSocket<Trade, Command>(`${url}/${index}`),
  max: 1,
  keysPerConnection: 1,
});

describe('multiplex', () => {
  const options = {
    keyOf: (trade: Trade) => (trade.price > 1 ? trade.price : undefined),
    subscribe: (price: number) => ({ op: `subscribe ${price}` }),
  };

  it('infers keys and messages, of a connection and of a pool', () => {
    expectTypeOf(multiplex(feed, options)).toExtend<(key: number) => Observable<Trade>>();
    expectTypeOf(multiplex(pool, options)).toExtend<(key: number) => Observable<Trade>>();
    expectTypeOf(multiplex(feed, { keyOf: ({ price }) => String(price), subscribe: (key) => ({ op: key }) })).toExtend<
      (key: string) => Observable<Trade>
    >();
    expectTypeOf(options).toExtend<MultiplexOptions<Trade, Command, number>>();
  });

  it('refuses what does not fit the connection', () => {
    // @ts-expect-error -- keys are numbers
    const noKey = () => multiplex(feed, options)('BTCEUR');
    // @ts-expect-error -- not what is sent
    const noMessage = () => multiplex(feed, { ...options, subscribe: (price: number) => price });
    // @ts-expect-error -- keys are asked for by what they are
    const noOtherKey = () => multiplex(feed, { ...options, subscribe: (op: string) => ({ op }) });
    // @ts-expect-error -- neither a connection nor a pool
    const noConnection = () => multiplex(feed.messages, options);

    expectTypeOf([noKey, noMessage, noOtherKey, noConnection]).toBeArray();
  });
});

describe('requestResponse', () => {
  const idOf = ({ price }: Trade) => (price > 1 ? price : undefined);

  it('infers ids, requests and responses, of a connection and of a pool', () => {
    type Request = (id: number, request: Command) => Observable<Trade>;

    expectTypeOf(requestResponse(feed, { idOf, timeout: 5 })).toExtend<Request>();
    expectTypeOf(requestResponse(pool, { idOf })).toExtend<Request>();
    expectTypeOf({ idOf }).toExtend<RequestResponseOptions<Trade, number>>();
  });

  it('refuses what does not fit the connection', () => {
    const request = requestResponse(feed, { idOf });
    // @ts-expect-error -- ids are numbers
    const noId = () => request('1', { op: 'balance' });
    // @ts-expect-error -- not what is sent
    const noRequest = () => request(1, { price: 1 });
    // @ts-expect-error -- there is nothing to tell responses by
    const noIdOf = () => requestResponse(feed, { timeout: 5 });

    expectTypeOf([noId, noRequest, noIdOf]).toBeArray();
  });
});

describe('connectionPool', () => {
  it('has the types of its connections', () => {
    expectTypeOf(pool).toEqualTypeOf<ConnectionPool<Trade, Command>>();
    expectTypeOf<ConnectionPool>().toEqualTypeOf<ConnectionPool<unknown, unknown>>();
    expectTypeOf(pool.use('a')).toEqualTypeOf<Observable<WebSocketConnection<Trade, Command>>>();
    expectTypeOf(pool.messages).toEqualTypeOf<Observable<PoolMessage<Trade, Command>>>();
    expectTypeOf(pool.lifecycle).toEqualTypeOf<Observable<PoolEvent<Trade, Command>>>();
    expectTypeOf<PoolMessage<Trade, Command>['message']>().toEqualTypeOf<Trade>();
    expectTypeOf<PoolEvent<Trade, Command>['connection']>().toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf<ConnectionPoolOptions<Trade, Command>['create']>().toEqualTypeOf<
      (index: number) => WebSocketConnection<Trade, Command>
    >();
  });

  it('counts its connections by their state', () => {
    expectTypeOf(pool.state).toEqualTypeOf<PoolStateObservable>();
    expectTypeOf(pool.state.value).toEqualTypeOf<PoolState>();
    expectTypeOf<PoolState>().toEqualTypeOf<Readonly<Record<ConnectionState['status'], number>>>();
    expectTypeOf(pool.stats).toEqualTypeOf<ConnectionStats>();
    expectTypeOf(pool.close).toBeCallableWith(4000, 'bye');
    expectTypeOf(pool).toExtend<Pausable>();
  });

  it('needs its bounds', () => {
    // @ts-expect-error -- how many is for the caller to say
    const noBounds = () => connectionPool({ create: () => feed });
    // @ts-expect-error -- makes no connection
    const noConnection = () => connectionPool({ create: () => feed.messages, max: 1, keysPerConnection: 1 });

    expectTypeOf([noBounds, noConnection]).toBeArray();
  });
});

describe('topics', () => {
  it('are a function of a key, which can ask for it anew', () => {
    const topics: Topics<string, Trade> = multiplex(feed, { keyOf: () => 'BTC', subscribe: (op: string) => ({ op }) });

    expectTypeOf(topics('BTC')).toEqualTypeOf<Observable<Trade>>();
    expectTypeOf(topics.resync).parameter(0).toEqualTypeOf<string>();
    expectTypeOf<Answer<string>['key']>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Command>().toExtend<Later<Command>>();
    expectTypeOf<WebSocketConnection<Trade, Command>>().toExtend<RequestTarget<Trade, Command>>();
  });

  it('error with what the server refused', () => {
    const error: unknown = new Error();

    if (isSubscriptionError(error)) expectTypeOf(error).toEqualTypeOf<SubscriptionError>();
  });
});
