import { describe, expect, it } from 'vitest';
import { expectFunction, expectNumber, expectNumbers, expectOneOf, refuse } from '../../src/protocol/arguments.js';

describe('refuse', () => {
  it.each([
    [0, '0'],
    [-0.5, '-0.5'],
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [10n, '10'],
    [Symbol('odd'), 'Symbol(odd)'],
    ['text', '"text"'],
    ['two\nlines', '"two\\nlines"'],
    ['a'.repeat(100), `"${'a'.repeat(40)}"`],
    [{ password: 'secret' }, 'object'],
    [['secret'], 'object'],
    [() => 'secret', 'function'],
    [{ name: 'RangeError', message: 'too far' }, 'RangeError: too far'], // as errors of another realm are
    [{ name: 'secret' }, 'object'],
    [Object.create(null), 'object'],
    [[Symbol('odd')], 'object'],
    [{ toString: () => 'secret' }, 'object'],
  ])('names the argument, the expectation and the value, in one line and without secrets: %o', (value, got) => {
    const check = () => refuse('count', 'a positive integer', value);

    expect(check).toThrow(TypeError);
    expect(check).toThrow(new TypeError(`Expected \`count\` to be a positive integer, got ${got}.`));
  });

  it('throws the kind of error that it is told to', () => {
    expect(() => refuse('count', 'positive', 0, RangeError)).toThrow(RangeError);
    expect(() => refuse('count', 'positive', 0)).toThrow(TypeError);
  });
});

describe('expectNumber', () => {
  it.each([
    [0, undefined, undefined],
    [0.5, undefined, undefined],
    [Infinity, undefined, undefined],
    [1, 1, undefined],
    [5, 1, true],
    [Infinity, 0, true],
  ])('takes %d where the least is %s and wholeness %s', (value, least, isWhole) => {
    expect(() => expectNumber('n', value, least, isWhole)).not.toThrow();
  });

  it.each([
    ['1', undefined, undefined, TypeError, 'a number of 0 or more'],
    [10n, undefined, undefined, TypeError, 'a number of 0 or more'],
    [null, 1, undefined, TypeError, 'a number of 1 or more'],
    [undefined, 1, true, TypeError, 'an integer of 1 or more'],
    [-1, undefined, undefined, RangeError, 'a number of 0 or more'],
    [NaN, undefined, undefined, RangeError, 'a number of 0 or more'],
    [-Infinity, undefined, undefined, RangeError, 'a number of 0 or more'],
    [0.5, 1, undefined, RangeError, 'a number of 1 or more'],
    [1.5, 0, true, RangeError, 'an integer of 0 or more'],
  ])('refuses %o where the least is %s and wholeness %s', (value, least, isWhole, kind, expectation) => {
    const check = () => expectNumber('n', value, least, isWhole);

    expect(check).toThrow(kind);
    expect(check).toThrow(`Expected \`n\` to be ${expectation}, got `);
  });
});

describe('expectFunction', () => {
  it('takes what can be called', () => {
    for (const value of [() => 1, Map, async () => {}]) expect(() => expectFunction('f', value)).not.toThrow();
  });

  it.each([[undefined], [null], ['() => 1'], [{}]])('refuses %o', (value) => {
    expect(() => expectFunction('f', value)).toThrow(TypeError);
    expect(() => expectFunction('f', value)).toThrow('Expected `f` to be a function, got ');
  });
});

describe('expectOneOf', () => {
  it('takes each of the choices', () => {
    for (const value of ['a', 'b']) expect(() => expectOneOf('x', value, 'a', 'b')).not.toThrow();
  });

  it('refuses any other string as out of range, and anything else as of the wrong type', () => {
    expect(() => expectOneOf('x', 'c', 'a', 'b')).toThrow(new RangeError('Expected `x` to be one of a, b, got "c".'));
    expect(() => expectOneOf('x', 'toString', 'a', 'b')).toThrow(RangeError);
    expect(() => expectOneOf('x', 1, 'a', 'b')).toThrow(new TypeError('Expected `x` to be one of a, b, got 1.'));
    expect(() => expectOneOf('x', ['a'], 'a', 'b')).toThrow(TypeError);
  });
});

describe('expectNumbers', () => {
  it.each([
    ['an array', [1000, 1001]],
    ['a set', new Set([1000, 1001])],
    ['an iterator, read once', [1000, 1001].values()],
    ['a predicate', (code: number) => code === 1000 || code === 1001],
  ])('makes a predicate of %s', (_what, value) => {
    const holds = expectNumbers('codes', value);

    expect([1000, 1001, 1002, NaN].map((code) => holds(code))).toEqual([true, true, false, false]);
    expect(holds(1000)).toBe(true);
  });

  it('holds nothing where there is nothing', () => {
    expect(expectNumbers('codes', [])(1000)).toBe(false);
  });

  it.each([
    [1000, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got 1000.'],
    [null, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got null.'],
    [undefined, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got undefined.'],
    [{}, TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got object.'],
    ['1000', TypeError, 'Expected `codes` to be an iterable of numbers or a predicate, got "1000".'],
    [[1000, '1001'], TypeError, 'Expected `codes` to be an integer of 0 or more, got "1001".'],
    [[1000, 1.5], RangeError, 'Expected `codes` to be an integer of 0 or more, got 1.5.'],
    [new Map([[1000, 'x']]), TypeError, 'Expected `codes` to be an integer of 0 or more, got object.'],
  ])('refuses %o', (value, kind, message) => {
    const check = () => expectNumbers('codes', value as never);

    expect(check).toThrow(kind);
    expect(check).toThrow(message);
  });
});
