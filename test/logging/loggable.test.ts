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

  it('shows the sentence of an error with a cycle', () => {
    const error: WebSocketError & { self?: unknown } = new WebSocketError('it failed');
    error.self = error;

    expect(JSON.stringify(loggable({ type: 'error', error }))).toBe(
      '{"type":"error","error":"WebSocketError: it failed"}',
    );
  });
});
