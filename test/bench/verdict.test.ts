import { describe, expect, it } from 'vitest';
import { difference, judge, most, ratio } from '../../bench/verdict.mjs';

/** Rounds in which the machine was as slow as it says, and the second contestant took `share` of the first one's time. */
const rounds = (slowness: readonly number[], share: number) => ({
  rxwire: slowness.map((slow) => 100 * slow),
  'by hand': slowness.map((slow) => 100 * slow * share),
});

const STEADY = [1, 1.01, 0.99, 1, 1.02, 0.98, 1];
const UNEVEN = [1, 3, 1.2, 2.5, 1, 1.8, 4];

describe('A bar', () => {
  it('holds where the whole interval is below it, and is missed where it is above', () => {
    const samples = {
      rxwire: STEADY.map((slow) => 110 * slow),
      'by hand': [...STEADY].reverse().map((slow) => 100 * slow),
    };

    expect(ratio('rxwire', 'by hand', 1.2)(samples)).toMatchObject({ verdict: 'holds' });
    expect(ratio('rxwire', 'by hand', 1.05)(samples)).toMatchObject({ verdict: 'missed' });
  });

  it('is undecided inside the interval', () => {
    const samples = { rxwire: [100, 90, 120, 105, 80, 118, 95], 'by hand': [101, 110, 90, 100, 115, 85, 104] };

    const { value, low, high, verdict } = ratio('rxwire', 'by hand', 1)(samples);

    expect(verdict).toBe('undecided');
    expect(low).toBeLessThan(value);
    expect(value).toBeLessThan(high);
  });

  it('compares the contestants of a round with each other, so that a slow round decides nothing', () => {
    const { value, low, high } = ratio('rxwire', 'by hand', 1)(rounds(UNEVEN, 0.8));

    expect([value, low, high].map((figure) => figure.toFixed(6))).toEqual(['1.250000', '1.250000', '1.250000']);
  });

  it('can be a difference, or a figure alone', () => {
    expect(difference('rxwire', 'by hand', 21)(rounds([1, 1, 1], 0.8))).toMatchObject({ value: 20, verdict: 'holds' });
    expect(most('rxwire', 99)(rounds([1], 1))).toMatchObject({ value: 100, low: 100, high: 100, verdict: 'missed' });
  });
});

describe('A row', () => {
  it('has a figure beside each contestant, and a verdict where there is a bar', () => {
    const row = { name: 'row', title: 'A row', unit: 'ns', bars: [ratio('rxwire', 'by hand', 1)] };
    const samples = { ...rounds(STEADY, 0.5), 'a peer': STEADY.map(() => 100) };

    const { verdicts, medians } = judge(row, { samples, allocated: undefined });

    expect(medians).toEqual({ rxwire: 100, 'by hand': 50, 'a peer': 100 });
    expect(verdicts.map(({ what, verdict }) => [what, verdict])).toEqual([
      ['rxwire / by hand', 'missed'],
      ['rxwire / a peer', undefined],
    ]);
  });
});
