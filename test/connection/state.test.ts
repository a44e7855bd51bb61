import { take, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { ConnectionState } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { record } from '../helpers/record.js';

const status = (state: ConnectionState) => state.status;

describe('state', () => {
  it('follows the supervised lifecycle and is closed with each close', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o-#', '-#']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [3] }));
      const states = record(feed.state, status);
      record(feed.messages);

      flush();

      expect(states).toEqual([
        '0 idle',
        '0 connecting',
        '1 open',
        '3 closed',
        '3 reconnecting',
        '6 connecting',
        '7 closed',
        '7 failed',
      ]);
    });
  });

  it('carries what belongs to it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['-o-|', '-#']);
      const feed = observeWebSocket(
        { url: 'ws://test', protocols: 'chat', transport },
        retryWithBackoff({ delays: [3] }),
      );
      const states: ConnectionState[] = [];
      feed.state.subscribe((state) => states.push(state));
      record(feed.messages);

      flush();

      expect(states.slice(1, 5)).toEqual([
        { status: 'connecting', attempt: 1 },
        { status: 'open', attempt: 1, protocol: 'chat' },
        { status: 'closed', code: 1000, reason: '' },
        { status: 'reconnecting', retry: 1, delay: 3, error: expect.objectContaining({ code: 1000 }) },
      ]);
      expect(states.at(-1)).toEqual({ status: 'failed', error: expect.objectContaining({ name: 'HandshakeError' }) });
    });
  });

  it('replays the current state to every subscriber, and has it as a value', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      record(feed.messages);
      let late: string[] = [];
      at(5, () => (late = record(feed.state, status)));

      flush();

      expect(late).toEqual(['5 open']);
      expect(feed.state.value).toEqual({ status: 'open', attempt: 1, protocol: '' });
    });
  });

  it('never errors or completes, and goes on with the next run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['#', 'o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const states = record(feed.state, status);
      record(feed.messages);
      at(5, () => record(feed.messages, undefined, timer(2)));

      flush();

      expect(states).toEqual(['0 idle', '0 connecting', '0 closed', '0 failed', '5 connecting', '5 open', '7 idle']);
    });
  });

  it('is closing while the close handshake of an open connection runs', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const states = record(feed.state, status);
      record(feed.messages);
      at(2, () => void feed.close());

      flush();

      expect(states).toEqual(['0 idle', '0 connecting', '0 open', '2 closing', '2 closed']);
    });
  });

  it('is what an event says when a subscriber hears of it', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o-#']);
      const feed = observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff({ delays: [1] }));
      const seen: string[] = [];
      feed.lifecycle.pipe(take(5)).subscribe(({ type }) => seen.push(`${type} ${feed.state.value.status}`));

      flush();

      expect(seen).toEqual([
        'connecting connecting',
        'open open',
        'close closed',
        'reconnecting reconnecting',
        'connecting connecting',
      ]);
    });
  });
});
