import { describe, expect, it } from 'vitest';
import {
  doubtfulCloseCodes,
  fatalCloseCodes,
  fatalHandshakeStatuses,
  isDoubtfulStatus,
} from '../../src/protocol/fatal-codes.js';

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

describe('what is doubtful', () => {
  it('is 1002, 1003, 1007, 1008 and 1009', () => {
    expect([...doubtfulCloseCodes]).toEqual([1002, 1003, 1007, 1008, 1009]);
  });

  it('is every status but 401 and 407', () => {
    const final = between(100, 599).filter((status) => !isDoubtfulStatus(status));

    expect(final).toEqual([401, 407]);
  });
});
