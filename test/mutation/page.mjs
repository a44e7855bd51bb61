import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { changeOf, isNoticed } from './verdicts.mjs';

const PAGE = 'docs/mutation-testing.md';
const RESULTS = '\n## Results\n';

const count = (mutants, isOne) => mutants.filter(isOne).length;
const score = (mutants) => `${((100 * count(mutants, isNoticed)) / mutants.length).toFixed(1)} %`;

function byFolder(mutants) {
  const folders = new Map();
  for (const mutant of mutants) {
    const folder = dirname(mutant.file);
    folders.set(folder, [...(folders.get(folder) ?? []), mutant]);
  }
  return [...folders];
}

/** Writes the results into docs/mutation-testing.md, below what somebody has written there. */
export async function writePage(all) {
  const mutants = all.filter(({ status }) => status !== 'static');
  const untried = all.length - mutants.length;
  const rest = `${untried} more act only while files are loaded, and were not tried: a process of its own for each takes long.`;
  const [text] = readFileSync(PAGE, 'utf8').split(RESULTS);
  const rows = byFolder(mutants).map(([folder, list]) => [
    `\`${folder}/\``,
    list.length,
    count(list, isNoticed),
    count(list, ({ status }) => status === 'timeout'),
    score(list),
  ]);
  const survivors = mutants
    .filter((mutant) => !isNoticed(mutant))
    .map((mutant) => `${mutant.file}:${mutant.location.start.line + 1} ${changeOf(mutant)}`);
  const page = [
    `${text}${RESULTS}`,
    `Of ${mutants.length} mutants, ${count(mutants, isNoticed)} are noticed (${score(mutants)}).${untried > 0 ? ` ${rest}` : ''}`,
    markdownTable(['folder', 'mutants', 'noticed', 'of these by timeout', 'score'], rows, ['', 'r', 'r', 'r', 'r']),
    '## Survivors',
    'The line, what stands there, and what a mutant had there, of which no test took notice.',
    ['```text', ...survivors, '```'].join('\n'),
  ].join('\n\n');
  writeFileSync(PAGE, await format(page, { parser: 'markdown', printWidth: 120 }));
}
