import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAGES, ROOT } from './pages.js';

/** Generated, and not in the repository. */
const MADE = ['docs/api', 'docs/site/dist'];

/** The files and folders of this repository that a page names. */
const pathsOf = (page: string): readonly string[] =>
  Array.from(
    readFileSync(ROOT + page, 'utf8').matchAll(
      /`((?:src|operators|test|bench|docs|examples|\.ci|\.github)\/[^`\s*]*)`/g,
    ),
    ([, path]) => path!,
  );

// The changelog is about earlier states of the repository.
it.each(PAGES.filter((page) => page !== 'CHANGELOG.md'))('%s names paths that exist', (page) => {
  expect(pathsOf(page).filter((path) => !MADE.includes(path) && !existsSync(ROOT + path))).toEqual([]);
});

it('paths are found in a page that has many', () => {
  expect(pathsOf('docs/architecture.md').length).toBeGreaterThan(20);
});
