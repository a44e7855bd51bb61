import { describe, expect, it } from 'vitest';
import { FeedLog } from '../../examples/ingest/feed-log.js';
import { seededRandom, planStrikes } from '../../examples/ingest/strikes.js';
import { Tally } from '../../examples/ingest/tally.js';

/** What is counted of topic A's numbers as they come, after B 1. */
function tallyOf(...numbers: number[]) {
  const tally = new Tally();
  tally.take({ topic: 'B', n: 1, price: 1 });
  for (const n of numbers) tally.take({ topic: 'A', n, price: 1 });
  const { messages, gaps, duplicates, late, progress } = tally;
  return { messages, gaps, duplicates, late, progress };
}

describe('the tally of the example ingest', () => {
  it.each([
    ['all in order', [1, 2, 3], { messages: 4, gaps: 0, duplicates: 0, late: 0, progress: 4 }],
    ['two left out', [1, 4], { messages: 3, gaps: 2, duplicates: 0, late: 0, progress: 5 }],
    ['the first left out', [2], { messages: 2, gaps: 1, duplicates: 0, late: 0, progress: 3 }],
    ['one twice at once', [1, 1], { messages: 3, gaps: 0, duplicates: 1, late: 0, progress: 2 }],
    ['one twice much later', [1, 2, 3, 1], { messages: 5, gaps: 0, duplicates: 1, late: 0, progress: 4 }],
    ['one late', [1, 3, 2], { messages: 4, gaps: 0, duplicates: 0, late: 1, progress: 4 }],
    ['one late, and once more', [1, 3, 2, 2], { messages: 5, gaps: 0, duplicates: 1, late: 1, progress: 4 }],
  ])('knows %s', (_what, numbers, expected) => {
    expect(tallyOf(...numbers)).toEqual(expected);
  });
});

describe('the feed of the example ingest', () => {
  const log = (keep = 1000) =>
    new FeedLog({ topics: ['A', 'B'], messages: 9, backlog: 3, rate: 1000, since: 5000, keep });
  const numbers = (topic: string, from: number, now: number, keep?: number) =>
    Array.from(log(keep).read(topic, from, now), ({ n }) => n);

  it('has a backlog, grows at its rate, and ends', () => {
    expect([numbers('A', 1, 5000), numbers('B', 1, 5000)]).toEqual([[1, 2], [1]]);
    expect([numbers('A', 1, 5002), numbers('B', 1, 5002)]).toEqual([
      [1, 2, 3],
      [1, 2],
    ]);
    expect([numbers('A', 1, 9999), numbers('B', 1, 9999)]).toEqual([
      [1, 2, 3, 4, 5],
      [1, 2, 3, 4],
    ]);
  });

  it('reads from a number on', () => {
    expect(numbers('A', 4, 9999)).toEqual([4, 5]);
    expect(numbers('A', 6, 9999)).toEqual([]);
  });

  it('keeps the newest trades of a topic only', () => {
    expect(numbers('A', 1, 9999, 2)).toEqual([4, 5]);
    expect(numbers('A', 5, 9999, 2)).toEqual([5]);
  });

  it('says the same again', () => {
    expect([...log().read('A', 1, 9999)]).toEqual([...log().read('A', 1, 9999)]);
  });
});

describe('the strikes of the example ingest', () => {
  const plan = planStrikes(2, seededRandom('seed'));

  it('hit every combination once a round, twelve kills each', () => {
    for (const round of [plan.slice(0, 7), plan.slice(7)]) {
      expect(new Set(round.map(({ victims }) => victims.join())).size).toBe(7);
      expect(round.flatMap(({ victims }) => victims)).toHaveLength(12);
    }
  });

  it('come in order, and before the last messages', () => {
    const moments = plan.map(({ at }) => at);

    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(Math.min(...moments)).toBeGreaterThan(0);
    expect(Math.max(...moments)).toBeLessThan(0.91);
  });

  it('are those of their seed', () => {
    expect(planStrikes(2, seededRandom('seed'))).toEqual(plan);
    expect(planStrikes(2, seededRandom('another'))).not.toEqual(plan);
  });
});
