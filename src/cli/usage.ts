import { GROUPS } from './option-definition.js';
import { optionList } from './options.js';
import type { OptionDefinition } from './option-definition.js';

const WIDTH = 80;
/** Where the descriptions of options begin. */
const COLUMN = 29;

/** What the command does, in paragraphs. */
export const DESCRIPTION: readonly string[] = [
  'Prints every message as one line of JSON on stdout, logs the events of the connection on stderr, and sends each line ' +
    'of stdin that is not empty. A slow reader of stdout pauses the connection, and a slow peer pauses stdin. Reconnects ' +
    'until a close code is fatal. Ctrl-C closes the connection.',
  'On a terminal there is a prompt with history, and a line with the state of the connection.',
  'The URL begins with ws:// (may be left out) or wss://, or is that of a Unix socket: ws+unix:/path/of.sock:/path.',
];

/** What the exit statuses mean. */
export const EXIT_STATUSES: readonly (readonly [status: number, meaning: string])[] = [
  [0, 'closed on request: a signal, --count, --exit-on-eof, Ctrl-D at the prompt, or nobody reads stdout'],
  [1, 'ended by an error that is not retried'],
  [2, 'invalid command line, or a file or a package that it needs is missing'],
];

export const SYNOPSIS = 'rxwire [options] <url>';

/** Printed by `--help`. */
export function usage(): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const options = optionList.filter(([, option]) => option.group === group);
    return `${title}:\n${options.map(([name, option]) => entry(form(name, option), option.help)).join('')}`;
  });
  const statuses = EXIT_STATUSES.map(([status, meaning]) => entry(`  ${status}`, meaning, 5)).join('');
  return [
    `Usage: ${SYNOPSIS}\n`,
    ...DESCRIPTION.map((paragraph) => `${wrapped(paragraph, WIDTH).join('\n')}\n`),
    ...groups,
    `Exit status:\n${statuses}`,
  ].join('\n');
}

/** Printed after an error in the command line. */
export const SHORT_USAGE = `Usage: ${SYNOPSIS}\nrxwire --help lists the options.\n`;

/** How an option is written: `-H, --header 'K: V'`. */
export function form(name: string, { short, value }: OptionDefinition): string {
  return `  ${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
}

function entry(left: string, text: string, column = COLUMN): string {
  const [first = '', ...rest] = wrapped(text, WIDTH - column);
  const lines = left.length < column - 1 ? [left.padEnd(column) + first] : [left, ' '.repeat(column) + first];
  return [...lines, ...rest.map((line) => ' '.repeat(column) + line)].map((line) => `${line}\n`).join('');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
