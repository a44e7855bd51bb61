import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

// Not `new URL(…, import.meta.url)`, which Vite rewrites for tests with a document.
export const ROOT = `${resolve(import.meta.dirname, '../..')}/`;

/** A fenced block of one page. */
export interface Block {
  /** The page's path from the root. */
  readonly page: string;
  /** The language after the fence, for example `ts`. */
  readonly language: string;
  readonly code: string;
}

const guides = readdirSync(`${ROOT}docs`).filter((name) => name.endsWith('.md'));

/** All pages for readers. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...guides.sort().map((name) => `docs/${name}`),
];

/** Every fenced block of the pages, in order. */
export const BLOCKS: readonly Block[] = PAGES.flatMap((page) =>
  Array.from(
    readFileSync(ROOT + page, 'utf8').matchAll(/^ *(`{3,})(.*)\n([^]*?)^ *\1$/gm),
    ([, , language, code]): Block => ({ page, language: language!, code: code! }),
  ),
);

/** The blocks in one language. */
export const blocksIn = (language: string): readonly Block[] => BLOCKS.filter((block) => block.language === language);

/** The path in the first line of a block that is a file of an example. Its own build compiles it. */
export const fileOf = (code: string): string | undefined => /^\/\/ (\S+\.(?:ts|mjs))\n/.exec(code)?.[1];
