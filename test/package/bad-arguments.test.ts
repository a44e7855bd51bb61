import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import * as rxwire from '../../src/index.node.js';
import * as metrics from '../../src/metrics/index.js';
import * as testing from '../../src/testing/index.js';
import * as node from '../../src/transport/node.js';
import { ANGULAR, METRICS, NODE, TESTING, VALUES } from './public-names.js';

/** The public functions without types, as JavaScript code calls them. */
const loose = { ...rxwire, ...metrics, ...testing, ...node } as unknown as Record<
  string,
  (...args: unknown[]) => Record<string, (...args: unknown[]) => unknown>
>;

const NO_OBJECT = [null, 5, 'text', true, [], () => 1];
const NO_FUNCTION = [null, 5, 'text', true, {}];
const NO_NUMBER = [null, '5', true, {}, [], NaN, -1];
const NO_WHOLE = [...NO_NUMBER, 1.5];
const NO_TEXT = [null, 5, true, {}];
const NO_NUMBERS = [null, 5, 'text', true, {}, ['1000'], [-1], [1.5]];
const NO_SCHEDULER = [null, 5, 'text', true, {}];
const MISSING = [undefined];

/** An argument or option, the invalid values to pass for it, and how to pass one. */
type Row = [name: string, bad: readonly unknown[], pass: (value: unknown) => unknown];

const url = 'ws://test';
const feed = rxwire.observeWebSocket(url);
const cold = testing.coldOn();
const identity = (value: unknown) => value;

/** A row for each option: its name and its invalid values. */
const options = (pass: (options: Record<string, unknown>) => unknown, bad: Record<string, readonly unknown[]>): Row[] =>
  Object.entries(bad).map(([name, values]) => [name, values, (value) => pass(nested(name, value))]);

/** `{ a: { b: value } }` for `a.b`; for `scheduler.schedule` and the like the whole `scheduler`. */
function nested(name: string, value: unknown): Record<string, unknown> {
  const [outer, inner] = name.split('.') as [string, string?];
  return { [outer]: outer === 'outbox' && inner ? { [inner]: value } : value };
}

/** They take anything, because anything may be thrown. */
const JUDGES = VALUES.filter((name) => /^is[A-Z]/.test(name) || name === 'leastWait');
const ERRORS = VALUES.filter((name) => name.endsWith('Error') && !JUDGES.includes(name));
/** Functions without arguments. */
const BARE = ['binary', 'silence', 'text', 'webSocketStreamTransport'];
const CONSTANTS = VALUES.filter((name) => typeof loose[name] !== 'function');

const make = (name: string) => (value: unknown) => loose[name]!(value);

const REFUSALS: Record<string, Row[]> = {
  atMost: [
    ['messages', [...MISSING, ...NO_WHOLE, 0], (messages) => loose.atMost!(messages, 5)],
    ['per', [...MISSING, ...NO_NUMBER, 0], (per) => loose.atMost!(5, per)],
  ],
  bufferCountOrTime: [
    ['count', [...MISSING, ...NO_WHOLE, 0], (count) => loose.bufferCountOrTime!(count, 5)],
    ['time', [...MISSING, ...NO_NUMBER], (time) => loose.bufferCountOrTime!(5, time)],
    ['scheduler.schedule', [null, 5, 'text', true], (scheduler) => loose.bufferCountOrTime!(5, 5, scheduler)],
    ...options((value) => loose.bufferCountOrTime!(5, 5, { sizeOf: identity, ...value }), {
      'scheduler.schedule': NO_SCHEDULER,
      sizeOf: NO_FUNCTION,
      maxSize: [...NO_NUMBER, 0],
    }),
    ['maxSize', [5, -1, 'text'], (maxSize) => loose.bufferCountOrTime!(5, 5, { maxSize })],
  ],
  completeOnClose: [['codes', NO_NUMBERS, make('completeOnClose')]],
  heartbeat: [
    ['options', NO_OBJECT, make('heartbeat')],
    ...options(make('heartbeat'), {
      interval: [null, '5', 0, NaN, {}],
      timeout: [...NO_NUMBER, 0],
      ping: [null, 5, 'text', {}],
      isReply: NO_FUNCTION,
      probe: NO_FUNCTION,
      'scheduler.schedule': NO_SCHEDULER,
      random: NO_FUNCTION,
    }),
  ],
  inSequence: [
    ['sequenceOf', [...MISSING, ...NO_FUNCTION], make('inSequence')],
    ['options', NO_OBJECT, (value) => loose.inSequence!(identity, value)],
    ...options((value) => loose.inSequence!(identity, value), {
      keyOf: NO_FUNCTION,
      isStart: NO_FUNCTION,
      onGap: NO_FUNCTION,
    }),
  ],
  logLifecycle: [
    ['logger.debug', [...MISSING, ...NO_FUNCTION], make('logLifecycle')],
    ['options', NO_OBJECT, (value) => loose.logLifecycle!(console, value)],
    ...options((value) => loose.logLifecycle!(console, value), {
      levels: NO_OBJECT,
      redact: NO_FUNCTION,
      payload: NO_FUNCTION,
    }),
  ],
  mergeMapBounded: [
    ['project', [...MISSING, ...NO_FUNCTION], make('mergeMapBounded')],
    ['options', NO_OBJECT, (value) => loose.mergeMapBounded!(identity, value)],
    ...options((value) => loose.mergeMapBounded!(identity, value), {
      concurrency: [...NO_WHOLE, 0],
      highWaterMark: NO_WHOLE,
      lowWaterMark: [...NO_NUMBER, 1001],
      'pausing.pause': [null, 5, 'text', {}],
      overflow: [null, 5, 'text', {}],
      onDrop: NO_FUNCTION,
      conflateBy: NO_FUNCTION,
      delayError: [null, 0, 1, 'true', {}],
    }),
  ],
  ofType: [
    ['types', [...MISSING, null, 5, 'text', {}, ['open']], make('ofType')],
    ['types', [null, 5, 'text'], (value) => loose.ofType!('open', value)],
  ],
  onOpen: [['setUp', [...MISSING, ...NO_FUNCTION], make('onOpen')]],
  refreshOnUnauthorized: [
    ['refresh', [...MISSING, ...NO_FUNCTION], make('refreshOnUnauthorized')],
    ['options', NO_OBJECT, (value) => loose.refreshOnUnauthorized!(identity, value)],
    ...options((value) => loose.refreshOnUnauthorized!(identity, value), {
      codes: NO_NUMBERS,
      statuses: NO_NUMBERS,
      resetAfter: NO_NUMBER,
      timeout: NO_NUMBER,
      'scheduler.schedule': NO_SCHEDULER,
    }),
  ],
  retryWithBackoff: [
    ['options', NO_OBJECT, make('retryWithBackoff')],
    ...options(make('retryWithBackoff'), {
      initialDelay: [...NO_NUMBER, 0],
      maxDelay: [...NO_NUMBER, 0],
      firstDelay: NO_NUMBER,
      factor: [...NO_NUMBER, 0.5],
      jitter: [null, 5, 'text', {}],
      delays: [null, 5, 'text', {}],
      maxRetries: NO_WHOLE,
      maxElapsed: NO_NUMBER,
      resetAfter: NO_NUMBER,
      shouldRetry: NO_FUNCTION,
      when: [null, 5, true, {}],
      wake: [null, 5, true, {}],
      waitAfter: NO_FUNCTION,
      maxRetryAfter: NO_NUMBER,
      'scheduler.schedule': NO_SCHEDULER,
      random: NO_FUNCTION,
    }),
    ['delays[0]', NO_NUMBER, (value) => loose.retryWithBackoff!({ delays: [value] })],
  ],
  several: [['messages', [...MISSING, null, 5, 'text', true, {}], make('several')]],
  stopOnFatalClose: [
    ['options', NO_OBJECT, make('stopOnFatalClose')],
    ...options(make('stopOnFatalClose'), { codes: NO_NUMBERS, statuses: NO_NUMBERS, grace: NO_NUMBER }),
  ],
  connectionPool: [
    ['options', [...MISSING, ...NO_OBJECT], make('connectionPool')],
    ...options((value) => loose.connectionPool!({ create: identity, max: 1, keysPerConnection: 1, ...value }), {
      create: [...MISSING, ...NO_FUNCTION],
      max: [...MISSING, ...NO_WHOLE, 0],
      keysPerConnection: [...MISSING, ...NO_WHOLE, 0],
    }),
  ],
  json: [
    ['options', NO_OBJECT, make('json')],
    ["schema['~standard'].validate", [null, 5, 'text', true, {}], (schema) => loose.json!({ schema })],
    ['split', NO_FUNCTION, (split) => loose.json!({ split })],
  ],
  multiplex: [
    [
      'connection',
      [...MISSING, ...NO_OBJECT, {}],
      (value) => loose.multiplex!(value, { keyOf: identity, subscribe: identity }),
    ],
    ['options', [...MISSING, ...NO_OBJECT], (value) => loose.multiplex!(feed, value)],
    ...options((value) => loose.multiplex!(feed, { keyOf: identity, subscribe: identity, ...value }), {
      keyOf: [...MISSING, ...NO_FUNCTION],
      subscribe: NO_FUNCTION,
      unsubscribe: NO_FUNCTION,
      nextId: NO_FUNCTION,
      answerOf: NO_FUNCTION,
      mark: NO_FUNCTION,
    }),
    ...options((value) => loose.multiplex!(feed, { keyOf: identity, ...value }), {
      subscribeMany: NO_FUNCTION,
      unsubscribeMany: NO_FUNCTION,
    }),
  ],
  observeWebSocket: [
    ['url', [...MISSING, null, 5, true, {}], make('observeWebSocket')],
    ...options((value) => loose.observeWebSocket!({ url, ...value }), {
      url: [...MISSING, null, 5, true, {}],
      protocols: [null, 5, true, {}, [5]],
      headers: [null, 5, true, 'text', [], { a: 5 }],
      'codec.encode': [null, 5, 'text', true, {}],
      outbox: NO_OBJECT,
      'outbox.capacity': NO_WHOLE,
      'outbox.overflow': [null, 5, 'text', {}],
      'outbox.maxAge': [...NO_NUMBER, 0],
      connectTimeout: [...NO_NUMBER, 0],
      closeTimeout: NO_NUMBER,
      linger: NO_NUMBER,
      'transport.open': [null, 5, 'text', true, {}],
      'scheduler.schedule': NO_SCHEDULER,
    }),
    ['supervision[0]', [...MISSING, ...NO_FUNCTION], (value) => loose.observeWebSocket!(url, value)],
    ['error', [...MISSING, ...NO_OBJECT, {}], (value) => feed.messages.error(value as never)],
    ['code', [5, 1001, NaN], (code) => feed.messages.error({ code: code as never })],
    ['reason', [...NO_TEXT, 'a'.repeat(124)], (reason) => feed.messages.error({ code: 1000, reason: reason as never })],
  ],
  nativeTransport: [
    ['options', NO_OBJECT, make('nativeTransport')],
    ['create', NO_FUNCTION, (create) => loose.nativeTransport!({ create })],
    ['canSetHeaders', [null, 1, 'yes', {}], (canSetHeaders) => loose.nativeTransport!({ canSetHeaders })],
  ],
  online: [
    ['scope', NO_OBJECT, make('online')],
    ['scheduler.schedule', NO_SCHEDULER, (value) => loose.online!({}, value)],
  ],
  redactSecrets: [['text', [...MISSING, ...NO_TEXT], make('redactSecrets')]],
  requestResponse: [
    ['connection', [...MISSING, ...NO_OBJECT, {}], (value) => loose.requestResponse!(value, { idOf: identity })],
    ['options', [...MISSING, ...NO_OBJECT], (value) => loose.requestResponse!(feed, value)],
    ...options((value) => loose.requestResponse!(feed, { idOf: identity, ...value }), {
      idOf: [...MISSING, ...NO_FUNCTION],
      timeout: NO_NUMBER,
      'scheduler.schedule': NO_SCHEDULER,
    }),
  ],
  visible: [['scope', NO_OBJECT, make('visible')]],

  accept: [
    ['acceptance', NO_OBJECT, make('accept')],
    ['protocol', NO_TEXT, (protocol) => loose.accept!({ protocol })],
    ['extensions', NO_TEXT, (extensions) => loose.accept!({ extensions })],
    ['headers', NO_OBJECT, (headers) => loose.accept!({ headers })],
    ['headers.a', [...MISSING, ...NO_TEXT, [5]], (a) => loose.accept!({ headers: { a } })],
  ],
  closeWith: [
    ['code', [...MISSING, null, '5', NaN, 999, 5000, 1000.5], make('closeWith')],
    ['reason', [...NO_TEXT, 'a'.repeat(124)], (reason) => loose.closeWith!(1000, reason)],
  ],
  coldOn: [['scheduler.schedule', NO_SCHEDULER, make('coldOn')]],
  expectLifecycle: [
    ['feed', [...MISSING, ...NO_OBJECT], make('expectLifecycle')],
    ['feed.lifecycle.subscribe', [{}, { lifecycle: {} }], make('expectLifecycle')],
    ['subscription', NO_TEXT, (subscription) => loose.expectLifecycle!(feed, subscription)],
  ],
  ping: [['payload', NO_TEXT, make('ping')]],
  pong: [['payload', NO_TEXT, make('pong')]],
  raw: [['text', [...MISSING, ...NO_TEXT], make('raw')]],
  recorded: [
    ['session', [...MISSING, ...NO_OBJECT], make('recorded')],
    ['session.version', [...MISSING, 0, 2, '1'], (version) => loose.recorded!({ version, connections: [{}] })],
    [
      'session.connections',
      [...MISSING, ...NO_OBJECT, []],
      (list) => loose.recorded!({ version: 1, connections: list }),
    ],
  ],
  refuseWith: [
    ['status', [...MISSING, null, '500', NaN, 199, 600, 400.5], make('refuseWith')],
    ['headers', NO_OBJECT, (headers) => loose.refuseWith!(500, headers)],
    ['headers.a', [...MISSING, ...NO_TEXT], (a) => loose.refuseWith!(500, { a })],
  ],
  scriptedServer: [
    ['cold', [...MISSING, ...NO_FUNCTION], (value) => loose.scriptedServer!(value, ['o'])],
    ['scripts', [...MISSING, ...NO_OBJECT, [], {}, [5], ['o', null]], (value) => loose.scriptedServer!(cold, value)],
    ['values', NO_OBJECT, (value) => loose.scriptedServer!(cold, ['o'], value)],
    ['values.a', [...MISSING, () => 1, Symbol('s'), 1n], (a) => loose.scriptedServer!(cold, ['oa'], { a })],
    ['options', NO_OBJECT, (value) => loose.scriptedServer!(cold, ['o'], {}, value)],
    ['reply', NO_FUNCTION, (reply) => loose.scriptedServer!(cold, ['o'], {}, { reply })],
    ['canPause', [null, 0, 'no', {}], (canPause) => loose.scriptedServer!(cold, ['o'], {}, { canPause })],
    ['canPing', [null, 0, 'no', {}], (canPing) => loose.scriptedServer!(cold, ['o'], {}, { canPing })],
  ],

  wsTransport: [['options', NO_OBJECT, make('wsTransport')]],

  collectMetrics: [
    ['connection', [...MISSING, ...NO_OBJECT], make('collectMetrics')],
    ['connection.events', [{}], make('collectMetrics')],
    ['options', NO_OBJECT, (value) => loose.collectMetrics!(feed, value)],
    ['register.registerMetric', [null, 5, 'text', {}], (register) => loose.collectMetrics!(feed, { register })],
    [
      'scheduler.schedule',
      NO_SCHEDULER,
      (scheduler) => loose.collectMetrics!(feed, { register: new Registry(), scheduler }),
    ],
    ['labels', NO_OBJECT, (labels) => loose.collectMetrics!(feed, { register: new Registry(), labels })],
    [
      'labels.a',
      [...MISSING, null, {}],
      (a) => loose.collectMetrics!(feed, { register: new Registry(), labels: { a } }),
    ],
  ],
};

describe('An invalid value', () => {
  const rows = Object.entries(REFUSALS).flatMap(([name, of]) => of.map((row) => [name, ...row] as const));

  it.each(rows)('of %s as `%s` is refused by name', (_, argument, bad, pass) => {
    for (const value of bad) {
      let thrown: unknown;
      try {
        pass(value);
      } catch (error) {
        thrown = error;
      }

      expect(thrown, String(value)).toSatisfy((error) => error instanceof TypeError || error instanceof RangeError);
      expect((thrown as Error).message).toMatch(/^Expected `(.+)` to be .+, got .+\.$/);
      expect((thrown as Error).message).toContain(`Expected \`${argument}`);
    }
  });

  it.each([
    ['code', [null, '1000', 5, 1001, NaN], (code: never) => feed.close(code)],
    ['reason', [...NO_TEXT, 'a'.repeat(124)], (reason: never) => feed.close(1000, reason)],
  ])('of close() as `%s` rejects', async (argument, bad, close) => {
    for (const value of bad) await expect(close(value as never)).rejects.toThrow(`Expected \`${argument}\` to be`);
  });

  it('is tested for every public function', () => {
    const functions = [...VALUES, ...TESTING, ...NODE, ...METRICS].filter(
      (name) => ![...JUDGES, ...ERRORS, ...BARE, ...CONSTANTS].includes(name),
    );

    expect(Object.keys(REFUSALS).sort()).toEqual(functions.sort());
    expect(ANGULAR).toContain('injectWebSocket'); // its own tests check its arguments
  });
});
