import { describe, expect, it } from 'vitest';
import {
  CloseCode,
  expectSendable,
  fatalCloseCodes,
  fatalHandshakeStatuses,
  isSendable,
} from '../../src/protocol/close-codes.js';

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('fatalCloseCodes', () => {
  it.each([
    [
      'standard',
      [1002, 1003, 1007, 1008, 1009, 1010, 1015, 3000, 3003, 4400, 4401, 4403, 4404, 4405, 4406, 4409, 4410],
    ],
    [
      'graphqlWs',
      [
        ...[1002, 1003, 1004, 1007, 1008, 1009, 1010, ...between(1015, 1999)],
        ...[4004, 4005, 4400, 4401, 4406, 4409, 4429, 4500],
      ],
    ],
    ['discord', [4004, 4010, 4011, 4012, 4013, 4014]],
    ['centrifugo', [1009, ...between(3500, 3999), ...between(4500, 4999)]],
    ['pusher', between(4000, 4099)],
  ] as const)('%s holds these codes and no others', (name, codes) => {
    expect([...fatalCloseCodes[name]].sort((a, b) => a - b)).toEqual(codes);
  });

  it('has these tables and no others', () => {
    expect(Object.keys(fatalCloseCodes)).toEqual(['standard', 'graphqlWs', 'discord', 'centrifugo', 'pusher']);
  });

  it('can be spread into a table of one’s own', () => {
    expect(new Set([...fatalCloseCodes.standard, 4100])).toEqual(new Set([...fatalCloseCodes.standard, 4100]));
    expect([...fatalCloseCodes.standard, 4100]).toHaveLength(fatalCloseCodes.standard.size + 1);
  });
});

describe('fatalHandshakeStatuses', () => {
  it('holds every 2xx, 3xx and 4xx but 408, 425 and 429', () => {
    const statuses = between(200, 499).filter((status) => ![408, 425, 429].includes(status));

    expect([...fatalHandshakeStatuses]).toEqual(statuses);
  });

  it.each([100, 101, 408, 425, 429, 500, 502, 503, 504, 599])('does not hold %d', (status) => {
    expect(fatalHandshakeStatuses.has(status)).toBe(false);
  });
});

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
