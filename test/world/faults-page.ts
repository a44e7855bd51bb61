import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { sectionOf, withSection } from '../helpers/section.js';
import type { Plan } from './plan.js';

const PAGE = fileURLToPath(new URL('../../docs/world.md', import.meta.url));
const SECTION = 'faults';
const HEAD = ['fault', 'seed', 'the shrunk world', 'what was wrong'];

/** How a fault was found. */
export interface FoundFault {
  readonly what: string;
  /** Of the first world that fails. */
  readonly seed: number;
  /** The smallest one that was found. */
  readonly plan: Plan;
  /** It would have become smaller with more time. */
  readonly isCutOff: boolean;
  readonly complaint: string;
}

/** The seeds by faults, as the page has them. */
export async function readSeeds(): Promise<ReadonlyMap<string, number>> {
  const lines = sectionOf(await readFile(PAGE, 'utf8'), SECTION)
    .split('\n')
    .slice(2);
  return new Map(
    lines.map((line) => line.split('|').map((cell) => cell.trim())).map(([, what, seed]) => [what!, Number(seed)]),
  );
}

/** Replaces the table. */
export async function writeFaults(faults: readonly FoundFault[]): Promise<void> {
  const rows = faults.map(({ what, seed, plan, isCutOff, complaint }) => [
    what,
    seed,
    shortOf(plan, isCutOff),
    complaint,
  ]);
  const page = withSection(await readFile(PAGE, 'utf8'), SECTION, markdownTable(HEAD, rows, ['', 'r', '', '']));
  await writeFile(PAGE, await format(page, { parser: 'markdown', printWidth: 120 }));
}

function shortOf({ happenings }: Plan, isCutOff: boolean): string {
  if (isCutOff) return `${happenings.length} happenings (shrinking was cut off)`;
  return happenings.map((each) => `\`${each.do}\` at ${each.at} s`).join('; ') || 'nothing: a world without faults';
}
