import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { WebSocketConnection } from '../../src/index.node.js';
import { playedSockets } from '../helpers/played-sockets.js';
import { brief } from '../helpers/record.js';

type Feed = WebSocketConnection<unknown>;

function make() {
  const transport = playedSockets({ answersClose: false });
  const feed: Feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff());
  return { feed, transport };
}

/** What a subscriber of the lifecycle sees. */
function follow(feed: Feed): string[] {
  const lines: string[] = [];
  feed.lifecycle.subscribe({
    next: (event) => lines.push(brief(event)),
    error: () => lines.push('#'),
    complete: () => lines.push('|'),
  });
  return lines;
}

/** What the connection does when it is closed. */
const phases: Record<string, (made: ReturnType<typeof make>) => void> = {
  connects: () => undefined,
  'is open': ({ transport }) => void transport.socket.open(),
  'waits for a retry': ({ transport }) => transport.socket.closed(),
  'is being closed': ({ feed, transport }) => {
    transport.socket.open();
    void feed.close();
  },
};

describe.each(Object.entries(phases))(
  'A subscriber that comes in the moment of close(), while a connection %s,',
  (_, reach) => {
    it('has a new run when that is over, and nothing of the old one', async () => {
      const { feed, transport } = make();
      const first = follow(feed);
      reach({ feed, transport });
      const old = transport.socket;

      const closing = feed.close();
      const second = follow(feed);
      if (old.calls.includes('close 1000')) {
        expect(second).toEqual([]);
        expect(transport.sockets).toHaveLength(1);
        old.closed(1000);
      }
      await closing;
      transport.socket.open();

      expect(first.at(-1)).toBe('|');
      expect(second).toEqual(['connecting 1', 'open 1']);
      expect(transport.sockets).toHaveLength(2);
      expect(old.isAlive).toBe(false);
      expect(feed.state.value).toMatchObject({ status: 'open' });
    });

    it('is closed too by another close() in that moment', async () => {
      const { feed, transport } = make();
      follow(feed);
      reach({ feed, transport });
      const old = transport.socket;

      const closing = feed.close();
      const second = follow(feed);
      const closingAgain = feed.close();
      if (old.calls.includes('close 1000')) old.closed(1000);
      await Promise.all([closing, closingAgain]);

      expect(second.at(-1)).toBe('|');
      expect(transport.sockets.filter(({ isAlive }) => isAlive)).toEqual([]);
    });

    it('makes no connection where it has unsubscribed before that is over', async () => {
      const { feed, transport } = make();
      follow(feed);
      reach({ feed, transport });
      const old = transport.socket;

      const closing = feed.close();
      feed.messages.subscribe().unsubscribe();
      if (old.calls.includes('close 1000')) old.closed(1000);
      await closing;

      expect(transport.sockets.filter(({ isAlive }) => isAlive)).toEqual([]);
    });

    it('keeps what it sends for that run', async () => {
      const { feed, transport } = make();
      follow(feed);
      reach({ feed, transport });
      const old = transport.socket;

      const closing = feed.close();
      feed.messages.next('for the next');
      follow(feed);
      if (old.calls.includes('close 1000')) old.closed(1000);
      await closing;
      transport.socket.open();

      expect(transport.socket).not.toBe(old);
      expect(transport.socket.calls).toEqual(['send "for the next"']);
    });
  },
);

describe('What is dropped', () => {
  it('between two runs is reported to those who wait for the next one', () => {
    const transport = playedSockets({ answersClose: false });
    const feed: Feed = observeWebSocket({ url: 'ws://test', transport, outbox: { capacity: 0 } });
    feed.messages.subscribe().unsubscribe();
    const first = feed.messages.subscribe();
    transport.socket.open();
    first.unsubscribe(); // its closing handshake goes on
    const closed = follow(feed);
    void feed.close();
    expect(closed.at(-1)).toBe('|');

    const waiting = follow(feed);
    feed.messages.next('no room');

    expect(waiting).toEqual(['dropped 1 overflow']);
  });

  it('without any run is reported to `events` and counted', () => {
    const { feed } = make();
    const events: string[] = [];
    feed.events.subscribe((event) => events.push(brief(event)));

    feed.messages.next(() => 'no JSON');

    expect(events).toEqual(['dropped 1 unserializable']);
    expect(feed.stats.dropped).toBe(1);
  });
});
