import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inject, expect, it } from 'vitest';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { measured } from '../helpers/measured.js';
import { sectionOf, withSection } from '../helpers/section.js';
import { OPERATORS } from '../package/public-names.js';
import { blocksIn, ROOT } from '../readme/pages.js';

const KIB = 1024;

/** Those that a size says something of: functions that are no guards, and no errors. */
const SESSIONS = ['multiplex', 'requestResponse', 'connectionPool'];
const OTHERS = ['atMost', 'binary', 'text', 'online', 'visible', 'webSocketStreamTransport'];
const OPERATOR_FUNCTIONS = OPERATORS.filter((name) => !['leastWait', 'lifecycleLogLevels'].includes(name));

/** What a module costs a page: minified and gzipped, without rxjs. */
async function sizeOf(contents: string): Promise<number> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, loader: 'ts', resolveDir: inject('tarball').folder },
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    external: ['rxjs'],
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

const exporting = (...names: string[]) => sizeOf(`export { ${names.join(', ')} } from 'rxwire'`);

it('docs/bundlers.md says what each import costs', async () => {
  const core = await exporting('observeWebSocket');
  const rows: [string, number, number | string][] = [['`observeWebSocket`', core, '']];
  for (const name of [...OPERATOR_FUNCTIONS, ...SESSIONS, ...OTHERS]) {
    rows.push([`\`${name}\``, await exporting(name), (await exporting('observeWebSocket', name)) - core]);
  }
  const page = readFileSync(`${ROOT}docs/bundlers.md`, 'utf8');
  const head = ['import', 'alone', 'added to `observeWebSocket`'];

  const table = markdownTable(head, measured(sectionOf(page, 'imports'), rows, KIB), ['', 'r', 'r']);

  await expect(withSection(page, 'imports', table)).toMatchFileSnapshot('../../docs/bundlers.md');
});

it('The README says what a page loads', async () => {
  const [example] = blocksIn('ts').filter(({ page }) => page === 'README.md');
  const rows: [string, number, string][] = [
    ['`observeWebSocket` alone', await exporting('observeWebSocket'), '7'],
    ['the example at the top of this page', await sizeOf(example!.code), '10'],
  ];
  const page = readFileSync(`${ROOT}README.md`, 'utf8');
  const head = ['a browser loads, minified and gzipped, without rxjs', 'KiB', 'goal'];

  const table = markdownTable(head, measured(sectionOf(page, 'sizes'), rows, KIB), ['', 'r', 'r']);

  await expect(withSection(page, 'sizes', table)).toMatchFileSnapshot('../../README.md');
});
