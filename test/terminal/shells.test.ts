import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { completion } from '../../src/cli/completion.js';
import { manPage } from '../../src/cli/man-page.js';
import { folderWith } from '../cli/folder.js';
import { Terminal } from './terminal.js';

const env = { PATH: process.env.PATH, LANG: 'C.UTF-8' };

describe('The completion', () => {
  it('of fish offers options and values', () => {
    const offered = (line: string) =>
      execFileSync('fish', ['-c', `${completion('fish')}\ncomplete -C ${JSON.stringify(line)}`], {
        encoding: 'utf8',
        env,
      })
        .split('\n')
        .filter(Boolean)
        .map((entry) => entry.split('\t')[0]);

    expect(offered('rxwire --heart')).toEqual(['--heartbeat', '--heartbeat-timeout']);
    expect(offered('rxwire --binary ')).toEqual(['base64', 'hex']);
  });

  it('of bash goes into folders, and keeps blanks in names', async () => {
    const folder = await folderWith({ 'rxwire.bash': completion('bash'), 'my file': '' });
    await mkdir(folder('certificates'));
    const terminal = await Terminal.run(`cd ${folder('')} && PS1='ready ' bash --norc -i`, { columns: 100 });
    await terminal.shows('ready');
    await terminal.type('. ./rxwire.bash');
    await terminal.press('Enter');
    await terminal.shows('ready . ./rxwire.bash', 'ready');

    await terminal.type('rxwire --ca cert');
    await terminal.press('Tab');
    await terminal.shows('ready rxwire --ca certificates/');
    await terminal.press('C-u');
    await terminal.type('rxwire --send-file my');
    await terminal.press('Tab');
    await terminal.shows('ready rxwire --send-file my\\ file');
    await terminal.press('C-u');
    await terminal.type('rxwire --binary=h');
    await terminal.press('Tab');

    await terminal.shows('ready rxwire --binary=hex');
  });

  it('of zsh offers options and values', async () => {
    const folder = await folderWith({
      _rxwire: completion('zsh'),
      '.zshrc': 'fpath=($PWD $fpath); autoload -Uz compinit; compinit -u; PS1="ready "\n',
    });
    const terminal = await Terminal.run(`cd ${folder('')} && ZDOTDIR=. zsh`, { columns: 100 });
    await terminal.shows('ready');

    await terminal.type('rxwire --heartbeat-t');
    await terminal.shows('ready rxwire --heartbeat-t');
    await terminal.press('Tab');
    await terminal.shows(/^ready rxwire --heartbeat-t/, /^--heartbeat-timeout {2}-- end the connection /);
    await terminal.press('C-u');
    await terminal.type('rxwire --binary h');
    await terminal.shows('ready rxwire --binary h');
    await terminal.press('Tab');

    await terminal.shows('ready rxwire --binary hex');
  });
});

describe('The manual page', () => {
  it('is read by man without a warning', async () => {
    const file = (await folderWith({ 'rxwire.1': manPage('1.2.3') }))('rxwire.1');

    const page = execFileSync('man', ['--warnings=all', '-E', 'UTF-8', '-l', file], {
      encoding: 'utf8',
      env: { ...env, MANWIDTH: '80', MAN_KEEP_FORMATTING: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });

    expect(page).toContain('rxwire - read a WebSocket feed and send to it');
    expect(page).toMatch(/^ +-x, --on-open LINE$/m);
    expect(page.replace(/\s+/g, ' ')).toContain('with \\n for a line break');
  });
});
