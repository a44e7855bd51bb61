import { describe, expect, it } from 'vitest';
import { CloseCode, expectSendable, isSendable } from '../../src/protocol/close-codes.js';

describe('CloseCode', () => {
  it('names the codes that code speaks of', () => {
    expect(CloseCode).toMatchObject({ NORMAL: 1000, GOING_AWAY: 1001, NO_STATUS: 1005, ABNORMAL: 1006, TIMEOUT: 3008 });
    expect(new Set(Object.values(CloseCode)).size).toBe(Object.keys(CloseCode).length);
  });
});

describe('isSendable', () => {
  it.each([1000, 3000, 3001, 3999, 4000, 4401, 4999])('takes %d', (code) => {
    expect(isSendable(code)).toBe(true);
  });

  it.each([-1, 0, 999, 1001, 1005, 1006, 1015, 2999, 5000, 3000.5, NaN, Infinity, '3000' as never, undefined as never])(
    'refuses %s',
    (code) => {
      expect(isSendable(code)).toBe(false);
    },
  );
});

describe('expectSendable', () => {
  it.each([
    ['', 1000],
    ['a'.repeat(123), 3000],
    [`${'é'.repeat(61)}a`, 4999], // 123 bytes
    ['😀'.repeat(30), 4000], // 120 bytes
  ])('lets %j pass with %d', (reason, code) => {
    expect(() => expectSendable(code, reason)).not.toThrow();
  });

  it.each([
    [1001, '', 'Expected `code` to be 1000 or an integer from 3000 to 4999, got 1001.'],
    ['4000', '', 'Expected `code` to be 1000 or an integer from 3000 to 4999, got "4000".'],
    [1000, 'a'.repeat(124), `Expected \`reason\` to be a string of at most 123 bytes of UTF-8, got "${'a'.repeat(40)}`],
    [1000, 'é'.repeat(62), 'Expected `reason` to be a string of at most 123 bytes of UTF-8, got "é'],
    [1000, 5, 'Expected `reason` to be a string of at most 123 bytes of UTF-8, got 5.'],
    [1000, null, 'Expected `reason` to be a string of at most 123 bytes of UTF-8, got null.'],
  ])('refuses %j with %j', (code, reason, message) => {
    const check = () => expectSendable(code as number, reason as string);

    expect(check).toThrow(RangeError);
    expect(check).toThrow(message);
  });
});
