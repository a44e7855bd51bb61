import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as errors from '../../src/protocol/errors.js';
import * as guards from '../../src/protocol/error-guards.js';
import {
  BufferOverflowError,
  ConnectionClosedError,
  ConnectTimeoutError,
  DecodeError,
  FatalCloseError,
  HandshakeError,
  HeartbeatTimeoutError,
  OutboxOverflowError,
  SetupError,
  WebSocketError,
} from '../../src/protocol/errors.js';
import { fieldOf } from '../../src/protocol/field-of.js';
import { isError } from '../../src/protocol/is-error.js';
import { isMessageDroppedError, MessageDroppedError } from '../../src/protocol/message-dropped-error.js';
import { causedBy, toError } from '../../src/protocol/to-error.js';

const cause = new Error('the cause');

/** One of each, made by one copy of the module. */
function oneOfEach(copy: typeof errors): Record<string, errors.WebSocketError> {
  return {
    WebSocketError: new copy.WebSocketError('it failed', { cause }),
    ConnectionClosedError: new copy.ConnectionClosedError({ code: 4401, reason: 'expired', wasClean: true }, { cause }),
    HandshakeError: new copy.HandshakeError('refused', {
      status: 401,
      headers: { authorization: 'secret' },
      body: 'a secret',
      cause,
    }),
    ConnectTimeoutError: new copy.ConnectTimeoutError('too late', { cause }),
    HeartbeatTimeoutError: new copy.HeartbeatTimeoutError('silent', { cause }),
    SetupError: new copy.SetupError('not set up', { cause }),
    DecodeError: new copy.DecodeError('unreadable', { data: 'secret', cause }),
    OutboxOverflowError: new copy.OutboxOverflowError(1000),
    BufferOverflowError: new copy.BufferOverflowError(250),
    FatalCloseError: new copy.FatalCloseError(cause),
  };
}

const names = Object.keys(oneOfEach(errors));
const { isFatalError, isWebSocketError } = guards;
const guardOf = (copy: typeof guards, name: string) =>
  copy[`is${name}` as 'isHandshakeError'] as (error: unknown) => boolean;

describe('every error', () => {
  afterEach(() => {
    vi.resetModules();
  });

  it.each(names)('%s is an Error and a WebSocketError, with its own name, and a stack', (name) => {
    const error = oneOfEach(errors)[name]!;

    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(WebSocketError);
    expect(error).toBeInstanceOf(errors[name as 'WebSocketError']);
    expect(error.name).toBe(name);
    expect(String(error)).toBe(`${name}: ${error.message}`);
    expect(error.stack).toContain('errors.test');
  });

  it.each(names.filter((name) => !name.endsWith('OverflowError')))('%s keeps its cause, the very same', (name) => {
    expect(oneOfEach(errors)[name]!.cause).toBe(cause);
  });

  it('has no cause that nobody gave', () => {
    expect('cause' in new WebSocketError('it failed')).toBe(false);
    expect('cause' in new WebSocketError('it failed', { cause: undefined })).toBe(true);
  });

  it.each(names)('%s is known by its guard and by no other', (name) => {
    const error = oneOfEach(errors)[name]!;
    const expected = name === 'WebSocketError' ? [name] : ['WebSocketError', name];

    expect(names.filter((guard) => guardOf(guards, guard)(error)).sort()).toEqual(expected.sort());
  });

  it.each(names)(
    '%s is known by the guards of another copy of the module, which shares no class with it',
    async (name) => {
      vi.resetModules();
      const copy = await import('../../src/protocol/errors.js');
      const guardsOfCopy = await import('../../src/protocol/error-guards.js');
      const ours = oneOfEach(errors)[name]!;
      const theirs = oneOfEach(copy)[name]!;
      expect(ours).not.toBeInstanceOf(copy.WebSocketError);

      const knownThere = names.filter((guard) => guardOf(guardsOfCopy, guard)(ours));
      const knownHere = names.filter((guard) => guardOf(guards, guard)(theirs));

      const expected = name === 'WebSocketError' ? [name] : ['WebSocketError', name];
      expect(knownThere.sort()).toEqual(expected.sort());
      expect(knownHere.sort()).toEqual(expected.sort());
      expect(guardsOfCopy.isFatalError(ours)).toBe(ours.fatal);
    },
  );

  it.each([
    [undefined],
    [null],
    ['HandshakeError'],
    [404],
    [{}],
    [new Error('foreign')],
    [Object.assign(new Error('by name alone'), { name: 'HandshakeError', fatal: true })],
    [() => undefined],
  ])('is not %o', (value) => {
    expect(names.filter((guard) => guardOf(guards, guard)(value))).toEqual([]);
    expect(isFatalError(value)).toBe(false);
  });

  it('of a user’s own class is a WebSocketError too', () => {
    class QuotaError extends WebSocketError {
      override readonly name = 'QuotaError';
    }

    expect(isWebSocketError(new QuotaError('used up', { fatal: true }))).toBe(true);
    expect(isFatalError(new QuotaError('used up', { fatal: true }))).toBe(true);
    expect(guardOf(guards, 'HandshakeError')(new QuotaError('used up'))).toBe(false);
  });

  it.each(names)('%s can be logged as JSON, without headers and payload, with the sentence of its cause', (name) => {
    const error = oneOfEach(errors)[name]!;

    const logged = JSON.parse(JSON.stringify({ error })) as { error: Record<string, unknown> };

    expect(logged.error).toMatchObject({ name, message: error.message, fatal: error.fatal });
    if (error.cause) expect(logged.error.cause).toBe('Error: the cause');
    expect(JSON.stringify(logged)).not.toContain('secret');
    expect(logged.error).not.toHaveProperty('stack');
  });

  it("HandshakeError shows the response's headers and body to nobody who does not ask for them", () => {
    const error = oneOfEach(errors).HandshakeError as HandshakeError;

    const shown = [
      inspect(error, { depth: Infinity, showHidden: true }),
      JSON.stringify([error, Object.entries(error), Object.assign({}, error)]),
    ];

    expect(shown.join()).not.toContain('secret');
    expect(error).toMatchObject({ headers: { authorization: 'secret' }, body: 'a secret' });
  });

  it.each([
    ['ConnectionClosedError', { code: 4401, reason: 'expired', wasClean: true }],
    ['HandshakeError', { status: 401 }],
    ['OutboxOverflowError', { capacity: 1000 }],
    ['BufferOverflowError', { highWaterMark: 250 }],
  ])('%s shows its fields as JSON', (name, fields) => {
    expect(JSON.parse(JSON.stringify(oneOfEach(errors)[name]))).toMatchObject(fields);
  });

  it.each([
    [{ loop: undefined as unknown }],
    [10n],
    [Symbol('odd')],
    [Object.create(null) as object],
    [() => 1],
    ['text'],
  ])('can be logged as JSON whatever its cause is: %o', (odd) => {
    if (typeof odd === 'object' && 'loop' in odd) odd.loop = odd;

    expect(() => JSON.stringify(new WebSocketError('it failed', { cause: odd }))).not.toThrow();
  });
});

describe('WebSocketError', () => {
  it('is not fatal and asks for no wait unless told so', () => {
    const error = new WebSocketError('it failed');

    expect(error.fatal).toBe(false);
    expect(error.retryAfter).toBeUndefined();
    expect(new WebSocketError('it failed', { fatal: undefined, retryAfter: undefined }).fatal).toBe(false);
  });

  it('carries what it is given', () => {
    const error = new WebSocketError('it failed', { fatal: true, retryAfter: 0 });

    expect(error).toMatchObject({ message: 'it failed', fatal: true, retryAfter: 0 });
    expect(isFatalError(error)).toBe(true);
    expect(isFatalError(new WebSocketError('it failed'))).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ fatal: true, retryAfter: 0 });
  });

  it.each([0, -0, 0.5, 7000, 1e300, Infinity])('takes %d for a wait', (retryAfter) => {
    expect(new WebSocketError('busy', { retryAfter }).retryAfter).toBe(retryAfter);
  });

  it.each([NaN, -1, -Infinity, '7', null, true, {}, [7], new Date(0), 7n])(
    'throws a RangeError for %o in the place of a wait',
    (retryAfter) => {
      for (const Kind of [WebSocketError, HandshakeError, SetupError]) {
        expect(() => new Kind('busy', { retryAfter: retryAfter as number })).toThrow(RangeError);
        expect(() => new Kind('busy', { retryAfter: retryAfter as number })).toThrow(
          /^Expected `retryAfter` to be a number of 0 or more, got .+\.$/,
        );
      }
    },
  );
});

describe('its descendants', () => {
  it('say in a sentence what happened, with the numbers in it', () => {
    const fields = { code: 1011, reason: '', wasClean: true };

    expect(new ConnectionClosedError(fields).message).toBe('The connection was closed with code 1011.');
    expect(new ConnectionClosedError({ ...fields, reason: 'oops' }).message).toBe(
      'The connection was closed with code 1011 (oops).',
    );
    expect(new OutboxOverflowError(7).message).toBe(
      'The outbox is full: `capacity` lets 7 messages wait for a connection.',
    );
    expect(new OutboxOverflowError(7, 'maxBytes').message).toBe(
      'The outbox is full: `maxBytes` lets 7 bytes wait for a connection.',
    );
    expect(new BufferOverflowError(7).message).toBe('The buffer is full: 7 values wait for a slow consumer.');
    expect(new FatalCloseError(cause).message).toBe('No retry can cure this: the cause');
  });

  it('carry their fields, and what every error takes', () => {
    const options = { fatal: true, retryAfter: 5, cause };
    const carried = { fatal: true, retryAfter: 5, cause };
    const headers = { 'retry-after': '5' };

    expect(new ConnectionClosedError({ code: 1013, reason: 'busy', wasClean: false }, options)).toMatchObject({
      ...carried,
      code: 1013,
      reason: 'busy',
      wasClean: false,
    });
    expect(new HandshakeError('refused', { ...options, status: 503, headers })).toMatchObject({
      ...carried,
      status: 503,
      headers,
    });
    expect(new HandshakeError('refused')).toMatchObject({ status: undefined, headers: undefined, fatal: false });
    expect(new DecodeError('unreadable', { ...options, data: '{' })).toMatchObject({ ...carried, data: '{' });
    for (const Kind of [ConnectTimeoutError, HeartbeatTimeoutError, SetupError]) {
      expect(new Kind('it failed', options)).toMatchObject(carried);
      expect(new Kind('it failed').fatal).toBe(false);
    }
    expect(new FatalCloseError(cause)).toMatchObject({ fatal: true, cause });
  });
});

describe('MessageDroppedError', () => {
  it.each([
    ['overflow', 'too many wait for a connection'],
    ['expired', 'it has waited longer than `maxAge`'],
    ['closed', 'the connection was closed'],
    ['unserializable', 'it could not be encoded'],
  ] as const)('says why the message was given up: %s', (reason, why) => {
    const error = new MessageDroppedError(reason, { cause });

    expect(error).toMatchObject({ name: 'MessageDroppedError', reason, cause, fatal: false });
    expect(error.message).toBe(`The message was not sent: ${why}.`);
  });

  it('is known by its guard, and nothing else is', () => {
    expect(isMessageDroppedError(new MessageDroppedError('closed'))).toBe(true);
    expect(isMessageDroppedError(new WebSocketError('another'))).toBe(false);
    expect(isMessageDroppedError({ name: 'MessageDroppedError' })).toBe(false);
    expect(isMessageDroppedError(undefined)).toBe(false);
  });
});

describe('isError', () => {
  it('knows an error whose fields are odd', () => {
    expect(isError(Object.assign(new Error('odd'), { name: 5 }))).toBe(true);
  });

  it('takes a Proxy that does not say what it is for none', () => {
    const hostile = new Proxy(
      { name: 'Error', message: 'looks like one' },
      {
        getPrototypeOf: () => {
          throw new Error('mine');
        },
      },
    );

    expect(isError(hostile)).toBe(false);
  });

  it.each([[{ name: 'Error' }], [{ message: 'x' }], [{ name: 'Error', message: 5 }], [undefined], ['Error: x']])(
    'does not take %o for one',
    (value) => {
      expect(isError(value)).toBe(false);
    },
  );
});

describe('fieldOf', () => {
  it.each([['text'], [() => undefined], [5], [null], [undefined]])('reads none of what is no object: %o', (thrown) => {
    for (const name of ['name', 'length', 'constructor']) expect(fieldOf(thrown, name)).toBeUndefined();
  });
});

describe('toError', () => {
  it('gives an Error back as it is', () => {
    expect(toError(cause)).toBe(cause);
  });

  it.each([
    ['text', 'text'],
    [undefined, 'undefined'],
    [null, 'null'],
    [404, '404'],
    [10n, '10'],
    [Symbol('odd'), 'Symbol(odd)'],
    [{ code: 1 }, 'object'],
    [() => 1, 'function'],
  ])('makes a WebSocketError of %o, and keeps it as the cause', (thrown, text) => {
    const error = toError(thrown);

    expect(isWebSocketError(error)).toBe(true);
    expect(error.message).toContain(text);
    expect(error.cause).toBe(thrown);
  });

  it('makes one of what has no text too', () => {
    const thrown = Object.create(null) as object;

    expect(toError(thrown)).toMatchObject({ name: 'WebSocketError', cause: thrown });
  });

  it('gives back what has a name and a message as it is, whatever made it', () => {
    const thrown = { name: 'QuotaError', message: 'used up' };

    expect(toError(thrown)).toBe(thrown);
  });

  it('keeps the message of what has one, and the numbers that verdicts go by', () => {
    const thrown = { message: 'expired', status: 401, code: 4401, fatal: true, retryAfter: 70, token: 'secret' };

    const error = toError(thrown);

    expect(error).toMatchObject({ name: 'WebSocketError', message: 'expired', cause: thrown });
    expect(error).toMatchObject({ status: 401, code: 4401, fatal: true, retryAfter: 70 });
    expect(error).not.toHaveProperty('token');
  });

  it.each([
    [{ status: '401' }, 'status'],
    [{ code: 'EPIPE' }, 'code'],
  ])('takes no text for such a number: %o', (thrown, name) => {
    expect(toError(thrown)).not.toHaveProperty(name);
  });

  it.each([NaN, -1, '7', null])('ignores %o in the place of a wait', (retryAfter) => {
    expect(toError({ message: 'busy', retryAfter })).toMatchObject({ message: 'busy', retryAfter: undefined });
  });

  it('is no error itself where a getter throws', () => {
    const thrown = Object.defineProperty({}, 'message', {
      get() {
        throw new Error('mine');
      },
    });

    expect(toError(thrown)).toMatchObject({ name: 'WebSocketError', cause: thrown });
  });
});

describe('causedBy', () => {
  it.each([
    ['an error of ours', new WebSocketError('busy', { fatal: true, retryAfter: 70 }), true, 70],
    ['an error of ours that says nothing', new WebSocketError('busy'), false, undefined],
    ['a foreign error', Object.assign(new Error('busy'), { fatal: true, retryAfter: 0 }), true, 0],
    ['a foreign error that says nothing', new Error('busy'), false, undefined],
    ['what is no error', 'busy', false, undefined],
    ['nothing', undefined, false, undefined],
  ])('takes whether and when a retry helps from %s', (_, from, fatal, retryAfter) => {
    expect(causedBy(from)).toEqual({ cause: from, fatal, retryAfter });
  });

  it.each([NaN, -1, '7', null, Symbol('odd')])('ignores %o in the place of a wait', (retryAfter) => {
    const options = causedBy(Object.assign(new Error('busy'), { retryAfter }));

    expect(options.retryAfter).toBeUndefined();
    expect(() => new SetupError('not set up', options)).not.toThrow();
  });

  it.each(['yes', 1, {}])('ignores %o in the place of `true`', (fatal) => {
    expect(causedBy(Object.assign(new Error('busy'), { fatal })).fatal).toBe(false);
  });
});
