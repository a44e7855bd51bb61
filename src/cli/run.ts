import type { Readable } from 'node:stream';
import { firstValueFrom, lastValueFrom, merge, tap, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Transport } from '../index.node.js';
import type { Console, Feed } from './console.js';
import { bounded } from '../protocol/backoff.js';
import { feedFor } from './feed-for.js';
import { linesOf } from './lines-of.js';
import { isLogged, lastLine, lineFor, summary } from './log-line.js';
import type { LogLine } from './log-line.js';
import { printedLines } from './printed-lines.js';
import { printer } from './printer.js';
import { sendLines } from './send-lines.js';
import type { LogLevel, Settings } from './settings.js';

/** What a run works with. */
export interface RunParts {
  readonly transport: Transport;
  /** The host of the proxy, if there is one. */
  readonly proxy: string | undefined;
  /** Sent before the lines of the console; nothing if `undefined`. */
  readonly file: Readable | undefined;
  readonly console: Console;
  /** Whether what is printed is seen on a terminal. */
  readonly onTerminal: boolean;
  readonly logLevel: LogLevel;
  /** Emits log lines of the transport, and errors to end the run with. */
  readonly reports: Observable<LogLine>;
  /** Emits to end the run. */
  readonly stop: Observable<unknown>;
}

/**
 * Runs until the connection has ended and is not retried, or until the end is asked for and the connection is closed.
 * Resolves to the exit status. stdout may still buffer output then.
 */
export async function run(settings: Settings, parts: RunParts): Promise<number> {
  const { transport, proxy, file, console, onTerminal, logLevel, reports, stop } = parts;
  const feed = feedFor(settings, transport);
  let retries = 0;
  let batches = 0;
  let isOver = false;
  let failure: Error | undefined;

  const log = (line: LogLine) => {
    if (!isOver && isLogged(line, logLevel)) console.log(line);
  };
  const close = () => void feed.close();
  const fail = (error: unknown) => {
    if (isOver) return;
    failure ??= asError(error);
    close();
  };

  const watching = merge(stop, console.end).subscribe({
    next: (reason) => {
      isOver ||= reason === 'unread';
      close();
    },
    error: fail,
  });
  watching.add(reports.subscribe({ next: log, error: fail }));
  console.show?.(feed);

  const ended = lastValueFrom(
    feed.lifecycle.pipe(
      tap((event) => {
        if (event.type === 'reconnecting') retries++;
        log(lineFor(event, proxy));
      }),
    ),
    { defaultValue: undefined },
  );
  printedLines(feed.messages, settings, onTerminal, () => batches++).subscribe({
    next: printer(console, feed),
    error: () => undefined, // `ended` has the error too
    complete: close, // all that were to be printed; or the feed has ended
  });
  void sendAll(feed, settings, { file, console, log }).catch(fail);

  await ended.catch((error: unknown) => (failure ??= asError(error)));

  const unsent = console.waiting?.() ?? 0;
  if (unsent > 0) log(lineFor({ type: 'dropped', count: unsent, reason: 'closed' }));
  log(summary({ stats: feed.stats, retries, batches: settings.batch && batches }));
  log(lastLine(failure, proxy));
  isOver = true;
  watching.unsubscribe();
  console.close();
  file?.destroy();
  return failure ? 1 : 0;
}

/** Sends the file and the lines of the console, then closes if the end of these is the end. */
async function sendAll(
  feed: Feed,
  { exitAfter }: Settings,
  { file, console, log }: Pick<RunParts, 'file' | 'console'> & { readonly log: (line: LogLine) => void },
): Promise<void> {
  if (file) await sendLines(linesOf(file), feed);
  await sendLines(console.lines, feed).catch((error: unknown) => log({ label: 'stdin', text: asError(error).message }));
  if (exitAfter === undefined) return;
  await feed.drained();
  await firstValueFrom(timer(bounded(exitAfter)));
  await feed.close();
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
