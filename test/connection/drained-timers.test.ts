import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { CountingScheduler } from '../helpers/counting-scheduler.js';
import { playedSockets } from '../helpers/played-sockets.js';

/** A connection with a subscriber, in time that is moved by hand. */
function connected() {
  const scheduler = new CountingScheduler();
  const transport = playedSockets();
  const retry = retryWithBackoff({ delays: [5000], scheduler });
  const feed = observeWebSocket<string>({ url: 'ws://test', transport, scheduler }, retry);
  const subscription = feed.messages.subscribe({ error: () => undefined });
  return { scheduler, transport, feed, subscription };
}

/** How a promise has settled so far: a value, an error's message, or nothing. */
async function outcomes(...promises: Promise<void>[]): Promise<string[]> {
  const found = promises.map(() => 'pending');
  promises.forEach((promise, index) => {
    void promise.then(
      () => (found[index] = 'drained'),
      (error: unknown) => (found[index] = (error as Error).message),
    );
  });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  return found;
}

describe('drained()', () => {
  it('resolves when what waited is sent, and no more bytes are buffered than it is given', async () => {
    const { scheduler, transport, feed } = connected();
    feed.messages.next('hello');
    const all = feed.drained();
    const most = feed.drained(100);
    transport.socket.bufferedAmount = 80;
    transport.socket.open();

    scheduler.advance(20);
    expect(await outcomes(all, most)).toEqual(['pending', 'drained']);

    transport.socket.bufferedAmount = 0;
    scheduler.advance(20);
    expect(await outcomes(all, most)).toEqual(['drained', 'drained']);
    expect(scheduler.pending).toBe(0);
  });

  it('has no timer of its own while no connection is open, and resolves on the next one', async () => {
    const { scheduler, transport, feed } = connected();
    transport.socket.open().closed();
    feed.messages.next('hello');
    scheduler.advance(2000);
    const { scheduled } = scheduler;
    const all = feed.drained();

    scheduler.advance(2000);
    expect(scheduler.scheduled).toBe(scheduled);

    scheduler.advance(1000);
    transport.socket.open();
    scheduler.advance(10);
    expect(await outcomes(all)).toEqual(['drained']);
  });

  it('rejects when the run ends, and at once without a run', async () => {
    const { transport, feed, subscription } = connected();
    transport.socket.open().bufferedAmount = 80;
    const all = feed.drained();

    subscription.unsubscribe();

    expect(await outcomes(all, feed.drained())).toEqual([
      'The last subscriber has unsubscribed.',
      'Nothing is sent: without a subscriber there is no connection.',
    ]);
  });
});
