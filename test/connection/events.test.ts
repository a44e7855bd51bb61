import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.js';
import type { LifecycleEvent } from '../../src/index.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('events', () => {
  it('connect nothing', () => {
    inVirtualTime(({ cold, flush }) => {
      const server = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });

      const seen = record(feed.events, brief);
      flush();

      expect(seen).toEqual([]);
      expect(server.connections).toEqual([]);
    });
  });

  it('are those of the supervised lifecycle, and go on from run to run', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o-#', '-#', '-o-|']);
      const feed = observeWebSocket(
        { url: 'ws://test', transport: server.transport },
        retryWithBackoff({ delays: [3] }),
      );
      const seen = record(feed.events, brief);
      const first = record(feed.lifecycle, brief);
      let second: string[] = [];
      at(20, () => (second = record(feed.lifecycle, brief)));

      flush();

      expect(first.at(-1)).toMatch('# HandshakeError');
      expect(seen).toEqual([...first.slice(0, -1), ...second.slice(0, -1)]);
      expect(seen).toContain('20 connecting 1');
    });
  });

  it('keep no connection open: the last subscriber leaves, and whoever looks on does not count', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const server = scriptedServer(cold, ['-o']);
      const feed = observeWebSocket({ url: 'ws://test', transport: server.transport });
      record(feed.events, brief);
      const reader = feed.messages.subscribe();
      const closes = record(server.closes, ({ code }) => String(code));
      at(5, () => reader.unsubscribe());

      flush();

      expect(feed.state.value.status).toBe('idle');
      expect(closes).toEqual(['5 1000']);
    });
  });

  it('are told after the state has changed, and end for nobody but who leaves', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const { transport } = scriptedServer(cold, ['-o---|']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      const states: string[] = [];
      const looking = feed.events.subscribe(({ type }) => states.push(`${type}: ${feed.state.value.status}`));
      const others: LifecycleEvent['type'][] = [];
      feed.events.subscribe(({ type }) => others.push(type));
      record(feed.messages);
      at(3, () => looking.unsubscribe());

      flush();

      expect(states).toEqual(['connecting: connecting', 'open: open']);
      expect(others).toEqual(['connecting', 'open', 'close']);
    });
  });
});
