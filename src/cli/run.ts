import type { Readable, Writable } from 'node:stream';
import { lastValueFrom, map, tap } from 'rxjs';
import type { Observable } from 'rxjs';
import { bufferCountOrTime, heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from '../index.node.js';
import type { Pausable } from '../index.node.js';
import type { Settings } from './command-line.js';
import { asLineOfJson, asText } from './message-codec.js';
import { formatLine, isLogged, lineFor, summary } from './log-line.js';
import type { LogLine } from './log-line.js';
import { sendLines } from './send-lines.js';

/** The streams that a run reads and writes. */
export interface Stdio {
  /** Sent before stdin; nothing if `undefined`. */
  readonly file: Readable | undefined;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether stderr shows colours. */
  readonly inColour: boolean;
}

/**
 * Runs until the connection has ended and is not retried, or until `stop` emits and the connection is closed. Resolves to
 * the exit status. stdout may still buffer output then.
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

  const log = (line: LogLine) => {
    if (!isOver && isLogged(line, settings.logLevel)) stderr.write(formatLine(line, inColour));
  };
  const close = () => void feed.close();

  stderr.on('error', () => undefined); // nobody reads it: there is nowhere to report to
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE')
      isOver = true; // the reader has closed the pipe
    else failure ??= error;
    close();
  });
  const stopping = stop.subscribe(close);

  const ended = lastValueFrom(
    feed.lifecycle.pipe(
      tap((event) => {
        if (event.type === 'reconnecting') retries++;
        log(lineFor(event));
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
  lines.subscribe({ next: printer(stdout, feed), error: () => undefined }); // `ended` has the error too
  const fail = (error: unknown) => {
    if (isOver) return;
    failure ??= asError(error);
    close();
  };
  const sendStdin = () =>
    sendLines(stdin, feed).catch((error: unknown) => log({ label: 'stdin', text: asError(error).message }));
  void (file ? sendLines(file, feed) : Promise.resolve()).then(sendStdin, fail);

  await ended.catch((error: unknown) => (failure ??= asError(error)));

  log(summary({ stats: feed.stats, retries, batches: batch && batches }));
  log(failure ? { label: 'failed', text: failure.message } : { label: 'ended', text: 'closed as asked' });
  isOver = true;
  stopping.unsubscribe();
  stdin.destroy(); // else the process waits for its end
  file?.destroy();
  return failure ? 1 : 0;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Writes lines, and pauses the connection while stdout is full. */
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
