import { of } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import { atMost, observeWebSocket } from '../../src/index.node.js';
import type {
  AttemptContext,
  OutboxOptions,
  Pace,
  PerAttempt,
  WebSocketConfig,
  WebSocketConnection,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Command, Trade } from './trade.js';

describe('A config', () => {
  it('needs a url and nothing else', () => {
    expectTypeOf({ url }).toExtend<WebSocketConfig>();
    // @ts-expect-error -- no url to connect to
    const noUrl = () => observeWebSocket({ protocols: 'chat' });
    // @ts-expect-error -- no such option
    const noOption = () => observeWebSocket({ url, timeout: 5 });
    // @ts-expect-error -- no such policy
    const noPolicy = () => observeWebSocket({ url, outbox: { overflow: 'drop' } });
    // @ts-expect-error -- a duration is a number
    const noDuration = () => observeWebSocket<Trade>({ url, linger: '5s' });

    expectTypeOf([noUrl, noOption, noPolicy, noDuration]).toBeArray();
    expectTypeOf<OutboxOptions['overflow']>().toEqualTypeOf<'dropOldest' | 'dropNewest' | 'error' | undefined>();
  });

  it('takes values, functions, promises and Observables for what each attempt is made of', () => {
    expectTypeOf<string>().toExtend<PerAttempt<string>>();
    expectTypeOf(() => url).toExtend<PerAttempt<string>>();
    expectTypeOf(() => Promise.resolve(url)).toExtend<PerAttempt<string>>();
    expectTypeOf(() => of(url)).toExtend<PerAttempt<string>>();
    expectTypeOf(() => 5).not.toExtend<PerAttempt<string>>();
    expectTypeOf(
      observeWebSocket({
        url: () => new URL(url),
        protocols: () => Promise.resolve(['a', 'b']),
        headers: () => of({ cookie: 'c=1' }),
      }),
    ).toEqualTypeOf<WebSocketConnection>();
    // @ts-expect-error -- headers are strings
    const noHeaders = () => observeWebSocket({ url, headers: { 'x-count': 5 } });
    expectTypeOf(noHeaders).toBeFunction();
  });

  it('has functions that know of the attempt', () => {
    const hosts = ['ws://a', 'ws://b'] as const;

    expectTypeOf(
      observeWebSocket({
        url: (context) => {
          expectTypeOf(context).toEqualTypeOf<AttemptContext>();
          return hosts[context.failures % 2]!;
        },
        headers: ({ attempt }) => Promise.resolve({ 'x-attempt': String(attempt) }),
      }),
    ).toEqualTypeOf<WebSocketConnection>();
    expectTypeOf<AttemptContext>().toEqualTypeOf<{
      readonly attempt: number;
      readonly failures: number;
      readonly error?: Error;
      readonly sinceHealthy?: number;
    }>();
    // @ts-expect-error -- not known of an attempt
    const noHost = () => observeWebSocket<Trade>({ url: ({ host }) => String(host) });
    expectTypeOf(noHost).toBeFunction();
  });

  it('has a pace, or several', () => {
    expectTypeOf(atMost(5, 1000)).toEqualTypeOf<Pace>();
    expectTypeOf(observeWebSocket<Trade>({ url, pace: atMost(5, 1000) })).toEqualTypeOf<WebSocketConnection<Trade>>();
    expectTypeOf(
      observeWebSocket({ url, pace: [atMost(5, 1000), atMost(100, 60_000)] }),
    ).toEqualTypeOf<WebSocketConnection>();
    // @ts-expect-error -- in what time
    const noTime = () => atMost(5);
    // @ts-expect-error -- made by atMost
    const noPace = () => observeWebSocket<Trade>({ url, pace: 5 });
    expectTypeOf([noTime, noPace]).toBeArray();
  });

  it('may be written down first, with its types', () => {
    const config: WebSocketConfig<Trade, Command> = { url };

    expectTypeOf(observeWebSocket(config)).toEqualTypeOf<WebSocketConnection<Trade, Command>>();
    // @ts-expect-error -- of other messages
    expectTypeOf<typeof observeWebSocket<string>>().toBeCallableWith(config);
  });
});
