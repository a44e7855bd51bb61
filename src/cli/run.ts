import type { Readable, Writable } from 'node:stream';
import { lastValueFrom, map, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { bufferCountOrTime, heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../index.node.js';
import type { Pausable } from '../index.node.js';
import type { Settings } from './command-line.js';
import { asLineOfJson, asText } from './message-codec.js';
import { isWorthSaying, lineOf, remarkOn, summary } from './narrate.js';
import type { Remark } from './narrate.js';
import { sendLines } from './send-lines.js';

/** Where a run reads and writes. */
export interface Stdio {
  /** What is sent before stdin; nothing if `undefined`. */
  readonly file: Readable | undefined;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether stderr shows colours. */
  readonly inColour: boolean;
}

/**
 * Runs until the connection ends for good, or until `stop` emits and it is closed. Resolves to the exit status; what
 * was printed may still be on its way then.
 */
export async function run(settings: Settings, stdio: Stdio, stop: Observable<unknown>): Promise<number> {
  const { url, headers, protocols, text, batch } = settings;
  const { file, stdin, stdout, stderr, inColour } = stdio;

  const feed = observeWebSocket<string>(
    { url, headers, protocols, codec: text ? asText : asLineOfJson },
    heartbeat(settings.heartbeat),
    stopOnFatalClose(settings.stopOnFatalClose),
    retryWithBackoff(settings.retryWithBackoff),
  );
  let retries = 0;
  let batches = 0;
  let isOver = false;
  let failure: Error | undefined;

  const say = (remark: Remark) => {
    if (!isOver && isWorthSaying(remark, settings.logLevel)) stderr.write(lineOf(remark, inColour));
  };
  const hangUp = () => void feed.close();

  stderr.on('error', () => undefined); // nobody reads it: then there is nobody to tell
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE')
      isOver = true; // the reader has seen enough
    else failure ??= error;
    hangUp();
  });
  const stopping = stop.subscribe(hangUp);

  const ended = lastValueFrom(
    feed.lifecycle.pipe(
      tap((event) => {
        if (event.type === 'reconnecting') retries++;
        say(remarkOn(event));
      }),
    ),
    { defaultValue: undefined },
  );
  const lines = batch
    ? feed.messages.pipe(
        bufferCountOrTime(batch.count, batch.every),
        tap(() => batches++),
        map((messages) => (text ? JSON.stringify(messages) : `[${messages.join(',')}]`)),
      )
    : feed.messages;
  lines.subscribe({ next: printer(stdout, feed), error: () => undefined }); // `ended` tells of the error too
  const fail = (error: unknown) => {
    if (isOver) return;
    failure ??= asError(error);
    hangUp();
  };
  const sendStdin = () =>
    sendLines(stdin, feed).catch((error: unknown) => say({ word: 'stdin', text: asError(error).message }));
  void (file ? sendLines(file, feed) : Promise.resolve()).then(sendStdin, fail);

  await ended.catch((error: unknown) => (failure ??= asError(error)));

  say(summary({ stats: feed.stats, retries, batches: batch && batches }));
  say(failure ? { word: 'failed', text: failure.message } : { word: 'ended', text: 'closed as asked' });
  isOver = true;
  stopping.unsubscribe();
  stdin.destroy(); // or it would keep the process waiting for its end
  file?.destroy();
  return failure ? 1 : 0;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Writes lines; while their reader is slow, the peer has to wait. */
function printer(stdout: Writable, feed: Pausable): (line: string) => void {
  let isFull = false;
  return (line) => {
    if (stdout.write(`${line}\n`) || isFull) return;
    isFull = true;
    const resume = feed.pause();
    stdout.once('drain', () => {
      isFull = false;
      resume();
    });
  };
}
