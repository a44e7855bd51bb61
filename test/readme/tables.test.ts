import { readFileSync } from 'node:fs';
import { fc } from '@fast-check/vitest';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { PAGES, ROOT } from './pages.js';

/** Every table of the pages, in order. */
const TABLES = PAGES.flatMap((page) =>
  Array.from(readFileSync(ROOT + page, 'utf8').matchAll(/(?:^\|.*\n)+/gm), ([table], n) => ({ page, n, table })),
);

const cellsOf = (line: string) => line.slice(1, -1).split(/(?<!\\)\|/);

/** Text without Markdown, which prettier would format. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '1', 'é', '…', '漢', '|', '\n') });

describe('A table', () => {
  it.each(TABLES)('of $page, number $n, has the format of the helper', ({ table }) => {
    const [head, rule, ...rows] = table.trim().split('\n').map(cellsOf);
    const align = rule!.map((dashes) => (dashes.trim().endsWith(':') ? 'r' : ''));

    expect(`${markdownTable(head!, rows, align)}\n`).toBe(table);
  });

  it('has the format of prettier, whatever its cells contain', async () => {
    const tables = fc
      .array(fc.constantFrom('r' as const, '' as const), { minLength: 1, maxLength: 4 })
      .chain((align) => {
        const row = fc.tuple(...align.map(() => text));
        return fc.record({ align: fc.constant(align), head: row, rows: fc.array(row, { minLength: 1, maxLength: 4 }) });
      });

    await fc.assert(
      fc.asyncProperty(tables, async ({ head, rows, align }) => {
        const table = `${markdownTable(head, rows, align)}\n`;

        expect(await format(table, { parser: 'markdown' })).toBe(table);
      }),
    );
  });

  it('escapes bars and line breaks in its cells', () => {
    expect(markdownTable(['a'], [['b | c'], ['d\ne'], ['f \\| g'], [1]]).split('\n')).toEqual([
      '| a      |',
      '| ------ |',
      '| b \\| c |',
      '| d e    |',
      '| f \\| g |',
      '| 1      |',
    ]);
  });
});
