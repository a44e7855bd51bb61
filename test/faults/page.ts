import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { sectionOf, withSection } from '../helpers/section.js';

const PAGE = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const SECTION = 'measured';

/** A row of the page: the result of a fault for a client. */
export interface Row {
  readonly fault: string;
  readonly client: string;
  readonly did: string;
  readonly noticed: string;
  readonly recovered: string;
  readonly lost: string;
  readonly duplicated: string;
}

/** Reads the rows of the page, in the order of its tables. */
export async function readRows(): Promise<Row[]> {
  const cells = sectionOf(await readFile(PAGE, 'utf8'), SECTION)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const rows: Row[] = [];
  for (const [fault = '', client = '', did = '', noticed = '', recovered = '', lost = '', duplicated = ''] of cells) {
    if (client === 'client' || /^-+$/.test(client)) continue;
    rows.push({ fault: fault || rows.at(-1)!.fault, client, did, noticed, recovered, lost, duplicated });
  }
  return rows;
}

/** Replaces the measured tables. */
export async function writeRows(
  groups: readonly { readonly title: string; readonly rows: readonly Row[] }[],
): Promise<void> {
  const tables = groups.map(({ title, rows }) => `### ${title}\n\n${table(rows)}`).join('\n\n');
  const page = withSection(await readFile(PAGE, 'utf8'), SECTION, tables);
  await writeFile(PAGE, await format(page, { parser: 'markdown', printWidth: 120 }));
}

const table = (rows: readonly Row[]): string =>
  markdownTable(
    ['fault', 'client', 'what it did', 'noticed', 'back', 'lost', 'twice'],
    rows.map(({ fault, client, did, noticed, recovered, lost, duplicated }, index) => [
      rows[index - 1]?.fault === fault ? '' : fault,
      client,
      did,
      noticed,
      recovered,
      lost,
      duplicated,
    ]),
    ['', '', '', 'r', 'r', 'r', 'r'],
  );
