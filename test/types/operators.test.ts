import { asyncScheduler, asapScheduler, of } from 'rxjs';
import type { MonoTypeOperatorFunction, Observable, OperatorFunction } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import * as operators from '../../operators/index.js';
import {
  bufferCountOrTime,
  completeOnClose,
  doubtfulCloseCodes,
  fatalCloseCodes,
  heartbeat,
  isConnectionClosedError,
  leastWait,
  mergeMapBounded,
  observeWebSocket,
  online,
  redactSecrets,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
  visible,
} from '../../src/index.node.js';
import type {
  HeartbeatOptions,
  Jitter,
  LifecycleEvent,
  LogLifecycleOptions,
  MergeMapBoundedOptions,
  PageScope,
  Pausable,
  RefreshOnUnauthorizedOptions,
  RetryWithBackoffOptions,
  StopOnFatalCloseOptions,
} from '../../src/index.node.js';
import { url } from './trade.js';
import type { Trade } from './trade.js';

type OnEvents = MonoTypeOperatorFunction<LifecycleEvent>;

const { messages } = observeWebSocket<Trade>(url);

describe('The operators', () => {
  it('are the same from both entries', () => {
    expectTypeOf(operators.retryWithBackoff).toEqualTypeOf(retryWithBackoff);
    expectTypeOf(operators.heartbeat).toEqualTypeOf(heartbeat);
    expectTypeOf<operators.HeartbeatOptions>().toEqualTypeOf<HeartbeatOptions>();
  });

  it('on lifecycles are operators on lifecycle events', () => {
    expectTypeOf(heartbeat()).toEqualTypeOf<OnEvents>();
    expectTypeOf(stopOnFatalClose()).toEqualTypeOf<OnEvents>();
    expectTypeOf(completeOnClose()).toEqualTypeOf<OnEvents>();
    expectTypeOf(refreshOnUnauthorized(() => [])).toEqualTypeOf<OnEvents>();
  });
});

describe('retryWithBackoff', () => {
  it('has options', () => {
    retryWithBackoff({
      initialDelay: 5,
      maxDelay: 5,
      factor: 2,
      jitter: 'none',
      maxRetries: 5,
      when: Promise.resolve(),
      firstDelay: 0,
      wake: visible(),
      waitAfter: (error) => (isConnectionClosedError(error) ? 5000 : leastWait(error)),
      maxRetryAfter: Infinity,
    });
    expectTypeOf(leastWait).toEqualTypeOf<(error: unknown) => number | undefined>();
    expectTypeOf(operators.leastWait).toEqualTypeOf(leastWait);
    expectTypeOf<RetryWithBackoffOptions['jitter']>().toEqualTypeOf<Jitter | undefined>();
    expectTypeOf<Jitter>().toEqualTypeOf<'full' | 'equal' | 'decorrelated' | 'none'>();
    // @ts-expect-error -- no such jitter
    const noJitter = () => retryWithBackoff({ jitter: 'half' });
    // @ts-expect-error -- a floor is a number
    const noFloor = () => retryWithBackoff({ waitAfter: () => 'soon' });
    // @ts-expect-error -- a schedule is an array
    const noSchedule = () => retryWithBackoff({ delays: 5 });

    expectTypeOf([noJitter, noFloor, noSchedule]).toBeArray();
  });
});

describe('heartbeat', () => {
  it('has options', () => {
    heartbeat({ interval: () => 5, ping: () => 'ping', isReply: (data) => data === 'pong', probe: online() });
    heartbeat({ interval: 5, timeout: 5, ping: () => new Uint8Array(1), random: () => 0, scheduler: asapScheduler });
    // @ts-expect-error -- a ping is text or bytes
    const noPing = () => heartbeat({ ping: () => ({ op: 'ping' }) });
    // @ts-expect-error -- no such way
    const noWay = () => heartbeat({ ping: 'text' });

    expectTypeOf([noPing, noWay]).toBeArray();
  });
});

describe('stopOnFatalClose, completeOnClose and refreshOnUnauthorized', () => {
  it('take numbers or predicates', () => {
    stopOnFatalClose({ codes: fatalCloseCodes.discord, statuses: (status) => status === 404 });
    stopOnFatalClose({ codes: [...fatalCloseCodes.standard, 4100] });
    completeOnClose([1000, 4000]);
    completeOnClose((code, error) => code === 1000 && error.message.includes('done'));
    stopOnFatalClose({
      codes: (code, error) => !doubtfulCloseCodes.has(code) || error.message.includes('banned'),
      grace: 0,
    });
    expectTypeOf(doubtfulCloseCodes).toEqualTypeOf<ReadonlySet<number>>();
    refreshOnUnauthorized(() => Promise.resolve(), { codes: [4401], statuses: new Set([401]), resetAfter: 5 });
    refreshOnUnauthorized(() => [], { codes: (code, error) => code > 4400 && error.message !== '', timeout: 5 });
    expectTypeOf<StopOnFatalCloseOptions['codes']>().toEqualTypeOf<RefreshOnUnauthorizedOptions['codes']>();
    // @ts-expect-error -- codes are numbers
    const noCodes = () => stopOnFatalClose({ codes: ['4401'] });
    // @ts-expect-error -- nothing to wait for
    const noRefresh = () => refreshOnUnauthorized(() => {});

    expectTypeOf([noCodes, noRefresh]).toBeArray();
  });
});

describe('bufferCountOrTime', () => {
  it('makes arrays', () => {
    expectTypeOf(messages.pipe(bufferCountOrTime(100, 1000))).toEqualTypeOf<Observable<Trade[]>>();
    expectTypeOf(bufferCountOrTime<Trade>(100, 1000, asapScheduler)).toEqualTypeOf<OperatorFunction<Trade, Trade[]>>();
    // @ts-expect-error -- both are needed
    const noTime = () => bufferCountOrTime(100);
    expectTypeOf(noTime).toBeFunction();
  });
});

describe('mergeMapBounded', () => {
  it('takes and makes what its project does', () => {
    expectTypeOf(messages.pipe(mergeMapBounded(({ price }) => Promise.resolve(price)))).toEqualTypeOf<
      Observable<number>
    >();
    expectTypeOf(messages.pipe(mergeMapBounded((_trade, index) => of(index)))).toEqualTypeOf<Observable<number>>();
    expectTypeOf(
      messages.pipe(mergeMapBounded((trade) => [trade.price, 'of a trade'], { onDrop: ({ price }) => price })),
    ).toEqualTypeOf<Observable<string | number>>();
    // @ts-expect-error -- a number is no stream
    const noStream = () => mergeMapBounded(() => 1);
    // @ts-expect-error -- an empty object cannot be paused
    const noPausing = () => mergeMapBounded(() => [1], { pausing: {} });
    // @ts-expect-error -- no such policy
    const noPolicy = () => mergeMapBounded(() => [1], { overflow: 'drop' });

    expectTypeOf([noStream, noPausing, noPolicy]).toBeArray();
    expectTypeOf<MergeMapBoundedOptions<Trade>['pausing']>().toEqualTypeOf<Pausable | undefined>();
    expectTypeOf(observeWebSocket(url)).toExtend<Pausable>();
  });
});

describe('What a page knows', () => {
  it('is asked of any scope of its shape', () => {
    expectTypeOf(online()).toEqualTypeOf<Observable<unknown>>();
    expectTypeOf(visible()).toEqualTypeOf<Observable<unknown>>();
    expectTypeOf(online(globalThis, asyncScheduler)).toEqualTypeOf<Observable<unknown>>();
    expectTypeOf(globalThis).toExtend<PageScope>();
    // @ts-expect-error -- a scope is an object
    const noScope = () => online('window');
    expectTypeOf(noScope).toBeFunction();
  });
});

describe('redactSecrets', () => {
  it('makes text of text, as logLifecycle wants it', () => {
    expectTypeOf(redactSecrets).toEqualTypeOf<(text: string) => string>();
    expectTypeOf(redactSecrets).toExtend<LogLifecycleOptions['redact']>();
  });
});
