import { filter, firstValueFrom, timer } from 'rxjs';
import type { WebSocketConnection } from '../index.node.js';

/** No line is read while more bytes than `FULL` are buffered. That is checked again after `LOOK_EVERY` milliseconds. */
const FULL = 1024 * 1024;
const LOOK_EVERY = 5;

/**
 * Sends each line unchanged; an empty one is not sent. Reads no faster than lines can be sent: a long file neither
 * overflows the outbox while there is no connection or a pace holds lines back, nor fills the memory while the peer is
 * slow.
 */
export async function sendLines(
  lines: AsyncIterable<string>,
  feed: WebSocketConnection<unknown, string>,
): Promise<void> {
  const { state, stats, messages } = feed;
  const opening = state.pipe(filter(({ status }) => status === 'open'));
  const isOpen = () => state.value.status === 'open';
  const isFull = () => stats.bufferedAmount > FULL || stats.queued > 0;

  for await (const line of lines) {
    if (line === '') continue;
    // The state is checked first: `bufferedAmount` of a broken connection may never go down.
    while (!isOpen() || isFull()) await firstValueFrom<unknown>(isOpen() ? timer(LOOK_EVERY) : opening);
    messages.next(line);
  }
}
