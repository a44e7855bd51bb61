import { catchError, concatMap, distinctUntilChanged, EMPTY, filter, map, of, takeUntil, tap, timer } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import {
  bufferCountOrTime,
  completeOnClose,
  heartbeat,
  json,
  logLifecycle,
  observeWebSocket,
  ofType,
  onOpen,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
  text,
} from '../../src/index.node.js';
import type { LifecycleEvent, Supervision, WebSocketConnection } from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

type Plain = MonoTypeOperatorFunction<LifecycleEvent>;

const OPERATORS = {
  completeOnClose: completeOnClose(),
  heartbeat: heartbeat(),
  logLifecycle: logLifecycle(console),
  onOpen: onOpen((link) => link.send('hello')),
  refreshOnUnauthorized: refreshOnUnauthorized(() => []),
  retryWithBackoff: retryWithBackoff(),
  stopOnFatalClose: stopOnFatalClose(),
};

describe('A supervision', () => {
  it('is an operator on the events of a connection, and by default of any', () => {
    expectTypeOf<Supervision<Trade, Command>>().toEqualTypeOf<
      OperatorFunction<LifecycleEvent<Trade, Command>, LifecycleEvent>
    >();
    expectTypeOf<Supervision<Trade, Command>>().toExtend<Supervision>();
    expectTypeOf<Supervision<Trade, Command>>().not.toExtend<Supervision<string, string>>();
    expectTypeOf<OperatorFunction<LifecycleEvent, Trade>>().not.toExtend<Supervision>();
    expectTypeOf<OperatorFunction<Trade, LifecycleEvent>>().not.toExtend<Supervision>();
  });

  it('of plain events is one of any connection', () => {
    expectTypeOf<Plain>().toExtend<Supervision>();
    expectTypeOf<Plain>().toExtend<Supervision<Trade, Command>>();
    expectTypeOf<Plain>().toExtend<Supervision<unknown, unknown>>();
    expectTypeOf<Plain>().toExtend<Supervision<never, never>>();
  });

  it('of ours is one of any connection', () => {
    for (const operator of Object.values(OPERATORS)) {
      expectTypeOf(operator).toExtend<Plain>();
      expectTypeOf(operator).toExtend<Supervision>();
      expectTypeOf(operator).toExtend<Supervision<Trade, Command>>();
      expectTypeOf(operator).toExtend<Supervision<never, never>>();
    }
  });

  it('may stand in an array', () => {
    const pairs = [
      [completeOnClose(), retryWithBackoff()],
      [heartbeat(), retryWithBackoff()],
      [logLifecycle(console), retryWithBackoff()],
      [onOpen((link) => link.send('hello')), retryWithBackoff()],
      [refreshOnUnauthorized(() => []), retryWithBackoff()],
      [retryWithBackoff(), retryWithBackoff<LifecycleEvent>()],
      [stopOnFatalClose(), retryWithBackoff()],
    ];
    const all = [retryWithBackoff(), heartbeat(), stopOnFatalClose(), completeOnClose(), logLifecycle(console)];
    const withSetUp = [onOpen((link) => link.send(1)), refreshOnUnauthorized(() => []), retryWithBackoff()];
    const fixed = [heartbeat(), retryWithBackoff()] as const;

    for (const supervision of [...pairs, all, withSetUp, fixed]) {
      expectTypeOf(observeWebSocket(url, ...supervision)).toEqualTypeOf<WebSocketConnection>();
      expectTypeOf(observeWebSocket({ url, codec: text() }, ...supervision)).toEqualTypeOf<
        WebSocketConnection<string>
      >();
      expectTypeOf(observeWebSocket<Trade, Command>(url, ...supervision)).toEqualTypeOf<
        WebSocketConnection<Trade, Command>
      >();
    }
    expectTypeOf(all).toExtend<readonly Supervision[]>();
    expectTypeOf(withSetUp).toExtend<readonly Supervision[]>();
  });

  it('may stand in a constant, in a conditional, in an object and behind a function', () => {
    const retry = retryWithBackoff();
    const either = url.length > 5 ? retryWithBackoff() : heartbeat();
    const object: Record<string, Supervision> = { retry: retryWithBackoff(), beat: heartbeat() };
    const make = (): Supervision<Trade, Command> => retryWithBackoff({ maxRetries: 3 });

    expectTypeOf(observeWebSocket<Trade, Command>(url, retry, either, ...Object.values(object), make())).toEqualTypeOf<
      WebSocketConnection<Trade, Command>
    >();
    expectTypeOf(observeWebSocket(url, retry, either, ...Object.values(object))).toEqualTypeOf<WebSocketConnection>();
  });

  it('may be an operator of RxJS, which knows what events are', () => {
    const operators = [tap<LifecycleEvent>(), filter((event: LifecycleEvent) => event.type !== 'heartbeat')];

    for (const config of [url, { url }]) {
      const feed = observeWebSocket(
        config,
        filter((event) => {
          expectTypeOf(event).toEqualTypeOf<LifecycleEvent>();
          return event.type === 'open';
        }),
        tap((event) => expectTypeOf(event).toEqualTypeOf<LifecycleEvent>()),
        concatMap((event) => of(event)),
        distinctUntilChanged(),
        catchError(() => EMPTY),
        takeUntil(timer(5)),
        ...operators,
      );
      expectTypeOf(feed).toEqualTypeOf<WebSocketConnection>();
    }
    observeWebSocket<Trade, Command>(
      url,
      filter((event) => {
        expectTypeOf(event).toEqualTypeOf<LifecycleEvent<Trade, Command>>();
        return event.type === 'open';
      }),
      tap((event) => expectTypeOf(event).toEqualTypeOf<LifecycleEvent<Trade, Command>>()),
      ...operators,
    );
    observeWebSocket(
      { url, codec: json<Trade, Command>() },
      filter((event) => {
        expectTypeOf(event).toEqualTypeOf<LifecycleEvent<Trade, Command>>();
        return event.type === 'open';
      }),
      ofType('open', 'close'),
    );
  });

  it('may be a function of a source', () => {
    observeWebSocket<Trade, Command>(url, (source) => {
      expectTypeOf(source).toEqualTypeOf<Observable<LifecycleEvent<Trade, Command>>>();
      return source;
    });
    observeWebSocket(url, (source) => {
      expectTypeOf(source).toEqualTypeOf<Observable<LifecycleEvent>>();
      return source;
    });
  });

  it('is nothing else', () => {
    // @ts-expect-error -- makes arrays of them
    const noBatches = () => observeWebSocket(url, bufferCountOrTime<LifecycleEvent>(1, 1));
    const noTypes = () =>
      observeWebSocket<Trade>(
        url,
        // @ts-expect-error -- makes something else of them
        map((event) => event.type),
      );
    // @ts-expect-error -- to be called
    const notCalled = () => observeWebSocket(url, heartbeat);
    // @ts-expect-error -- to be spread
    const notSpread = () => observeWebSocket(url, [heartbeat()]);

    expectTypeOf([noBatches, noTypes, notCalled, notSpread]).toBeArray();
  });
});

describe('retryWithBackoff', () => {
  it('fits any stream, and keeps its type', () => {
    expectTypeOf(retryWithBackoff()).toEqualTypeOf<<T>(source: Observable<T>) => Observable<T>>();
    expectTypeOf(retryWithBackoff<Trade>({ delays: [5] })).toEqualTypeOf<MonoTypeOperatorFunction<Trade>>();
    expectTypeOf(
      of({ price: 1 }).pipe(
        retryWithBackoff(),
        map(({ price }) => price),
      ),
    ).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error -- no such option
    const noOption = () => retryWithBackoff({ attempts: 5 });
    // @ts-expect-error -- no such option here either
    const noOptionOfT = () => retryWithBackoff<Trade>({ attempts: 5 });

    expectTypeOf([noOption, noOptionOfT]).toBeArray();
  });
});
