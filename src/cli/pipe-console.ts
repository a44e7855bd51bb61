import type { Readable, Writable } from 'node:stream';
import { map, merge } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Console } from './console.js';
import { linesOf } from './lines-of.js';
import { formatLine } from './log-line.js';
import { writeErrors } from './write-errors.js';

/** The streams of a process. */
export interface Stdio {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether stderr shows colours. */
  readonly inColour: boolean;
  /** Emits when nobody reads stdout any more, where that can be known without a write. */
  readonly readerGone: Observable<unknown>;
}

/** Messages on stdout, the log on stderr, lines from stdin. */
export function pipeConsole({ stdin, stdout, stderr, inColour, readerGone }: Stdio): Console {
  stderr.on('error', () => undefined); // nobody reads it: there is nowhere to report to
  return {
    lines: linesOf(stdin),
    end: merge(writeErrors(stdout), readerGone.pipe(map(() => 'unread' as const))),
    print: (line) => stdout.write(`${line}\n`),
    whenWritable: (callback) => stdout.once('drain', callback),
    log: (line) => stderr.write(formatLine(line, inColour)),
    close: () => void stdin.destroy(), // else the process waits for its end
  };
}
