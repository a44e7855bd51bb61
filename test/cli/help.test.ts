import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completion } from '../../src/cli/completion.js';
import { manPage } from '../../src/cli/man-page.js';
import { GROUPS, SHELLS } from '../../src/cli/option-definition.js';
import { optionList } from '../../src/cli/options.js';
import { EXIT_STATUSES, form, usage } from '../../src/cli/usage.js';

/** Without breaks and indentation. */
const flat = (text: string) => text.replace(/\s+/g, ' ');

describe('--help', () => {
  it('has every option of the table with its words, in its group', () => {
    const sections = usage().split(/\n\n(?=\S[^\n]*:\n {2})/);

    for (const [group, title] of Object.entries(GROUPS)) {
      const section = flat(sections.find((text) => text.startsWith(`${title}:\n`)) ?? '');
      const names = [...section.matchAll(/ --([\w-]+) /g)].map(([, name]) => name);
      const options = optionList.filter(([, option]) => option.group === group);
      for (const [name, option] of options) expect(section).toContain(flat(`${form(name, option)} ${option.help}`));
      expect(names).toEqual(expect.arrayContaining(options.map(([name]) => name)));
    }
  });

  it('has every exit status', () => {
    for (const [status, meaning] of EXIT_STATUSES) expect(flat(usage())).toContain(`${status} ${flat(meaning)}`);
  });

  it('fits into 80 columns', () => {
    expect(
      Math.max(
        ...usage()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(80);
  });
});

describe('The table of options', () => {
  it('gives no letter twice', () => {
    const letters = optionList.flatMap(([, { short }]) => (short === undefined ? [] : [short]));

    expect([...new Set(letters)]).toEqual(letters);
  });
});

describe('The manual page', () => {
  it('has every option and no line that is a request by accident', () => {
    const page = manPage('1.2.3');

    for (const [name] of optionList) expect(page).toContain(`\\fB\\-\\-${name.replaceAll('-', '\\-')}\\fR`);
    expect(page).toMatch(/^\.TH RXWIRE 1 "" "rxwire 1\.2\.3"/);
    for (const line of page.split('\n').filter((line) => line.startsWith('.'))) {
      expect(line).toMatch(/^\.(TH|SH|SS|B|TP|PP|EX|EE)\b/);
    }
  });
});

describe('The completion of bash', () => {
  /** What bash offers for a command line whose last word is being typed. */
  function offered(...words: string[]): string[] {
    const script = `${completion('bash')}
COMP_WORDS=(rxwire "$@"); COMP_CWORD=$#; _rxwire; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8', cwd: import.meta.dirname })
      .split('\n')
      .filter(Boolean);
  }

  it('offers options, the values of an option, files where one is wanted, and nothing else', () => {
    expect(offered('--heart')).toEqual(['--heartbeat', '--heartbeat-timeout']);
    expect(offered('--binary', '')).toEqual(['hex', 'base64']);
    expect(offered('--completion', 'f')).toEqual(['fish']);
    expect(offered('--send-file', 'help')).toEqual(['help.test.ts']);
    expect(offered('--batch', '')).toEqual([]);
    expect(offered('')).toEqual([]);
  });

  it('offers the values of an option behind `=`, which is a word of its own', () => {
    expect(offered('--binary', '=')).toEqual(['hex', 'base64']);
    expect(offered('--binary', '=', 'h')).toEqual(['hex']);
  });

  it.each(SHELLS)('as that of %s, has every option', (shell) => {
    for (const [name] of optionList) expect(completion(shell)).toMatch(new RegExp(`(--|-l )${name}\\b`));
  });
});
