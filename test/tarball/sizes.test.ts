import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { inject, expect, it } from 'vitest';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { measured } from '../helpers/measured.js';
import { sectionOf, withSection } from '../helpers/section.js';
import { OPERATORS, VALUES } from '../package/public-names.js';
import { blocksIn, ROOT } from '../readme/pages.js';

const KIB = 1024;

const SESSIONS = ['multiplex', 'requestResponse', 'connectionPool'];
const ERRORS = VALUES.filter((name) => name.endsWith('Error') && !name.startsWith('is'));
const GUARDS = VALUES.filter((name) => /^is.*Error$/.test(name));
const OTHERS = VALUES.filter(
  (name) => ![...OPERATORS, ...SESSIONS, ...ERRORS, ...GUARDS, 'observeWebSocket'].includes(name),
);

interface Client {
  readonly name: string;
  readonly gives: string;
  /** What a page imports. */
  readonly code: string;
  /** What it stands on, where that cannot be left out of a bundle. */
  readonly rxjs?: string;
}

/** What a page can load to stay connected; the last ones are other packages. */
const CLIENTS: readonly Client[] = [
  {
    name: '`observeWebSocket`',
    gives: 'lifecycle, messages, outbox',
    code: "export { observeWebSocket } from 'rxwire'",
  },
  {
    name: '… with `heartbeat`, `stopOnFatalClose` and `retryWithBackoff`',
    gives: 'the same, and it reconnects',
    code: "export { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } from 'rxwire'",
  },
  {
    name: '`webSocket` of `rxjs/webSocket`',
    gives: 'messages',
    code: "export { webSocket } from 'rxjs/webSocket'",
    rxjs: "export { Observable, ReplaySubject, Subject, Subscriber, Subscription } from 'rxjs'",
  },
  {
    name: '… with `retry` and `timer`',
    gives: 'the same, and it reconnects',
    code: "export { webSocket } from 'rxjs/webSocket'; export { retry, timer } from 'rxjs'",
    rxjs: "export { Observable, ReplaySubject, retry, Subject, Subscriber, Subscription, timer } from 'rxjs'",
  },
  {
    name: '`reconnecting-websocket`',
    gives: 'a WebSocket that reconnects',
    code: "export { default } from 'reconnecting-websocket'",
  },
  {
    name: '`partysocket/ws`',
    gives: 'a WebSocket that reconnects',
    code: "export { default } from 'partysocket/ws'",
  },
];

/** What a module costs a page: minified and gzipped. */
async function sizeOf(contents: string, external = ['rxjs'], resolveDir = inject('tarball').folder): Promise<number> {
  const { outputFiles, warnings } = await build({
    stdin: { contents, loader: 'ts', resolveDir },
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    external,
    bundle: true,
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

const exporting = (...names: string[]) => sizeOf(`export { ${names.join(', ')} } from 'rxwire'`);

/** The page with a table of what each public name costs. */
async function withImports(page: string): Promise<string> {
  const core = await exporting('observeWebSocket');
  const rows: [string, number, number | string][] = [['`observeWebSocket`', core, '']];
  for (const name of [...OPERATORS, ...SESSIONS, ...OTHERS]) {
    rows.push([`\`${name}\``, await exporting(name), (await exporting('observeWebSocket', name)) - core]);
  }
  for (const [kind, names] of [['an error', ERRORS] as const, ['a guard', GUARDS] as const]) {
    const alone = await Promise.all(names.map((name) => exporting(name)));
    const added = await Promise.all(names.map((name) => exporting('observeWebSocket', name)));
    rows.push([`${kind}, at most`, Math.max(...alone), Math.max(...added) - core]);
  }
  const head = ['import', 'alone', 'added to `observeWebSocket`'];
  const table = markdownTable(head, measured(sectionOf(page, 'imports'), rows, KIB), ['', 'r', 'r']);
  return withSection(page, 'imports', table);
}

/** The page with a table of what it costs to stay connected, with this package and with others. */
async function withClients(page: string): Promise<string> {
  const rows: [string, string, number, number][] = [];
  for (const { name, gives, code, rxjs } of CLIENTS) {
    const folder = code.includes("'rxwire'") ? inject('tarball').folder : ROOT;
    const all = await sizeOf(code, [], folder);
    const own = rxjs ? all - (await sizeOf(rxjs, [], ROOT)) : await sizeOf(code, ['rxjs'], folder);
    rows.push([name, gives, own, all]);
  }
  const head = ['client', 'what it gives', 'without RxJS', 'with what it uses of RxJS'];
  const table = markdownTable(head, measured(sectionOf(page, 'clients'), rows, KIB), ['', '', 'r', 'r']);
  return withSection(page, 'clients', table);
}

it('docs/bundlers.md says what each import costs, and what other clients cost', async () => {
  const page = readFileSync(`${ROOT}docs/bundlers.md`, 'utf8');

  const measuredPage = await withClients(await withImports(page));

  await expect(measuredPage).toMatchFileSnapshot('../../docs/bundlers.md');
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
