import { GROUPS } from './option-definition.js';
import { optionList } from './options.js';
import type { OptionDefinition } from './option-definition.js';
import { DESCRIPTION, EXIT_STATUSES } from './usage.js';

/** The manual page of a version, in the language of man(7). */
export function manPage(version: string): string {
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const options = optionList.filter(([, option]) => option.group === group);
    return `.SS ${quoted(title)}\n${options.map(([name, option]) => item(name, option)).join('')}`;
  });
  return [
    `.TH RXWIRE 1 "" ${quoted(`rxwire ${version}`)} "User Commands"`,
    '.SH NAME',
    'rxwire \\- read a WebSocket feed and send to it',
    '.SH SYNOPSIS',
    '.B rxwire',
    '[\\fIoptions\\fR] \\fIurl\\fR',
    '.SH DESCRIPTION',
    DESCRIPTION.map(text).join('\n.PP\n'),
    '.SH OPTIONS',
    ...groups.map((group) => group.trimEnd()),
    '.SH EXIT STATUS',
    ...EXIT_STATUSES.map(([status, meaning]) => `.TP\n${bold(String(status))}\n${text(meaning)}`),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.map(([names, meaning]) => `.TP\n${names.split(', ').map(bold).join(', ')}\n${text(meaning)}`),
    '.SH EXAMPLES',
    ...EXAMPLES.map(([what, command]) => `${text(what)}\n.PP\n.EX\n${text(command)}\n.EE\n.PP`),
    '',
  ].join('\n');
}

const ENVIRONMENT = [
  ['https_proxy, http_proxy, all_proxy', 'the proxy for wss:, for ws:, for both; in capitals too'],
  ['no_proxy', 'hosts that are connected to without it: names, which stand for what is below them too, or *'],
  ['NO_COLOR', 'if it is set, nothing is in colour'],
] as const;

const EXAMPLES = [
  ['Subscribe after every connect, and print what comes:', `rxwire -x '{"op":"subscribe"}' wss://feed.example/trades`],
  ['Ask once, print the answer, and end:', `echo '{"op":"time"}' | rxwire -q -1 wss://feed.example/api`],
] as const;

function item(name: string, { short, value, help }: OptionDefinition): string {
  const names = [...(short ? [`-${short}`] : []), `--${name}`].map(bold).join(', ');
  return `.TP\n${names}${value ? ` \\fI${text(value)}\\fR` : ''}\n${text(help)}\n`;
}

const bold = (name: string) => `\\fB${text(name)}\\fR`;

const quoted = (words: string) => `"${words.replaceAll('"', '\\(dq')}"`;

/** Text for the page: backslashes and dashes are themselves, and no line is a request. */
function text(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/gm, '\\&$&');
}
