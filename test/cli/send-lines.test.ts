import { Readable } from 'node:stream';
import { BehaviorSubject } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { linesOf } from '../../src/cli/lines-of.js';
import { sendLines } from '../../src/cli/send-lines.js';
import type { ConnectionState, WebSocketConnection } from '../../src/index.node.js';

const MiB = 1024 * 1024;
const open: ConnectionState = { status: 'open', attempt: 1, protocol: '' };

/** A connection whose state and buffer the test sets. */
function fakeFeed(state: ConnectionState) {
  const sent: string[] = [];
  const stats = { bufferedAmount: 0, queued: 0 };
  const states = new BehaviorSubject(state);
  const feed = { state: states, stats, messages: { next: (line: string) => sent.push(line) } };
  return { feed: feed as unknown as WebSocketConnection<unknown, string>, sent, stats, states };
}

/** Waits for everything that needs no timer. */
const settled = () => vi.advanceTimersByTimeAsync(0);

describe('sendLines', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('waits while more than a MiB is buffered', async () => {
    const { feed, sent, stats } = fakeFeed(open);
    stats.bufferedAmount = MiB + 1;

    const sending = sendLines(linesOf(Readable.from(['1\n2\n'])), feed);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([]);
    stats.bufferedAmount = MiB;
    await vi.advanceTimersByTimeAsync(5);
    await sending;

    expect(sent).toEqual(['1', '2']);
  });

  it('waits without a timer while there is no connection, whatever the broken one has buffered', async () => {
    const { feed, sent, stats, states } = fakeFeed(open);
    stats.bufferedAmount = 2 * MiB;

    const sending = sendLines(linesOf(Readable.from(['1'])), feed);
    await settled();
    states.next({ status: 'closed', code: 1006, reason: '' });
    await vi.advanceTimersByTimeAsync(1000);
    expect(vi.getTimerCount()).toBe(0);
    stats.bufferedAmount = 0;
    states.next(open);
    await sending;

    expect(sent).toEqual(['1']);
  });

  it('waits while a pace holds lines back', async () => {
    const { feed, sent, stats } = fakeFeed(open);
    stats.queued = 1;

    const sending = sendLines(linesOf(Readable.from(['1'])), feed);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent).toEqual([]);
    stats.queued = 0;
    await vi.advanceTimersByTimeAsync(5);
    await sending;

    expect(sent).toEqual(['1']);
  });

  it('sends no empty line', async () => {
    const { feed, sent } = fakeFeed(open);

    await sendLines(linesOf(Readable.from(['\n\r\n \n\n'])), feed);

    expect(sent).toEqual([' ']);
  });
});
