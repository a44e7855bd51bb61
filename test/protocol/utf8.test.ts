import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CloseCode, expectSendable } from '../../src/protocol/close-codes.js';
import { textOfUtf8, utf8Of } from '../../src/protocol/utf8.js';

const encoded = (text: string) => new TextEncoder().encode(text);
const decoded = (bytes: Uint8Array) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** What a function makes, or that it throws. */
const outcome = (make: () => string) => {
  try {
    return make();
  } catch {
    return new Error('not UTF-8');
  }
};

afterEach(() => vi.unstubAllGlobals());

describe('UTF-8 where the platform has no TextEncoder and no TextDecoder', () => {
  const without = <T>(make: () => T): T => {
    vi.stubGlobal('TextEncoder', undefined);
    vi.stubGlobal('TextDecoder', undefined);
    try {
      return make();
    } finally {
      vi.unstubAllGlobals();
    }
  };

  test.prop([fc.string({ unit: 'binary' })])('is made of any text as elsewhere', (text) => {
    expect([...without(() => utf8Of(text))]).toEqual([...encoded(text)]);
  });

  it.each(['', '\0', '%', '%41', 'é€😀', '\uD800', 'a\uDC00b', '\uDE00\uD83D', '\uD83D\uDE00\uD83D'])(
    'is made of %j as elsewhere',
    (text) => {
      expect([...without(() => utf8Of(text))]).toEqual([...encoded(text)]);
    },
  );

  test.prop([fc.uint8Array({ maxLength: 8 })])('is read from any bytes as elsewhere, or not at all', (bytes) => {
    const here = without(() => outcome(() => textOfUtf8(bytes)));

    expect(here).toEqual(outcome(() => decoded(bytes)));
  });

  it.each(['é€😀', '\uFEFFx', 'x\uFEFF', '\uFEFF\uFEFFx', '%', '\0'])('is read as elsewhere: %j', (text) => {
    const bytes = encoded(text);

    expect(without(() => textOfUtf8(bytes))).toBe(decoded(bytes));
  });

  it('limits the reason of a close to 123 bytes all the same', () => {
    const send = (reason: string) => without(() => expectSendable(CloseCode.NORMAL, reason));

    expect(() => send('é'.repeat(61))).not.toThrow();
    expect(() => send('é'.repeat(62))).toThrow(RangeError);
    expect(() => send('\uD800'.repeat(41))).not.toThrow();
    expect(() => send('\uD800'.repeat(42))).toThrow(RangeError);
  });
});

describe('UTF-8', () => {
  it('is refused from the first text on where it is none', async () => {
    vi.resetModules();
    const fresh = await import('../../src/protocol/utf8.js');

    expect(() => fresh.textOfUtf8(new Uint8Array([0xc3]))).toThrow(TypeError);
    expect(fresh.textOfUtf8(encoded('é'))).toBe('é');
  });

  it('is what the platform makes of it', () => {
    expect([...utf8Of('é\uD800')]).toEqual([195, 169, 239, 191, 189]);
    expect(textOfUtf8(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
    expect(() => textOfUtf8(new Uint8Array([0xc3]))).toThrow(TypeError);
  });
});
