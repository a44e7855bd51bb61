import { describe, expect, it } from 'vitest';
import { isSequenceGapError, SequenceGapError } from '../../src/protocol/sequence-gap-error.js';
import { isWebSocketError } from '../../src/protocol/error-guards.js';
import { WebSocketError } from '../../src/protocol/errors.js';

const gap = { key: undefined, expected: 5, got: 8, value: { secret: 'hunter2' } };

describe('SequenceGapError', () => {
  it('says what is missing, and of which sequence', () => {
    expect(new SequenceGapError(gap).message).toBe('There is a gap in the sequence: expected 5, got 8.');
    expect(new SequenceGapError({ ...gap, key: 'BTC', expected: 5n }).message).toBe(
      'There is a gap in the sequence of BTC: expected 5, got 8.',
    );
  });

  it('has the gap in its fields, and may be retried', () => {
    const error = new SequenceGapError({ ...gap, key: 'BTC' });

    expect(error).toMatchObject({ name: 'SequenceGapError', key: 'BTC', expected: 5, got: 8, fatal: false });
    expect(error.value).toBe(gap.value);
  });

  it('is known by its brand', () => {
    expect(isSequenceGapError(new SequenceGapError(gap))).toBe(true);
    expect(isWebSocketError(new SequenceGapError(gap))).toBe(true);
    expect(isSequenceGapError(new WebSocketError('another'))).toBe(false);
    expect(isSequenceGapError(new Error('SequenceGapError'))).toBe(false);
    expect(isSequenceGapError(undefined)).toBe(false);
  });

  it('is safe to log: a bigint as a text, and nothing of the value or of a key that is an object', () => {
    const error = new SequenceGapError({ ...gap, key: gap.value, expected: 5n, got: 2n ** 64n });

    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'SequenceGapError',
      message: 'There is a gap in the sequence of object: expected 5, got 18446744073709551616.',
      fatal: false,
      key: 'object',
      expected: '5',
      got: '18446744073709551616',
    });
    expect(JSON.parse(JSON.stringify(new SequenceGapError(gap)))).toMatchObject({ expected: 5, got: 8 });
    expect(JSON.stringify(new SequenceGapError(gap))).not.toContain('"key"');
  });
});
