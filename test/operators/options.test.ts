import { describe, expect, it } from 'vitest';
import {
  heartbeat,
  inSequence,
  mergeMapBounded,
  observeWebSocket,
  refreshOnUnauthorized,
  retryWithBackoff,
  stopOnFatalClose,
} from '../../src/index.node.js';

describe('options that are none', () => {
  it.each([
    ['heartbeat', heartbeat],
    ['inSequence', (options: never) => inSequence(() => 1, options)],
    ['mergeMapBounded', (options: never) => mergeMapBounded(() => [], options)],
    ['refreshOnUnauthorized', (options: never) => refreshOnUnauthorized(() => [], options)],
    ['retryWithBackoff', retryWithBackoff],
    ['stopOnFatalClose', stopOnFatalClose],
  ])('of %s are refused by name', (_, operator) => {
    for (const options of [null, 5]) {
      const make = () => operator(options as never);

      expect(make).toThrow(TypeError);
      expect(make).toThrow(`Expected \`options\` to be an object, got ${options}.`);
    }
  });

  it('of the outbox are refused by name', () => {
    for (const outbox of [null, 5]) {
      const make = () => observeWebSocket({ url: 'ws://test', outbox: outbox as never });

      expect(make).toThrow(TypeError);
      expect(make).toThrow(`Expected \`outbox\` to be an object, got ${outbox}.`);
    }
  });
});

describe('what has to be a function', () => {
  it.each([
    ['sequenceOf', (value: never) => inSequence(value)],
    ['keyOf', (keyOf: never) => inSequence(() => 1, { keyOf })],
    ['isStart', (isStart: never) => inSequence(() => 1, { isStart })],
    ['onGap', (onGap: never) => inSequence(() => 1, { onGap })],
  ])('is refused by name where it is none: `%s` of inSequence', (name, make) => {
    for (const value of [null, 5]) {
      expect(() => make(value as never)).toThrow(TypeError);
      expect(() => make(value as never)).toThrow(`Expected \`${name}\` to be a function, got ${value}.`);
    }
  });

  it('of inSequence may be undefined where it is an option', () => {
    expect(() => inSequence(() => 1, { keyOf: undefined, isStart: undefined, onGap: undefined })).not.toThrow();
  });
});
