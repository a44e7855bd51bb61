import { firstValueFrom, NEVER, take } from 'rxjs';
import { expect, inject, it } from 'vitest';
import {
  binary,
  mergeMapBounded,
  nativeTransport,
  observeWebSocket,
  webSocketStreamTransport,
} from '../../src/index.js';
import type { Transport } from '../../src/index.js';

const MiB = 1024 * 1024;
const FLOOD = 64 * MiB;

/** A reader that never gets done with its first message, and lets a few wait. */
function stalledReader(transport: Transport) {
  const feed = observeWebSocket({ url: `${inject('floodHost')}/flood`, codec: binary(), transport });
  const reading = feed.messages
    .pipe(mergeMapBounded(() => NEVER, { highWaterMark: 4, pausing: feed, overflow: 'dropNewest' }))
    .subscribe();
  const first = firstValueFrom(feed.messages.pipe(take(1)));
  return { feed, first, close: () => reading.unsubscribe() };
}

it('A reader that stalls stops the server over a WebSocketStream; over a WebSocket all is sent, and piles up', async () => {
  const report = observeWebSocket<number[], string>(`${inject('floodHost')}/report`);
  /** How many MiB the server could be rid of, flood by flood, once the last one has all been sent. */
  const afterTheLast = async (): Promise<number[]> => {
    for (;;) {
      const answer = firstValueFrom(report.messages);
      report.messages.next('?');
      const sent = await answer;
      if (sent.at(-1) === FLOOD) return sent.map((bytes) => bytes / MiB);
    }
  };
  const stream = stalledReader(webSocketStreamTransport());
  await stream.first;
  const listening = report.messages.subscribe();

  // A whole flood over the native socket, twice, is time enough for one that is not stopped.
  const native = stalledReader(nativeTransport());
  const [once] = await afterTheLast();
  const again = stalledReader(nativeTransport());
  const [twice] = await afterTheLast();

  console.info(`sent to a stalled reader: ${twice} MiB over a WebSocketStream, 64 of 64 MiB over a WebSocket`);
  expect(stream.feed.canPause).toBe(true);
  expect(once).toBeGreaterThan(0);
  expect(twice).toBeLessThan(16);
  expect(twice! - once!).toBeLessThan(1); // a frame or two, which TCP's window probes got through late
  expect(native.feed.canPause).toBe(false);
  for (const reader of [stream, native, again]) reader.close();
  listening.unsubscribe();
});
