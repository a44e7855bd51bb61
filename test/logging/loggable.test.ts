import { describe, expect, it } from 'vitest';
import { loggable } from '../../src/logging/loggable.js';
import { WebSocketError } from '../../src/protocol/errors.js';

describe('loggable', () => {
  it.each([
    ['without an error', { type: 'dropped', count: 1 }, '{"type":"dropped","count":1}'],
    ['with none', { type: 'dropped', error: undefined }, '{"type":"dropped"}'],
    [
      'with an error of ours',
      { type: 'error', error: new WebSocketError('it failed') },
      '{"type":"error","error":{"name":"WebSocketError","fatal":false,"message":"it failed"}}',
    ],
    [
      'with a foreign one',
      { type: 'error', error: new RangeError('odd') },
      '{"type":"error","error":"RangeError: odd"}',
    ],
  ])('makes JSON of what is %s', (_, value, text) => {
    const copy = { ...value };

    expect(loggable(copy)).toBe(copy);
    expect(JSON.parse(JSON.stringify(copy))).toEqual(JSON.parse(text));
  });

  class Throwing extends WebSocketError {
    override toJSON(): object {
      throw new RangeError(`${this.name} has no JSON`);
    }
  }

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  it.each<[string, Error]>([
    ['has a cycle', Object.assign(new WebSocketError('it failed'), { cycle })],
    ['holds a BigInt', Object.assign(new WebSocketError('it failed'), { balance: 10n })],
    ['has a `toJSON` that throws', new Throwing('it failed')],
  ])('shows the sentence of an error that %s', (_, error) => {
    expect(JSON.stringify(loggable({ type: 'error', error }))).toBe(
      '{"type":"error","error":"WebSocketError: it failed"}',
    );
  });

  it('shows the fields of an error that holds objects', () => {
    const error = Object.assign(new WebSocketError('it failed'), { tags: ['a'] });

    expect(JSON.parse(JSON.stringify(loggable({ type: 'error', error })))).toEqual({
      type: 'error',
      error: { name: 'WebSocketError', fatal: false, message: 'it failed', tags: ['a'] },
    });
  });
});
