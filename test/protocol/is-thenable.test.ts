import { afterEach, describe, expect, it } from 'vitest';
import { isThenable } from '../../src/protocol/is-thenable.js';

afterEach(() => {
  delete (String.prototype as { then?: unknown }).then;
});

describe('isThenable', () => {
  it.each([
    [Promise.resolve()],
    [{ then: () => undefined }],
    [Object.assign(() => undefined, { then: () => undefined })],
  ])('is true of %o', (value) => {
    expect(isThenable(value)).toBe(true);
  });

  it.each([[null], [undefined], [{}], [{ then: true }], [() => undefined]])('is false of %o', (value) => {
    expect(isThenable(value)).toBe(false);
  });

  it('is false of a text, whatever texts are taught', () => {
    Object.defineProperty(String.prototype, 'then', { value: () => undefined, configurable: true });

    expect(isThenable('text')).toBe(false);
  });
});
