import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES, ROOT } from './pages.js';

/** Made by a script, and in no repository. */
const MADE = ['docs/api'];

/** What a page names as a file or a folder of this repository. */
const pathsOf = (page: string): readonly string[] =>
  Array.from(
    readFileSync(ROOT + page, 'utf8').matchAll(
      /`((?:src|operators|test|bench|docs|examples|\.ci|\.github)\/[^`\s*]*)`/g,
    ),
    ([, path]) => path!,
  );

// The changelog says what was true then.
it.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('%s names paths that exist', (page) => {
  expect(pathsOf(page).filter((path) => !MADE.includes(path) && !existsSync(ROOT + path))).toEqual([]);
});

it('paths are found where a page names many', () => {
  expect(pathsOf('docs/architecture.md').length).toBeGreaterThan(20);
});
