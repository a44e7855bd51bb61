import { observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../../../src/index.node.js';
import type { WebSocketConnection } from '../../../src/index.node.js';
import type { Duration } from './durations.js';
import { follow } from './follow.js';

const HEALTHY_AFTER = 30_000;

/** What a connection is asked about its health. It changes the monotonic clock of the process: half a minute is long. */
export function healthy(server: string, unit: number): Record<string, Duration> {
  const now = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => now() + ahead;

  /** One that was open for so long, and is refused from then on. */
  async function cutAfter(open: number) {
    let path = '/';
    const feed: WebSocketConnection = observeWebSocket(
      { url: () => server + path },
      stopOnFatalClose({ grace: unit }),
      retryWithBackoff({ delays: Array.from({ length: 1000 }, () => unit / 4) }),
    );
    const followed = follow(feed);
    const { event } = await followed.nth('open');
    await followed.nth('open');
    path = '/refusing?status=404';
    ahead += open;
    event.link.terminate(new Error('cut'));
    return { ...followed, cut: await followed.nth('close') };
  }

  return {
    'sinceHealthy: of a connection that was healthy': {
      expected: 0,
      isCount: true,
      measure: async () => (await cutAfter(HEALTHY_AFTER)).cut.event.sinceHealthy!,
    },
    'sinceHealthy: of the second attempt after it': {
      expected: unit / 4,
      async measure() {
        const { nth, cut } = await cutAfter(HEALTHY_AFTER);
        const { event, at } = await nth('connecting', 2);
        const off = event.sinceHealthy! - (at - cut.at);
        return Math.abs(off) < 20 ? event.sinceHealthy! : off;
      },
    },
    'stopOnFatalClose: grace': {
      expected: unit, // the first refusal after that
      async measure() {
        const { cut, end } = await cutAfter(HEALTHY_AFTER);
        return (await end) - cut.at;
      },
    },
    'stopOnFatalClose: grace, which a connection that was never healthy has not': {
      expected: 1,
      isCount: true,
      async measure() {
        const { nth, end, cut } = await cutAfter(0);
        await end;
        const { event } = await nth('connecting', 2); // and no third one
        return cut.event.sinceHealthy === undefined ? event.attempt - 1 : NaN;
      },
    },
  };
}
