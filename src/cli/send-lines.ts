import type { Readable } from 'node:stream';
import { filter, firstValueFrom, timer } from 'rxjs';
import type { WebSocketConnection } from '../index.node.js';

/** Bytes on their way to the peer above which no further line is read, and how many milliseconds later to look again. */
const FULL = 1024 * 1024;
const LOOK_EVERY = 5;

/**
 * Sends each line of a stream as it is, an unfinished last one too. Reads no faster than they can be sent, so that a
 * long file does not overrun the outbox while there is no connection, nor fill the memory of a slow one.
 */
export async function sendLines(input: Readable, feed: WebSocketConnection<unknown, string>): Promise<void> {
  const { state, stats, messages } = feed;
  const opening = state.pipe(filter(({ status }) => status === 'open'));
  const isOpen = () => state.value.status === 'open';

  for await (const line of linesOf(input)) {
    // The state first: a connection that has broken may hold for ever what it could not send.
    while (!isOpen() || stats.bufferedAmount > FULL)
      await firstValueFrom<unknown>(isOpen() ? timer(LOOK_EVERY) : opening);
    messages.next(line);
  }
}

/** Not readline: that also breaks lines at U+2028 and U+2029, which JSON may hold. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
