import { config, EMPTY, of, throwError } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { lifecycleLogLevels, logLifecycle, retryWithBackoff } from '../../operators/index.js';
import type { LifecycleLogger, LogLifecycleOptions } from '../../operators/index.js';
import { DecodeError, FatalCloseError, HandshakeError, SetupError, WebSocketError } from '../../src/protocol/errors.js';
import { observeWebSocket } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/protocol/lifecycle.js';
import { raw, scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { close, closedWith, connecting, heartbeatEvent, open, reconnecting, trouble } from './lifecycle-events.js';

/** A logger that writes down what it is given. */
function notebook() {
  const lines: [level: string, fields: object, message: string][] = [];
  const at =
    (level: string) =>
    (...line: [object, string]) =>
      void lines.push([level, ...line]);
  return { lines, trace: at('trace'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** An error of a user's own, with fields of its own. */
class UnauthorizedError extends WebSocketError {
  override readonly name = 'UnauthorizedError';

  constructor(fields: object) {
    super('Unauthorized');
    Object.assign(this, fields);
  }
}

/** What is logged of these events, and of their end if they fail. */
function logged(events: LifecycleEvent[], options?: LogLifecycleOptions<ReturnType<typeof notebook>>, error?: unknown) {
  const logger = notebook();
  of(...events)
    .pipe(logLifecycle(logger, options))
    .subscribe();
  if (error !== undefined)
    throwError(() => error)
      .pipe(logLifecycle(logger, options))
      .subscribe({ error: () => undefined });
  return logger.lines;
}

const fieldsOf = (event: LifecycleEvent, options?: LogLifecycleOptions) => logged([event], options)[0]![1];

const c = connecting();
const o = open();
const x = close();
const reset = closedWith(1006);
const r = reconnecting(1, 3, reset);

describe('logLifecycle', () => {
  it('passes everything on, and logs each event as it comes', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions, at, flush }) => {
      const logger = notebook();
      const source = cold('   c-o--x#', { c, o, x }, reset);
      const sub = '           ^-----!';
      const expected = '      c-o--x#';
      const counts: number[] = [];
      for (const frame of [1, 3, 7]) at(frame, () => counts.push(logger.lines.length));

      expectObservable(source.pipe(logLifecycle(logger))).toBe(expected, { c, o, x }, reset);
      expectSubscriptions(source.subscriptions).toBe(sub);
      flush();

      expect(counts).toEqual([1, 2, 4]);
      expect(logger.lines.map(([level, , message]) => `${level} ${message}`)).toEqual([
        'debug WebSocket connecting',
        'info WebSocket open',
        'info WebSocket close',
        'error WebSocket failed',
      ]);
    });
  });

  it('completes with an empty source, and says so', () => {
    inVirtualTime(({ expectObservable, flush }) => {
      const logger = notebook();

      expectObservable(EMPTY.pipe(logLifecycle(logger))).toBe('|');
      flush();

      expect(logger.lines).toEqual([['info', { type: 'completed' }, 'WebSocket completed']]);
    });
  });

  it('stays silent with a source that never emits, and with whoever leaves it', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const logger = notebook();
      const source = cold<LifecycleEvent>('-');

      expectObservable(source.pipe(logLifecycle(logger)), '^---!').toBe('-');
      expectSubscriptions(source.subscriptions).toBe('^---!');
      flush();

      expect(logger.lines).toEqual([]);
    });
  });

  it('logs for each subscriber, one after another and side by side', () => {
    inVirtualTime(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const logger = notebook();
      const source = cold('c-x|', { c, x });
      const result = source.pipe(logLifecycle(logger));

      expectObservable(result, '^').toBe('    c-x|', { c, x });
      expectObservable(result, '-^').toBe('   -c-x|', { c, x });
      expectObservable(result, '-----^').toBe('-----c-x|', { c, x });
      expectSubscriptions(source.subscriptions).toBe(['^--!', '-^--!', '-----^--!']);
      flush();

      expect(logger.lines.map(([, fields]) => (fields as LifecycleEvent).type)).toEqual([
        'connecting',
        'connecting',
        'close',
        'completed',
        'close',
        'completed',
        'connecting',
        'close',
        'completed',
      ]);
    });
  });

  it('logs the fields of each event, with nothing of its link', () => {
    const { link, ...ofOpen } = o;

    expect(fieldsOf(c)).toEqual(c);
    expect(fieldsOf(o)).toEqual(ofOpen);
    expect(link).toBeDefined();
    expect(fieldsOf(heartbeatEvent(7))).toEqual({ type: 'heartbeat', latency: 7 });
    expect(fieldsOf(x)).toEqual(x);
    expect(fieldsOf({ type: 'dropped', count: 2, reason: 'expired' })).toEqual({
      type: 'dropped',
      count: 2,
      reason: 'expired',
    });
    expect(fieldsOf(r)).toEqual({
      type: 'reconnecting',
      retry: 1,
      delay: 3,
      error: {
        name: 'ConnectionClosedError',
        message: reset.message,
        code: 1006,
        reason: '',
        wasClean: true,
        fatal: false,
      },
    });
  });

  it('logs what the lifecycle failed with, whatever it is', () => {
    const endsWith = (error: unknown) => logged([], {}, error)[1];

    expect(endsWith(new FatalCloseError(closedWith(4401)))).toMatchObject([
      'error',
      { type: 'failed', error: { name: 'FatalCloseError', fatal: true, cause: expect.stringContaining('4401') } },
      'WebSocket failed',
    ]);
    expect(endsWith(Object.assign(new RangeError('bad'), { request: 'payload' }))).toMatchObject([
      'error',
      { error: { name: 'RangeError', message: 'bad' } },
      'WebSocket failed',
    ]);
    expect(JSON.stringify(endsWith(Object.assign(new Error('bad'), { request: 'payload' })))).not.toContain('payload');
    expect(endsWith('oops')).toMatchObject(['error', { error: { message: 'Not an Error was thrown: oops' } }, {}]);
    expect(endsWith(null)).toMatchObject(['error', { error: { message: 'Not an Error was thrown: null' } }, {}]);
  });

  it('logs at the level that each event has, and at another one where it is told to', () => {
    const events = [c, o, trouble(reset), x, r, heartbeatEvent(7)];
    const levels = { open: 'debug', heartbeat: 'trace', close: false, failed: 'warn' } as const;

    const byDefault = logged(events, {}, reset).map(([level]) => level);
    const asTold = logged(events, { levels }, reset).map(([level]) => level);

    expect(byDefault).toEqual(['debug', 'info', 'warn', 'info', 'warn', 'debug', 'info', 'error']);
    expect(asTold).toEqual(['debug', 'debug', 'warn', 'warn', 'trace', 'info', 'warn']);
    expect(lifecycleLogLevels).toMatchObject({ rejected: 'warn', dropped: 'warn' });
  });

  it('calls the methods of the logger as methods', () => {
    class Logger implements LifecycleLogger {
      readonly said: string[] = [];
      debug(_: object, message: string) {
        this.said.push(message);
      }
      info = () => undefined;
      warn = () => undefined;
      error = () => undefined;
    }
    const logger = new Logger();

    of(c).pipe(logLifecycle(logger)).subscribe();

    expect(logger.said).toEqual(['WebSocket connecting']);
  });
});

describe('what is not logged', () => {
  const rejected: LifecycleEvent = {
    type: 'rejected',
    data: '{"iban":"DE02',
    error: new DecodeError('Unterminated string in "iban":"DE02', { data: '{"iban":"DE02' }),
  };
  const unserializable: LifecycleEvent = {
    type: 'dropped',
    count: 1,
    reason: 'unserializable',
    error: new WebSocketError('DE02 is no JSON'),
  };

  it('are payloads: of a rejected message its length, and of errors of messages the name', () => {
    expect(fieldsOf(rejected)).toEqual({ type: 'rejected', length: 13, error: { name: 'DecodeError' } });
    expect(fieldsOf({ ...rejected, data: new Uint8Array(3) })).toMatchObject({ length: 3 });
    expect(JSON.stringify(logged([rejected, unserializable]))).not.toContain('DE02');
  });

  it('but what `payload` makes of them is, and their errors with it', () => {
    const payload = (data: string | Uint8Array) => String(data).slice(0, 7);

    expect(fieldsOf(rejected, { payload })).toMatchObject({
      length: 13,
      payload: '{"iban"',
      error: { message: 'Unterminated string in "iban":"DE02' },
    });
    expect(fieldsOf(unserializable, { payload })).toMatchObject({ error: { message: 'DE02 is no JSON' } });
  });

  it('are secrets, wherever a text holds them', () => {
    const cause = new Error('fetch https://user:hunter2@auth.example/?key=hunter2: 500');
    const failed = new SetupError(`The set-up failed: ${cause.message}`, { cause });
    const refused = new HandshakeError('refused', { status: 401, headers: { 'set-cookie': 'hunter2' } });

    const lines = logged(
      [trouble(refused), { ...x, reason: 'bad token=hunter2' }, trouble(new Error('Bearer hunter2'))],
      {},
      failed,
    );

    expect(lines).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines.at(-1)![1]).toMatchObject({
      error: { message: 'The set-up failed: fetch https://auth.example/ 500' },
    });
  });

  it.each([
    ['token', 'hunter2'],
    ['accessToken', 'hunter2'],
    ['password', 'hunter2'],
    ['clientSecret', { value: 'hunter2' }],
    ['x-api-key', 'hunter2'],
    ['privateKey', ['hunter2']],
    ['credentials', 20042],
    ['passphrase', 20042n],
    ['headers', { Authorization: 'hunter2', 'Set-Cookie': ['sid=hunter2'], Host: 'hunter.example' }],
    ['headers', [['authorization', 'hunter2']]],
    ['rawHeaders', ['Host', 'hunter.example', 'Cookie', 'sid=hunter2']],
    ['request', { sent: [{ options: { auth: { cookie: 'hunter2' } } }] }],
    ['inner', new UnauthorizedError({ token: 'hunter2' })],
    ['inner', Object.assign(new Error('500'), { body: 'hunter2' })],
    ['link', new URL('https://user:hunter2@auth.example/?key=hunter2')],
    ['reply', { toJSON: () => ({ token: 'hunter2' }) }],
    ['seen', new Map([['token', 'hunter2']])],
    ['seen', new Set(['hunter2'])],
  ])("are your errors' fields, by what they are called: %s: %o", (name, value) => {
    const error = new UnauthorizedError({ [name]: value });

    const lines = logged([trouble(error), reconnecting(1, 3, error)], {}, new FatalCloseError(error));

    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|20042/);
    expect(lines[0]![1]).toMatchObject({ error: { message: 'Unauthorized', [name]: expect.anything() as unknown } });
  });

  it('are no secrets where they say no more than yes, no or nothing', () => {
    const flags = { hasToken: true, isCookie: false, password: '', secret: null };

    expect(logged([], {}, new UnauthorizedError(flags))[1]![1]).toMatchObject({ error: flags });
  });

  it('are no words before a value that is none of theirs', () => {
    const fields = { notes: ['no token', 'was sent'], headers: ['Host', 'a.example'], found: [['token'], 'in a list'] };

    expect(logged([], {}, new UnauthorizedError(fields))[1]![1]).toMatchObject({ error: fields });
  });

  it('is what `redact` takes out because of the key that it stands under', () => {
    const redact = (text: string, key: string) => (key === 'iban' ? '…' : text);

    const fields = fieldsOf(trouble(new UnauthorizedError({ account: { iban: ['DE02'], bank: 'a' } })), { redact });

    expect(fields).toMatchObject({ error: { message: 'Unauthorized', account: { iban: ['…'], bank: 'a' } } });
  });

  it('is what `redact` takes out of any text, a payload too', () => {
    const redact = (text: string) => text.replaceAll('DE02', '…');

    const fields = fieldsOf(rejected, { redact, payload: String });

    expect(fields).toMatchObject({ payload: '{"iban":"…', error: { message: 'Unterminated string in "iban":"…' } });
  });
});

describe('paths of URLs', () => {
  const opened = { ...o, url: 'wss://hooks.example/T0/xyz' };
  const refused = trouble(new Error('Cannot connect to wss://hooks.example/T0/xyz: refused'));

  it('are logged by default', () => {
    expect(fieldsOf(opened)).toMatchObject({ url: 'wss://hooks.example/T0/xyz' });
  });

  it('are not logged with `path: false`, wherever a text has one, whatever `redact` is', () => {
    const redact = (text: string) => text.replace('refused', 'no');

    expect(fieldsOf(opened, { path: false })).toMatchObject({ url: 'wss://hooks.example/…' });
    expect(fieldsOf(refused, { path: false, redact })).toMatchObject({
      error: { message: 'Cannot connect to wss://hooks.example/…: no' },
    });
  });
});

describe('a logger with `log` and plain `levels`, as winston has them,', () => {
  it('is called with the message first', () => {
    const winston = { ...notebook(), log: (): void => undefined, levels: { error: 0, warn: 1, info: 2, debug: 3 } };

    of(c).pipe(logLifecycle(winston)).subscribe();

    expect(winston.lines[0]).toEqual(['debug', 'WebSocket connecting', { type: 'connecting', attempt: 1 }]);
  });

  it.each([
    [
      'pino, whose `levels` are maps',
      { levels: { labels: { 20: 'debug' }, values: { debug: 20 } }, log: (): void => undefined },
    ],
    [
      'one of whose `levels` some are no numbers',
      { levels: { debug: 20, labels: { 20: 'debug' } }, log: (): void => undefined },
    ],
    ['one whose `levels` are null', { levels: null, log: (): void => undefined }],
    ['the console, which has none', { log: (): void => undefined }],
    ['one without `log`', { levels: { debug: 3 } }],
  ])('is not %s', (_, members) => {
    const logger = { ...notebook(), ...members };

    of(c).pipe(logLifecycle(logger)).subscribe();

    expect(logger.lines[0]).toEqual(['debug', { type: 'connecting', attempt: 1 }, 'WebSocket connecting']);
  });
});

describe('an error that JSON cannot show', () => {
  const failedWith = (error: Error) => logged([], {}, error)[1];

  it('is logged with all but what keeps it from that', () => {
    const error = new UnauthorizedError({
      status: 401,
      retries: 3n,
      when: new Date(0),
      say: () => 1,
      kind: Symbol('k'),
    });
    Object.assign(error, { never: new Date(NaN), self: error, list: [error, { of: error }] });

    expect(failedWith(error)).toEqual([
      'error',
      {
        type: 'failed',
        error: {
          ...{ name: 'UnauthorizedError', message: 'Unauthorized', fatal: false, status: 401, retries: '3' },
          ...{ when: '1970-01-01T00:00:00.000Z', never: null, self: '…', list: ['…', { of: '…' }] },
        },
      },
      'WebSocket failed',
    ]);
  });

  it('is logged with the number of its bytes', () => {
    const error = new UnauthorizedError({ body: new Uint8Array(1_000_000), view: new DataView(new ArrayBuffer(8)) });

    expect(failedWith(error)?.[1]).toMatchObject({ error: { body: '1000000 bytes', view: '8 bytes' } });
  });

  it('is logged with all of what it holds twice', () => {
    const shard = { id: 3 };
    const error = new UnauthorizedError({ from: shard, to: shard });

    expect(failedWith(error)?.[1]).toMatchObject({ error: { from: shard, to: shard } });
  });

  it('is logged with its name and message where its own `toJSON` throws, and so is what it holds', () => {
    const fail = () => {
      throw new Error('no JSON');
    };
    const broken = Object.assign(new UnauthorizedError({}), { toJSON: fail });

    expect(failedWith(broken)![1]).toEqual({
      type: 'failed',
      error: { name: 'UnauthorizedError', message: 'Unauthorized' },
    });
    expect(failedWith(new UnauthorizedError({ inner: broken, reply: { toJSON: fail } }))![1]).toMatchObject({
      error: { inner: { message: 'Unauthorized' }, reply: 'object' },
    });
  });

  it('is logged without what reading throws', () => {
    const reply = Object.defineProperty({ status: 401 }, 'body', {
      enumerable: true,
      get() {
        throw new Error('not read yet');
      },
    });

    expect(failedWith(new UnauthorizedError({ reply, retries: 3 }))![1]).toMatchObject({
      error: { message: 'Unauthorized', reply: 'object', retries: 3 },
    });
  });

  it('is logged without fields that are undefined, which not every logger leaves out', () => {
    expect(failedWith(new UnauthorizedError({ status: undefined }))![1]).toStrictEqual({
      type: 'failed',
      error: { name: 'UnauthorizedError', message: 'Unauthorized', fatal: false },
    });
  });

  it('is logged with a thousand objects, itself among them, and with no more', () => {
    const shards = Array.from({ length: 999 }, (_, id) => ({ id }));

    const ofAll = failedWith(new UnauthorizedError({ shards: shards.slice(1) }))![1];
    const ofMore = failedWith(new UnauthorizedError({ shards }))![1];

    expect(ofAll).toMatchObject({ error: { shards: shards.slice(1) } });
    expect(ofMore).toMatchObject({ error: { shards: [...shards.slice(0, 998), '…'] } });
  });

  it('is logged with no more than a thousand objects, however many hang on it', () => {
    let chain: object = { end: true };
    for (let i = 0; i < 100_000; i++) chain = { chain };

    expect(JSON.stringify(failedWith(new UnauthorizedError({ chain })))).toContain('{"chain":"…"}');
  });
});

describe('a logger that throws', () => {
  const broken = new Error('the disk is full');
  const reported: unknown[] = [];
  afterEach(() => {
    config.onUnhandledError = null;
    reported.length = 0;
  });

  it.each<[string, object, LogLifecycleOptions]>([
    ['', { debug: fail, info: fail, warn: fail, error: fail }, {}],
    [', or a `redact` that does,', notebook(), { redact: fail }],
    [', or a `payload` that does,', notebook(), { payload: fail }],
  ])('%s is reported by RxJS, and the lifecycle goes on', (_, logger, options) => {
    inVirtualTime(({ cold, expectObservable, flush }) => {
      const j: LifecycleEvent = { type: 'rejected', data: '{', error: new Error('no JSON') };
      config.onUnhandledError = (error) => reported.push(error);

      expectObservable(cold('j-j|', { j }).pipe(logLifecycle(logger as LifecycleLogger, options))).toBe('j-j|', { j });
      flush();

      expect(reported.length).toBeGreaterThanOrEqual(2);
      expect(new Set(reported)).toEqual(new Set([broken]));
    });
  });

  it('is not one that is not told, where the level of an event is false', () => {
    inVirtualTime(({ cold, flush }) => {
      config.onUnhandledError = (error) => reported.push(error);

      cold('c|', { c })
        .pipe(logLifecycle(notebook(), { levels: { connecting: false, completed: false } }))
        .subscribe();
      flush();

      expect(reported).toEqual([]);
    });
  });

  function fail(): never {
    throw broken;
  }
});

describe('a message that looks like an error', () => {
  it('is logged whole', () => {
    const data = '{"name":"bob","message":"hi","room":7}';
    const event: LifecycleEvent = { type: 'rejected', data, error: new DecodeError('no', { data }) };

    const fields = fieldsOf(event, { payload: (raw) => JSON.parse(String(raw)) as object });

    expect(fields).toMatchObject({ payload: { name: 'bob', message: 'hi', room: 7 } });
  });
});

describe('a logger that closes what it logs', () => {
  it('is told the rest in order', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const logger = notebook();
      logger.info = (fields, message) => {
        logger.lines.push(['info', fields, message]);
        if (message === 'WebSocket open') void feed.close();
      };
      const feed = observeWebSocket({ url: 'ws://test', transport }, logLifecycle(logger));
      feed.lifecycle.subscribe();

      flush();

      expect(logger.lines.map(([, , message]) => message)).toEqual([
        'WebSocket connecting',
        'WebSocket open',
        'WebSocket close',
        'WebSocket completed',
      ]);
    });
  });
});

describe('a supervision that ends in logLifecycle', () => {
  it('logs one failure, however many there were before', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o-a#', '-#'], { a: raw('{"iban":"DE02') });
      const logger = notebook();
      const supervision = [retryWithBackoff<LifecycleEvent>({ delays: [1, 1] }), logLifecycle(logger)];
      const feed = observeWebSocket({ url: 'wss://user:hunter2@test?token=hunter2', transport }, ...supervision);
      feed.lifecycle.subscribe({ error: () => undefined });

      flush();

      expect(logger.lines.map(([level, , message]) => `${level} ${message.slice(10)}`)).toEqual([
        ...['debug connecting', 'info open', 'warn rejected', 'info close', 'warn reconnecting'],
        ...['debug connecting', 'warn error', 'info close', 'warn reconnecting'],
        ...['debug connecting', 'warn error', 'info close', 'error failed'],
      ]);
      expect(JSON.stringify(logger.lines)).not.toMatch(/DE02|hunter2/);
    });
  });
});

describe('what makes no sense', () => {
  const logger = notebook();

  it.each<[string, unknown, unknown, ErrorConstructor]>([
    ['`options` to be an object, got null', logger, null, TypeError],
    ['`levels` to be an object, got 5', logger, { levels: 5 }, TypeError],
    ['`levels` to be one of connecting, open,', logger, { levels: { opened: 'info' } }, RangeError],
    ['`logger.loud` to be a function, got undefined', logger, { levels: { open: 'loud' } }, TypeError],
    ['`logger.debug` to be a function, got undefined', {}, {}, TypeError],
    ['`logger.debug` to be a function, got undefined', null, {}, TypeError],
    ['`redact` to be a function, got true', logger, { redact: true }, TypeError],
    ['`payload` to be a function, got true', logger, { payload: true }, TypeError],
    ['`path` to be a boolean, got 0', logger, { path: 0 }, TypeError],
  ])('is refused: expected %s', (message, target, options, Kind) => {
    const make = () => logLifecycle(target as LifecycleLogger, options as LogLifecycleOptions);

    expect(make).toThrow(Kind);
    expect(make).toThrow(`Expected ${message}`);
  });

  it('is not a logger without a method that nothing is logged by', () => {
    const levels = { connecting: false, heartbeat: false } as const;

    expect(() => logLifecycle({ ...logger, debug: undefined } as never, { levels })).not.toThrow();
  });
});
