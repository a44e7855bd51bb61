import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import type { LifecycleEvent } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';

const NAME = 'rxwire:lifecycle';

describe('The diagnostics channel rxwire:lifecycle', () => {
  const published: { readonly connection: unknown; readonly event: LifecycleEvent }[] = [];
  const listen = (message: unknown) => void published.push(message as (typeof published)[number]);

  afterEach(() => {
    unsubscribe(NAME, listen);
    published.length = 0;
  });

  it('has every lifecycle event of every connection, beside the connection that it is of', () => {
    inVirtualTime(({ cold, at }) => {
      subscribe(NAME, listen);
      const feeds = [1, 2].map(() => {
        const { transport } = scriptedServer(cold, ['o-#', 'o']);
        return observeWebSocket({ url: 'ws://test', transport }, retryWithBackoff<LifecycleEvent>({ delays: [3] }));
      });
      const [events, readers] = [[], []] as [LifecycleEvent[][], (() => void)[]];
      feeds.forEach((feed, index) => {
        events[index] = [];
        const reader = feed.lifecycle.subscribe((event) => events[index]!.push(event));
        readers.push(() => reader.unsubscribe());
      });
      at(20, () => {
        readers.forEach((unsubscribeReader) => unsubscribeReader());
        feeds.forEach((feed, index) => {
          const ofFeed = published.filter(({ connection }) => connection === feed).map(({ event }) => event);
          expect(ofFeed).toEqual(events[index]);
          expect(ofFeed.map(({ type }) => type)).toEqual([
            ...['connecting', 'open', 'close', 'reconnecting'],
            ...['connecting', 'open'],
          ]);
        });
        published.push(published[0]!); // what follows ran
      });
    });

    expect(published).toHaveLength(13);
  });

  it('neither connects nor keeps a connection open', () => {
    inVirtualTime(({ cold }) => {
      subscribe(NAME, listen);
      const { transport } = scriptedServer(cold, ['o']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      expect(feed.state.value.status).toBe('idle');

      feed.messages.subscribe().unsubscribe();

      expect(feed.state.value.status).toBe('idle');
    });

    expect(published.map(({ event }) => event.type)).toEqual(['connecting']);
  });

  it('is given nothing while nobody listens', () => {
    inVirtualTime(({ cold, at }) => {
      const { transport } = scriptedServer(cold, ['o-----#']);
      const feed = observeWebSocket({ url: 'ws://test', transport });
      feed.lifecycle.subscribe({ error: () => undefined });
      at(3, () => subscribe(NAME, listen));
    });

    expect(published.map(({ event }) => event.type)).toEqual(['close']);
  });
});
