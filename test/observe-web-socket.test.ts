import { describe, expect, it } from 'vitest';
import { observeWebSocket, retryWithBackoff, heartbeat, stopOnFatalClose } from '../src/index.node.js';
import { scriptedServer, closeWith } from '../src/testing/index.js';
import { inVirtualTime } from './helpers/marbles.js';

describe('smoke', () => {
  it('works', () => {
    inVirtualTime(({ cold, expectObservable }) => {
      const server = scriptedServer(cold, ['o-a-b-#', '#', 'o-c-x'], { x: closeWith(4401, 'expired') });
      const feed = observeWebSocket(
        { url: 'ws://u:p@test/x?token=1', transport: server.transport },
        heartbeat({ interval: 5, timeout: 3, random: () => 0.5 }),
        stopOnFatalClose(),
        retryWithBackoff({ delays: [3, 4] }),
      );
      const log: unknown[] = [];
      feed.lifecycle.subscribe({
        next: (e) => log.push(JSON.stringify(e)),
        error: (e) => log.push(e, console.log(log)),
      });
      expectObservable(feed.messages).toBe(
        '--a-b----------c-#',
        undefined,
        expect.objectContaining({ name: 'FatalCloseError' }),
      );
    });
  });
});
