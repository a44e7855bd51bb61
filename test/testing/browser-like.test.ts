import { describe, expect, it } from 'vitest';
import { heartbeat, observeWebSocket, retryWithBackoff } from '../../src/index.node.js';
import { scriptedServer } from '../../src/testing/index.js';
import { inVirtualTime } from '../helpers/marbles.js';
import { brief, record } from '../helpers/record.js';

describe('A scripted server whose transport is like that of a browser', () => {
  it('has no ping frames with `canPing: false`, so that a heartbeat needs a function', () => {
    inVirtualTime(({ cold, flush }) => {
      const { transport } = scriptedServer(cold, ['o'], {}, { canPing: false });
      const feed = observeWebSocket({ url: 'ws://test', transport }, heartbeat(), retryWithBackoff());
      const log = record(feed.lifecycle, brief);

      flush();

      expect(log.at(-1)).toBe('0 # WebSocketError');
    });
  });

  it('has a link without `ping`, which is there by default', () => {
    inVirtualTime(({ cold, flush }) => {
      const links = [false, true, undefined].map((canPing) => {
        const { transport } = scriptedServer(cold, ['o'], {}, { canPing });
        const feed = observeWebSocket({ url: 'ws://test', transport });
        feed.lifecycle.subscribe();
        return () => typeof feed.link?.ping;
      });

      flush();

      expect(links.map((pingOf) => pingOf())).toEqual(['undefined', 'function', 'function']);
    });
  });

  it('cannot pause with `canPause: false`: what is sent meanwhile arrives', () => {
    inVirtualTime(({ cold, at, flush }) => {
      const made = [false, true, undefined].map((canPause) => {
        const { transport } = scriptedServer(cold, ['o---a'], {}, { canPause });
        const feed = observeWebSocket({ url: 'ws://test', transport });
        const log = record(feed.messages);
        at(2, () => feed.pause());
        return { feed, log };
      });

      flush();

      expect(made.map(({ feed }) => feed.canPause)).toEqual([false, true, true]);
      expect(made.map(({ log }) => log)).toEqual([['4 "a"'], [], []]);
    });
  });
});
