import { describe, expect, it } from 'vitest';
import { countStates, sumStats } from '../../src/sessions/pool-totals.js';

const stats = {
  received: 1,
  receivedBytes: 2,
  sent: 3,
  sentBytes: 4,
  rejected: 5,
  dropped: 6,
  opens: 7,
  queued: 8,
  bufferedAmount: 9,
};

describe('sumStats', () => {
  it('sums every counter, and takes the latency of the slowest', () => {
    const all = [{ ...stats, latency: 20 }, { ...stats, latency: 10 }, stats];

    expect(sumStats(all)).toEqual({
      received: 3,
      receivedBytes: 6,
      sent: 9,
      sentBytes: 12,
      rejected: 15,
      dropped: 18,
      opens: 21,
      queued: 24,
      bufferedAmount: 27,
      latency: 20,
    });
  });

  it('knows no latency where nobody has one', () => {
    expect(sumStats([stats, stats]).latency).toBeUndefined();
    expect(sumStats([]).latency).toBeUndefined();
  });
});

describe('countStates', () => {
  it('counts each status by itself', () => {
    const all = [{ status: 'idle' }, { status: 'closing' }, { status: 'idle' }] as const;

    expect(countStates(all)).toEqual({
      idle: 2,
      connecting: 0,
      open: 0,
      reconnecting: 0,
      closing: 1,
      closed: 0,
      failed: 0,
    });
  });
});
