import type { Observable } from 'rxjs';
import * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import {
  binary,
  bufferCountOrTime,
  connectionPool,
  fatalCloseCodes,
  isConnectionClosedError,
  json,
  mergeMapBounded,
  multiplex,
  observeWebSocket,
  ofType,
  onOpen,
  refreshOnUnauthorized,
  requestResponse,
  retryWithBackoff,
  stopOnFatalClose,
  text,
} from '../../src/index.node.js';
import type {
  CloseEvent,
  Codec,
  ConnectionClosedError,
  ConnectionPool,
  LifecycleEvent,
  OpenEvent,
  Supervision,
  PoolEvent,
  PoolMessage,
  WebSocketConnection,
} from '../../src/index.node.js';

interface Trade {
  price: number;
}
interface Command {
  op: string;
}

/* Checked by the compiler; what must not compile stands under `@ts-expect-error`. */
describe('the types', () => {
  it('of messages follow the type arguments', () => {
    const feed = observeWebSocket<Trade, Command>('ws://test', stopOnFatalClose(), retryWithBackoff());

    expectTypeOf(feed).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    expectTypeOf(feed.messages.pipe(bufferCountOrTime(1, 1))).toEqualTypeOf<Observable<Trade[]>>();
    feed.messages.next({ op: 'subscribe' });
    // @ts-expect-error -- a trade is not what is sent
    feed.messages.next({ price: 1 });
  });

  it('of what mergeMapBounded is given and makes follow its project', () => {
    const { messages } = observeWebSocket<Trade>('ws://test');

    expectTypeOf(messages.pipe(mergeMapBounded(({ price }) => Promise.resolve(price)))).toEqualTypeOf<
      Observable<number>
    >();
    expectTypeOf(
      messages.pipe(mergeMapBounded((trade) => [trade.price, 'of a trade'], { onDrop: ({ price }) => price })),
    ).toEqualTypeOf<Observable<string | number>>();
    // @ts-expect-error -- a number is no stream
    mergeMapBounded(() => 1);
    // @ts-expect-error -- an empty object cannot be paused
    expect(() => mergeMapBounded(() => [1], { pausing: {} })).toThrow(TypeError);
  });

  it('of messages are unknown unless something says otherwise', () => {
    expectTypeOf(observeWebSocket('ws://test').messages.asObservable()).toEqualTypeOf<Observable<unknown>>();
  });

  it('of messages follow the codec', () => {
    expectTypeOf(observeWebSocket({ url: 'ws://test', codec: text() })).toEqualTypeOf<WebSocketConnection<string>>();
    expectTypeOf(observeWebSocket({ url: 'ws://test', codec: binary() })).toEqualTypeOf<
      WebSocketConnection<Uint8Array>
    >();
    expectTypeOf(observeWebSocket({ url: 'ws://test', codec: json<Trade, Command>() })).toEqualTypeOf<
      WebSocketConnection<Trade, Command>
    >();
  });

  it('of messages follow the schema', () => {
    const ofZod = observeWebSocket({ url: 'ws://test', codec: json({ schema: z.object({ price: z.number() }) }) });
    const ofValibot = observeWebSocket({ url: 'ws://test', codec: json({ schema: v.object({ price: v.number() }) }) });
    const transformed = json({ schema: z.string().transform(Number) });
    const slow = json({ schema: v.pipeAsync(v.string(), v.transform(Number)) });
    const both = json<Trade, Command>({ schema: z.object({ price: z.number() }) });

    expectTypeOf(ofZod).toEqualTypeOf<WebSocketConnection<Trade>>();
    expectTypeOf(ofValibot).toEqualTypeOf<WebSocketConnection<Trade>>();
    expectTypeOf(transformed).toEqualTypeOf<Codec<number>>();
    expectTypeOf(slow).toEqualTypeOf<Codec<number>>();
    expectTypeOf(both).toEqualTypeOf<Codec<Trade, Command>>();
    // @ts-expect-error -- a schema of something else
    json<Trade>({ schema: z.string() });
    // @ts-expect-error -- no schema
    expect(() => json({ schema: z })).toThrow(TypeError);
  });

  it('of messages follow a codec that returns promises', () => {
    const codec = { encode: String, decode: (data: string | Uint8Array) => Promise.resolve(data.length) };

    expectTypeOf(observeWebSocket({ url: 'ws://test', codec }).messages.asObservable()).toEqualTypeOf<
      Observable<number>
    >();
  });

  it('of links follow the type arguments of onOpen', () => {
    const logIn = onOpen<Trade, Command>((link) => {
      expectTypeOf(link.messages).toEqualTypeOf<Observable<Trade>>();
      // @ts-expect-error -- a trade is not what is sent
      link.send({ price: 1 });
    });

    expectTypeOf(logIn).toExtend<Supervision>();
    // @ts-expect-error -- a number is nothing to wait for
    onOpen(() => 5);
    // @ts-expect-error -- neither is what a refresh does not return
    refreshOnUnauthorized(() => {});
  });

  it('of events are narrowed by ofType', () => {
    const { lifecycle } = observeWebSocket('ws://test');

    expectTypeOf(lifecycle.pipe(ofType('open'))).toEqualTypeOf<Observable<OpenEvent>>();
    expectTypeOf(lifecycle.pipe(ofType('open', 'close'))).toEqualTypeOf<Observable<OpenEvent | CloseEvent>>();
    // @ts-expect-error -- no event is of that type
    expect(() => ofType('opened')).toThrow(RangeError);
    // @ts-expect-error -- none would pass
    expect(() => ofType()).toThrow(TypeError);
  });

  it('of errors are narrowed by their guards', () => {
    const error: unknown = new Error();

    if (isConnectionClosedError(error)) expectTypeOf(error).toEqualTypeOf<ConnectionClosedError>();
  });

  it('of keys and messages are inferred by multiplex', () => {
    const feed = observeWebSocket<Trade, Command>('ws://test');
    const pool = connectionPool({ create: () => feed, max: 1, keysPerConnection: 1 });
    const options = {
      keyOf: (trade: Trade) => (trade.price > 1 ? trade.price : undefined),
      subscribe: (price: number) => ({ op: `subscribe ${price}` }),
    };

    expectTypeOf(multiplex(feed, options)).toEqualTypeOf<(key: number) => Observable<Trade>>();
    expectTypeOf(multiplex(pool, options)).toEqualTypeOf<(key: number) => Observable<Trade>>();
    expectTypeOf(
      multiplex(feed, { keyOf: ({ price }) => String(price), subscribe: (key) => ({ op: key }) }),
    ).toEqualTypeOf<(key: string) => Observable<Trade>>();
    // @ts-expect-error -- keys are numbers
    const noKey = () => multiplex(feed, options)('BTCEUR');
    // @ts-expect-error -- not what is sent
    const noMessage = () => multiplex(feed, { ...options, subscribe: (price: number) => price });
    // @ts-expect-error -- keys are asked for by what they are
    const noOtherKey = () => multiplex(feed, { ...options, subscribe: (op: string) => ({ op }) });
    // @ts-expect-error -- there is nothing to tell keys by
    const noKeyOf = () => multiplex(feed, { subscribe: options.subscribe });
    expectTypeOf([noKey, noMessage, noOtherKey, noKeyOf]).toBeArray();
  });

  it('of ids, requests and responses are inferred by requestResponse', () => {
    const feed = observeWebSocket<Trade, Command>('ws://test');
    const request = requestResponse(feed, { idOf: ({ price }) => (price > 1 ? price : undefined), timeout: 5 });

    expectTypeOf(request).toEqualTypeOf<(id: number, request: Command) => Observable<Trade>>();
    // @ts-expect-error -- ids are numbers
    const noId = () => request('1', { op: 'balance' });
    // @ts-expect-error -- not what is sent
    const noRequest = () => request(1, { price: 1 });
    // @ts-expect-error -- there is nothing to tell responses by
    const noIdOf = () => requestResponse(feed, { timeout: 5 });
    expectTypeOf([noId, noRequest, noIdOf]).toBeArray();
  });

  it('of a pool follow its connections', () => {
    const pool = connectionPool({
      create: (index) => observeWebSocket<Trade, Command>(`ws://test/${index}`),
      max: 1,
      keysPerConnection: 1,
    });

    expectTypeOf(pool).toEqualTypeOf<ConnectionPool<Trade, Command>>();
    expectTypeOf(pool.use('a')).toEqualTypeOf<Observable<WebSocketConnection<Trade, Command>>>();
    expectTypeOf(pool.messages).toEqualTypeOf<Observable<PoolMessage<Trade, Command>>>();
    expectTypeOf(pool.lifecycle).toEqualTypeOf<Observable<PoolEvent<Trade, Command>>>();
    expectTypeOf(pool.state.value.open).toEqualTypeOf<number>();
    // @ts-expect-error -- how many is for the caller to say
    expect(() => connectionPool({ create: () => observeWebSocket('ws://test') })).toThrow(TypeError);
  });

  it('refuse what makes no sense', () => {
    // @ts-expect-error -- there is no URL
    const noUrl = () => observeWebSocket({ protocols: 'chat' });
    // @ts-expect-error -- not an operator on lifecycle events
    const noSupervision = () => observeWebSocket('ws://test', bufferCountOrTime<LifecycleEvent>(1, 1));
    // @ts-expect-error -- no such policy
    const noPolicy = () => observeWebSocket({ url: 'ws://test', outbox: { overflow: 'drop' } });
    // @ts-expect-error -- no such option
    const noOption = () => retryWithBackoff({ attempts: 5 });
    // @ts-expect-error -- tables are read only
    const noWrite = () => fatalCloseCodes.standard.add(4100);

    expectTypeOf([noUrl, noSupervision, noPolicy, noOption, noWrite]).toBeArray();
  });
});
