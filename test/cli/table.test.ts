import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The test of each row, on a real server: its file, and its name. */
const TESTS: Readonly<Record<string, readonly [file: string, ...names: string[]]>> = {
  connect: ['cli/handshake', 'goes to the URL of -c, and to one without a scheme'],
  'URL without a scheme': ['cli/handshake', 'goes to the URL of -c, and to one without a scheme'],
  'Unix socket': ['cli/handshake', 'goes to a Unix socket, with its path'],
  header: ['cli/handshake', 'has what the short options give'],
  subprotocol: ['cli/handshake', 'has what the short options give'],
  origin: ['cli/handshake', 'has what the short options give'],
  'user and password': ['cli/handshake', 'has the user name and the password of --auth', 'has those of the URL'],
  'send after connecting': ['cli/sending', 'sends its lines after every connect, before the file and stdin'],
  'end of stdin': [
    'cli/command',
    'is sent line by line, empty ones not, a last line without a line break too; its end does not end the run',
  ],
  'wait for replies, then end': ['cli/sending', 'waits for --wait, and for a connection'],
  'end after N messages': ['cli/ending', 'closes with 1000 after so many messages, and exits with 0', 'is one with -1'],
  reconnect: ['cli/command', 'follow a broken connection'],
  'fatal codes are not retried': ['cli/command', 'stop on the codes of --fatal, in place of the standard ones'],
  'notice a dead peer': [
    'cli/command',
    'ends a connection whose peer does not answer',
    'is a message with --ping, and any message answers it',
  ],
  'show pings and pongs': ['cli/ending', 'has the ping and pong frames of the peer with --show-pings'],
  'binary messages': ['cli/messages', 'that is binary is %s with --binary'],
  batches: ['cli/command', 'are one JSON array per line, and the last one is printed at the end'],
  'send no faster than': ['cli/sending', 'sends so many lines in any window'],
  'slow reader pauses server': ['cli/command', 'pauses the peer while the reader is slow, and loses nothing'],
  'any certificate': ['cli/tls', 'is accepted with %s'],
  certificates: [
    'cli/tls',
    'is accepted if its authority is that of --ca',
    'is that of --cert and --key, or of --cert alone if it holds both',
    'has a key that --passphrase unlocks',
  ],
  'HTTP proxy': ['cli/proxy', 'is that of --proxy, for %s:', 'is that of the environment, unless it is told otherwise'],
  compression: ['cli/handshake', 'offers compression with --compress alone'],
  'largest message': ['cli/handshake', 'ends the run with an error that names that option'],
  'ends with `head -1`': ['cli/ending', 'ends the run, even if nothing more is printed'],
  'prompt, history': [
    'terminal/prompt',
    'what is typed is sent, and stays above what is answered',
    'lines are edited, also in the rows of a pasted one, and come back from the history',
  ],
  'record and replay': ['cli/replay', 'breaks as it broke, and falls silent as it fell silent'],
  'completions, manual page': [
    'terminal/shells',
    'of fish offers options and values',
    'is read by man without a warning',
  ],
  'follow redirects': ['cli/handshake', 'that is answered with a redirect is refused, and the status is shown'],
};

/** The first two cells of the rows of the table. */
const rows = read('docs/command.md')
  .split('## For users of wscat and websocat')[1]!
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map(
    (line) =>
      line
        .replaceAll('\\|', '/')
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()) as [string, string],
  );

describe('The table for users of wscat and websocat', () => {
  it('has a test of each row, unless the command has nothing of that kind', () => {
    expect(rows.filter(([, ours]) => ours !== 'no').map(([need]) => need)).toEqual(Object.keys(TESTS));
  });

  it.each(Object.entries(TESTS))('has a test that exists: %s', (_, [file, ...names]) => {
    const source = read(`test/${file}.test.ts`);

    for (const name of names) expect(source).toContain(`'${name}'`);
  });
});
