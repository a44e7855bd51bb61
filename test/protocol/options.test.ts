import { describe, expect, it } from 'vitest';
import { withoutUndefined } from '../../src/protocol/options.js';

describe('withoutUndefined', () => {
  it('keeps every property but those that are undefined', () => {
    const options = { a: undefined, b: null, c: 0, d: '', e: false, f: [undefined] };

    expect(withoutUndefined(options)).toStrictEqual({ b: null, c: 0, d: '', e: false, f: [undefined] });
    expect(withoutUndefined({})).toStrictEqual({});
  });

  it('leaves a default in a spread', () => {
    const defaults = { timeout: 5 };

    expect({ ...defaults, ...withoutUndefined({ timeout: undefined }) }).toStrictEqual(defaults);
  });
});
