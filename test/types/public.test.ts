import type { Observable } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  binary,
  bufferCountOrTime,
  fatalCloseCodes,
  isConnectionClosedError,
  json,
  observeWebSocket,
  ofType,
  retryWithBackoff,
  stopOnFatalClose,
  text,
} from '../../src/index.node.js';
import type {
  CloseEvent,
  ConnectionClosedError,
  LifecycleEvent,
  OpenEvent,
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
