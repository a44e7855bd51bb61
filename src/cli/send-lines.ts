import type { Readable } from 'node:stream';
import { filter, firstValueFrom, timer } from 'rxjs';
import type { WebSocketConnection } from '../index.node.js';

/** No line is read while more bytes than `FULL` are buffered. That is checked again after `LOOK_EVERY` milliseconds. */
const FULL = 1024 * 1024;
const LOOK_EVERY = 5;

/**
 * Sends each line of a stream unchanged, a last line without a line break too. Reads no faster than lines can be sent: a
 * long file neither overflows the outbox while there is no connection, nor fills the memory while the peer is slow.
 */
export async function sendLines(input: Readable, feed: WebSocketConnection<unknown, string>): Promise<void> {
  const { state, stats, messages } = feed;
  const opening = state.pipe(filter(({ status }) => status === 'open'));
  const isOpen = () => state.value.status === 'open';

  for await (const line of linesOf(input)) {
    // The state is checked first: `bufferedAmount` of a broken connection may never go down.
    while (!isOpen() || stats.bufferedAmount > FULL)
      await firstValueFrom<unknown>(isOpen() ? timer(LOOK_EVERY) : opening);
    messages.next(line);
  }
}

/** Not readline, which also breaks lines at U+2028 and U+2029. These are allowed in JSON. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
