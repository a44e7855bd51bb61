import { readFileSync } from 'node:fs';
import { markdownTable } from '../helpers/markdown-table.mjs';
import { measured } from '../helpers/measured.js';
import { sectionOf, withSection } from '../helpers/section.js';
import { ROOT } from '../readme/pages.js';

const PAGE = 'docs/bundlers.md';

/** One build of the app. */
export interface Built {
  readonly bundler: string;
  readonly version: string;
  /** What it finds the package by. */
  readonly finds: string;
  /** Of all scripts, gzipped. */
  readonly bytes: number;
  readonly holds: string;
}

/** The page with these builds in its table, in this order; rows of other bundlers stay. */
export function bundlersPage(builds: readonly Built[]): string {
  const page = readFileSync(ROOT + PAGE, 'utf8');
  const rows = builds.map(
    ({ bundler, version, finds, bytes, holds }) => [bundler, version, finds, holds, bytes] as const,
  );
  const head = ['bundler', 'version', 'finds the package by', 'what is counted', 'kB'];
  return withSection(
    page,
    'bundlers',
    markdownTable(head, measured(sectionOf(page, 'bundlers'), rows), ['', '', '', '', 'r']),
  );
}
