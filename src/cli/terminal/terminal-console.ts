import { createInterface } from 'node:readline';
import type { Interface, Key } from 'node:readline';
import process from 'node:process';
import type { ReadStream, WriteStream } from 'node:tty';
import { inspect } from 'node:util';
import { asapScheduler, merge, Subject, Subscription } from 'rxjs';
import type { Console } from '../console.js';
import { escapeControls } from '../escape-controls.js';
import { formatLine } from '../log-line.js';
import { writeErrors } from '../write-errors.js';
import { LineQueue } from './line-queue.js';
import { PromptOutput } from './prompt-output.js';
import { Screen } from './screen.js';
import { statuses } from './statuses.js';
import { STATUS_COLOURS, statusText } from './status-text.js';

/** A terminal, and what it shows. */
export interface TerminalOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  /** Where the log goes instead, if that is no terminal. */
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly inColour: boolean;
  /** Whether there is a status line. */
  readonly hasStatus: boolean;
  /** Whether Ctrl-D at an empty prompt asks for the end. */
  readonly endsOnEof: boolean;
  /** Called for Ctrl-C, which is no signal while keys are read one by one. */
  readonly interrupt: () => void;
}

const HISTORY_SIZE = 1000;

/** A prompt with history and line editing; messages and the log above it, and between them the state of the connection. */
export function terminalConsole(options: TerminalOptions): Console {
  const { stdin, stdout, stderr, inColour, hasStatus, endsOnEof, interrupt } = options;
  const paint = (colour: keyof typeof inspect.colors, text: string) => {
    const [on, off] = inspect.colors[colour]!;
    return inColour ? `\x1b[${on}m${text}\x1b[${off}m` : text;
  };
  const prompt = `${paint('green', '>')} `;
  const promptOutput = new PromptOutput(stdout);
  const readline = createInterface({
    input: stdin,
    output: promptOutput,
    terminal: true,
    prompt,
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
  });
  const screen = new Screen(readline, stdout, promptOutput);
  const lines = new LineQueue();
  const eof = new Subject<'asked'>();
  const showing = new Subscription();
  let typedRows = 0;
  let pending = '';
  /** The window is closed: whatever is done with the terminal fails. */
  let isGone = false;

  const flush = () => {
    const text = pending;
    pending = '';
    if (text) screen.write(text);
  };
  /** What arrives in one turn is drawn at once: each time the prompt is drawn anew. */
  const write = (text: string) => {
    if (!pending) asapScheduler.schedule(flush);
    pending += text;
    return !stdout.writableNeedDrain;
  };

  const beforeKey = (_: string | undefined, { name = '', ctrl, meta }: Key) => {
    insertAtCursor(readline);
    if (ctrl || meta || name.length > 1) screen.beforeKeys(); // readline may move: pasted text is in the same chunk
    if (ctrl && name === 'z' && process.platform !== 'win32') screen.remove(); // the shell writes next
    if (name !== 'return' && name !== 'enter') return;
    readline.write(null, { ctrl: true, name: 'e' }); // to the end of the line, which may be rows below
    typedRows = readline.getCursorPos().rows + 1;
  };
  const listeners = [
    [stdin, 'keypress', beforeKey],
    [stdin, 'data', () => screen.beforeKeys()],
    [stdout, 'resize', () => screen.resized()],
  ] as const;
  for (const [stream, name, listener] of listeners) stream.prependListener(name, listener);
  const afterKey = (_: string | undefined, { name, ctrl }: Key) => {
    if (ctrl && name === 'l') screen.cleared();
  };
  const afterKeys = () => screen.afterKeys();
  stdin.on('keypress', afterKey).on('data', afterKeys);

  readline
    .on('line', (line) => {
      screen.entered(typedRows, line === '' ? '' : `${prompt}${escapeControls(line)}\n`);
      if (line !== '') lines.push(line);
    })
    .on('SIGINT', interrupt)
    .on('SIGCONT', () => screen.draw())
    .on('error', () => {
      if (isGone) return; // to close it is an error too
      isGone = true;
      readline.close();
    })
    .on('close', () => {
      flush();
      screen.remove();
      lines.end();
      if (endsOnEof) eof.next('asked');
    });
  stderr.on('error', () => undefined); // nobody reads it: there is nowhere to report to
  screen.draw();

  return {
    lines,
    end: merge(eof, writeErrors(stdout)),
    print: (line) => write(`${paint('blue', '<')} ${line}\n`),
    whenWritable: (callback) => stdout.once('drain', callback),
    log(line) {
      if (stderr.isTTY) write(formatLine(line, inColour));
      else stderr.write(formatLine(line, false));
    },
    waiting: () => lines.size,
    show(feed) {
      if (!hasStatus) return;
      const shown = statuses(feed, () => lines.size).subscribe((status) => {
        screen.status = {
          text: statusText(status),
          paint: (visible) => paint(STATUS_COLOURS[status.state.status], visible),
        };
      });
      showing.add(shown);
    },
    close() {
      showing.unsubscribe();
      for (const [stream, name, listener] of listeners) stream.removeListener(name, listener);
      stdin.removeListener('keypress', afterKey).removeListener('data', afterKeys);
      readline.close();
      flush();
      stdin.destroy(); // else the process waits for its end
    },
  };
}

/**
 * Of what is read at once, such as pasted text, readline appends all but the last character to the line, wherever the
 * cursor is, because that is fast. It does not while completion is enabled, which nothing else here depends on.
 */
function insertAtCursor(readline: Interface): void {
  if (readline.cursor < readline.line.length) Object.assign(readline, { isCompletionEnabled: true });
}
