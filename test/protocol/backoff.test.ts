import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { backoffDelay, between, bounded } from '../../src/protocol/backoff.js';
import type { Jitter } from '../../src/protocol/backoff.js';

const backoff = { initialDelay: 1000, maxDelay: 30_000, factor: 2 };

describe('backoffDelay', () => {
  const jitters = ['full', 'equal', 'decorrelated', 'none'] as const;

  it.each([
    ['none', 0, 0.7, 1000],
    ['none', 4, 0.7, 16_000],
    ['none', 5, 0.7, 30_000],
    ['equal', 0, 0, 500],
    ['equal', 2, 0.25, 2500],
    ['equal', 9, 1, 30_000],
    ['full', 0, 0, 100],
    ['full', 0, 0.25, 325],
    ['full', 3, 0.5, 4050],
    ['full', 9, 1, 30_000],
  ] as const)('with jitter %s, n = %d and random() = %d is %d', (jitter, n, random, expected) => {
    expect(backoffDelay({ ...backoff, jitter }, n, 1000, () => random)).toBe(expected);
  });

  it.each(['none', 'equal', 'full'] as const)('with jitter %s stays 0, however often it grows', (jitter) => {
    expect(backoffDelay({ ...backoff, initialDelay: 0, jitter }, 5000, 0, () => 0.5)).toBe(0);
  });

  it.each([
    [1000, 0, 1000],
    [1000, 0.5, 2000],
    [1000, 1, 3000],
    [8000, 0.5, 12_500],
    [8000, 0, 1000],
    [30_000, 1, 30_000],
  ])('with jitter decorrelated, %d before and random() = %d is %d, whatever n', (previous, random, expected) => {
    for (const n of [0, 1, 9]) {
      expect(backoffDelay({ ...backoff, jitter: 'decorrelated' }, n, previous, () => random)).toBe(expected);
    }
  });

  const duration = fc.oneof(fc.double({ min: 0, max: 1e300, noNaN: true }), fc.nat(100_000), fc.constant(Infinity));

  test.prop([
    fc.constantFrom<Jitter>(...jitters),
    duration,
    duration,
    fc.double({ min: 1, max: 1e300, noNaN: true }),
    fc.nat(5000),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  ])('is a delay that timers can take, whatever it depends on', (jitter, initialDelay, maxDelay, factor, n, random) => {
    const options = { initialDelay, maxDelay, factor, jitter };
    let previous = initialDelay;

    for (let k = 0; k < 3; k++) {
      previous = backoffDelay(options, n + k, previous, () => random);

      expect(previous).toBeGreaterThanOrEqual(0);
      expect(previous).toBeLessThanOrEqual(2_147_483_647);
      if (maxDelay <= 2_147_483_647) expect(previous).toBeLessThanOrEqual(maxDelay);
    }
  });
});

describe('between', () => {
  it('goes from the first up to the second', () => {
    expect(between(5, 30, () => 0)).toBe(5);
    expect(between(5, 30, () => 0.5)).toBe(17.5);
    expect(between(7, 7, () => 0.9)).toBe(7);
  });
});

describe('bounded', () => {
  it.each([
    [-1, 0],
    [0, 0],
    [5.5, 5.5],
    [2_147_483_647, 2_147_483_647],
    [2_147_483_648, 2_147_483_647],
    [Infinity, 2_147_483_647],
  ])('makes of %d %d', (delay, expected) => {
    expect(bounded(delay)).toBe(expected);
  });
});
