import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/protocol/retry-after.js';

const NOW = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('Retry-After', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['  Sun, 06 Nov 1994 08:50:37 GMT  ', 60_000],
    ['Sun 06 Nov 1994 08:50:37 GMT', 60_000],
    ['sun,  6  Nov 1994 08:50:37 gmt', undefined],
    ['sun,  6 Nov 1994  08:50:37  utc', 60_000],
    ['Sunday, 06-Nov-94 08:50:37 GMT', 60_000],
    ['Sun, 06 Nov 1994 08:50:37', 60_000],
    ['Sun, 06 Nov 1994 08:50:60 GMT', 83_000],
  ])('is a date of HTTP or RFC 850 in %o', (text, delay) => {
    expect(parseRetryAfter(text, NOW)).toBe(delay);
  });

  it.each([
    ['Sun Nov  6 08:50:37 1994', 60_000],
    ['Sun  Nov 6  08:50:37  1994', 60_000],
    ['Wed Nov 16 08:49:37 1994', 10 * 86_400_000],
    ['Sun Nov  6 08:50:37 1994  GMT', 60_000],
    ['Sun Nov  6 08:50:37 1994 UTC', 60_000],
  ])('is what asctime writes in %o', (text, delay) => {
    expect(parseRetryAfter(text, NOW)).toBe(delay);
  });

  it.each([
    'on Sun, 06 Nov 1994 08:50:37 GMT',
    'Sun, 06 Nov 1994 08:50:37 GMT or later',
    'Sun, 06 Nov 1994 08:50:37 CET',
    '7 Sun Nov  6 08:50:37 1994',
    'Sun Nov  6 08:50:37 1994 CET',
    'Sun, 06 Nov 1994 24:50:37 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:50:61 GMT',
    'Sun, 31 Nov 1994 08:50:37 GMT',
    'Sun, 06 Ovd 1994 08:50:37 GMT',
    '1.5',
    '-1',
    '',
  ])('is not known from %o', (text) => {
    expect(parseRetryAfter(text, NOW)).toBeUndefined();
  });

  it('is in seconds, and no more milliseconds than can be counted', () => {
    expect(parseRetryAfter(' 120 ', NOW)).toBe(120_000);
    expect(parseRetryAfter('9'.repeat(30), NOW)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('is in a year of two digits that is at most 50 years ahead', () => {
    expect(parseRetryAfter('Saturday, 05-Nov-44 08:49:37 GMT', NOW)).toBe(Date.UTC(2044, 10, 5, 8, 49, 37) - NOW);
    expect(parseRetryAfter('Sunday, 05-Nov-45 08:49:37 GMT', NOW)).toBe(0);
  });
});
