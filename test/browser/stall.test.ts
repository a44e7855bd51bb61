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

/** A reader whose first message never finishes, and in which a few messages wait. */
function stalledReader(transport: Transport) {
  const feed = observeWebSocket({ url: `${inject('floodHost')}/flood`, codec: binary(), transport });
  const reading = feed.messages
    .pipe(mergeMapBounded(() => NEVER, { highWaterMark: 4, pausing: feed, overflow: 'dropNewest' }))
    .subscribe();
  const first = firstValueFrom(feed.messages.pipe(take(1)));
  return { feed, first, close: () => reading.unsubscribe() };
}

it('a stalled reader stops the server over a WebSocketStream; over a WebSocket everything is sent and buffered', async () => {
  const report = observeWebSocket<number[], string>(`${inject('floodHost')}/report`);
  /** Waits until the last flood is sent in full. @returns the MiB that each flood has sent */
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

  // A whole flood over the native socket, twice, is enough time to show whether the other one stops.
  const native = stalledReader(nativeTransport());
  const [once] = await afterTheLast();
  const again = stalledReader(nativeTransport());
  const [twice] = await afterTheLast();

  console.info(`sent to a stalled reader: ${twice} MiB over a WebSocketStream, 64 of 64 MiB over a WebSocket`);
  expect(stream.feed.canPause).toBe(true);
  expect(once).toBeGreaterThan(0);
  expect(twice).toBeLessThan(16);
  expect(twice! - once!).toBeLessThan(1); // TCP window probes may deliver a frame or two late
  expect(native.feed.canPause).toBe(false);
  for (const reader of [stream, native, again]) reader.close();
  listening.unsubscribe();
});
