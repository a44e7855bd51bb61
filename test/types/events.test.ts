import { map, pipe, Subject } from 'rxjs';
import type { Observable, OperatorFunction } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { lifecycleLogLevels, logLifecycle, observeWebSocket, ofType } from '../../src/index.node.js';
import type {
  CloseEvent,
  ConnectingEvent,
  ConnectionState,
  DroppedEvent,
  ErrorEvent,
  HeartbeatEvent,
  LifecycleEvent,
  LifecycleLogger,
  Link,
  LoggedType,
  OpenEvent,
  ReconnectingEvent,
  RejectedEvent,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

type Type = 'connecting' | 'open' | 'heartbeat' | 'rejected' | 'dropped' | 'error' | 'close' | 'reconnecting';

describe('A lifecycle event', () => {
  it('is one of eight, each with fields of its own', () => {
    expectTypeOf<LifecycleEvent['type']>().toEqualTypeOf<Type>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'connecting' }>>().toEqualTypeOf<ConnectingEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'open' }>>().toEqualTypeOf<OpenEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'heartbeat' }>>().toEqualTypeOf<HeartbeatEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'rejected' }>>().toEqualTypeOf<RejectedEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'dropped' }>>().toEqualTypeOf<DroppedEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'error' }>>().toEqualTypeOf<ErrorEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'close' }>>().toEqualTypeOf<CloseEvent>();
    expectTypeOf<Extract<LifecycleEvent, { type: 'reconnecting' }>>().toEqualTypeOf<ReconnectingEvent>();
  });

  it('holds what can be known of it', () => {
    expectTypeOf<ConnectingEvent>().toEqualTypeOf<{
      readonly type: 'connecting';
      readonly attempt: number;
      readonly sinceHealthy?: number;
    }>();
    expectTypeOf<OpenEvent['headers']>().toEqualTypeOf<
      Readonly<Record<string, string | readonly string[]>> | undefined
    >();
    expectTypeOf<RejectedEvent['data']>().toEqualTypeOf<string | Uint8Array>();
    expectTypeOf<DroppedEvent['reason']>().toEqualTypeOf<'overflow' | 'expired' | 'closed' | 'unserializable'>();
    expectTypeOf<CloseEvent['initiator']>().toEqualTypeOf<'local' | 'remote'>();
    expectTypeOf<CloseEvent>().toExtend<{ code: number; reason: string; wasClean: boolean }>();
    expectTypeOf<ReconnectingEvent>().toEqualTypeOf<{
      readonly type: 'reconnecting';
      readonly retry: number;
      readonly delay: number;
      readonly error: Error;
    }>();
    expectTypeOf<HeartbeatEvent['latency'] | ErrorEvent['error']>().toEqualTypeOf<number | Error>();
  });

  it('is narrowed by its type', () => {
    const show = (event: LifecycleEvent) => {
      switch (event.type) {
        case 'open':
          return event.protocol;
        case 'close':
          return event.code;
        default:
          // @ts-expect-error -- of the two above alone
          return event.link as unknown;
      }
    };
    expectTypeOf(show).toBeFunction();
  });

  it('has the link of its connection, and is a plain one too', () => {
    expectTypeOf<LifecycleEvent>().toEqualTypeOf<LifecycleEvent<unknown, unknown>>();
    expectTypeOf<Extract<LifecycleEvent<Trade, Command>, { type: 'open' }>>().toEqualTypeOf<
      OpenEvent<Trade, Command>
    >();
    expectTypeOf<OpenEvent<Trade, Command>['link']>().toEqualTypeOf<Link<Trade, Command>>();
    expectTypeOf<LifecycleEvent<Trade, Command>>().toExtend<LifecycleEvent>();
    expectTypeOf<LifecycleEvent>().not.toExtend<LifecycleEvent<Trade, Command>>();
    expectTypeOf<LifecycleEvent<Trade, Command>>().not.toExtend<LifecycleEvent<string, string>>();
  });
});

describe('A link', () => {
  it('receives the one type and sends the other', () => {
    expectTypeOf<Link>().toEqualTypeOf<Link<unknown, unknown>>();
    expectTypeOf<Link<Trade, Command>['messages']>().toEqualTypeOf<Observable<Trade>>();
    expectTypeOf<Parameters<Link<Trade, Command>['send']>>().toEqualTypeOf<[value: Command]>();
    expectTypeOf<Link['sendRaw']>().toEqualTypeOf<(data: string | Uint8Array) => void>();
    expectTypeOf<Link['intercept']>().toEqualTypeOf<(look: (data: string | Uint8Array) => boolean) => () => void>();
    expectTypeOf<Link['close']>().toEqualTypeOf<(code?: number, reason?: string) => void>();
    expectTypeOf<Link['terminate']>().toBeCallableWith(new Error());
    expectTypeOf<Link['pongs']>().toEqualTypeOf<Observable<unknown>>();
  });

  it('may not have what its transport has not', () => {
    expectTypeOf<Link['ping']>().toEqualTypeOf<((payload?: string) => void) | undefined>();
    expectTypeOf<Link['receivedBytes']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Link['sentBytes']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Link['flushedBytes']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Link['error']>().toEqualTypeOf<Error | undefined>();
    expectTypeOf<Link['received']>().toEqualTypeOf<number>();
    expectTypeOf<Link['paused']>().toEqualTypeOf<boolean>();
    // @ts-expect-error -- it may be absent
    const ping = (link: Link) => link.ping();
    expectTypeOf(ping).toBeFunction();
  });
});

describe('ofType', () => {
  it('narrows the union', () => {
    const { lifecycle } = observeWebSocket(url);

    expectTypeOf(lifecycle.pipe(ofType('open'))).toEqualTypeOf<Observable<OpenEvent>>();
    expectTypeOf(lifecycle.pipe(ofType('open', 'close'))).toEqualTypeOf<Observable<OpenEvent | CloseEvent>>();
    expectTypeOf(
      lifecycle.pipe(
        ofType('close'),
        map(({ code }) => code),
      ),
    ).toEqualTypeOf<Observable<number>>();
    // @ts-expect-error -- no event is of that type
    expect(() => ofType('opened')).toThrow(RangeError);
    // @ts-expect-error -- none would pass
    expect(() => ofType()).toThrow(TypeError);
  });

  it('keeps the types of the messages', () => {
    const events = new Subject<LifecycleEvent<Trade, Command>>();

    expectTypeOf(events.pipe(ofType('open'))).toEqualTypeOf<Observable<OpenEvent<Trade, Command>>>();
    expectTypeOf(events.pipe(ofType('open', 'close'))).toEqualTypeOf<
      Observable<OpenEvent<Trade, Command> | CloseEvent>
    >();
    expectTypeOf(
      events.pipe(
        ofType('open'),
        map(({ link }) => link),
      ),
    ).toEqualTypeOf<Observable<Link<Trade, Command>>>();
  });

  it('may be written down first', () => {
    const opens: OperatorFunction<LifecycleEvent, OpenEvent> = ofType('open');
    const links = pipe(
      ofType('open'),
      map(({ link }) => link),
    );

    expectTypeOf(observeWebSocket(url).lifecycle.pipe(opens)).toEqualTypeOf<Observable<OpenEvent>>();
    expectTypeOf(observeWebSocket(url).lifecycle.pipe(links)).toEqualTypeOf<Observable<Link>>();
    // @ts-expect-error -- of lifecycle events alone
    const noEvents = () => new Subject<Trade>().pipe(ofType('open'));
    expectTypeOf(noEvents).toBeFunction();
  });
});

describe('A state', () => {
  it('holds what can be known of it', () => {
    type Of<Status> = Extract<ConnectionState, { status: Status }>;

    expectTypeOf<ConnectionState['status']>().toEqualTypeOf<
      'idle' | 'connecting' | 'open' | 'reconnecting' | 'closing' | 'closed' | 'failed'
    >();
    expectTypeOf<Of<'open'>['protocol']>().toEqualTypeOf<string>();
    expectTypeOf<Of<'reconnecting'>['delay']>().toEqualTypeOf<number>();
    expectTypeOf<Of<'closed'>['code']>().toEqualTypeOf<number>();
    expectTypeOf<Of<'failed'>['error']>().toEqualTypeOf<Error>();
    expectTypeOf<keyof Of<'idle'>>().toEqualTypeOf<'status'>();
  });
});

describe('logLifecycle', () => {
  it('takes any logger of the usual shape, and the names of its methods for levels', () => {
    const pino = { ...console, trace: (fields: object, message: string) => [fields, message] };

    expectTypeOf<LoggedType>().toEqualTypeOf<Type | 'failed' | 'completed'>();
    expectTypeOf(lifecycleLogLevels).toEqualTypeOf<Readonly<Record<LoggedType, keyof LifecycleLogger>>>();
    logLifecycle(console, { levels: { heartbeat: false, close: 'warn', open: undefined } });
    logLifecycle(pino, { levels: { heartbeat: 'trace' }, redact: undefined });
    // @ts-expect-error -- no such level
    const noLevel = () => logLifecycle({ ...console }, { levels: { heartbeat: 'silent' } });
    // @ts-expect-error -- no such event
    const noType = () => logLifecycle(console, { levels: { opened: 'info' } });
    // @ts-expect-error -- no logger
    const noLogger = () => logLifecycle({ log: console.log });

    expectTypeOf([noLevel, noType, noLogger]).toBeArray();
  });
});
