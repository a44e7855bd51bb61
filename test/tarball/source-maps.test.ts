import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from './run.js';
import { install } from './installed.js';
import type { Installed } from './installed.js';

interface SourceMap {
  readonly sources: readonly string[];
  readonly sourcesContent?: readonly (string | null)[];
  readonly mappings: string;
}

let user: Installed;

beforeAll(async () => {
  user = await install();
});

afterAll(() => user.remove());

const read = (path: string) => readFile(join(user.folder, 'node_modules/rxwire', path), 'utf8');

/** A source in this tree, by its path in a map. */
const sourceOf = (path: string) => readFile(join(ROOT, path.replace(/^(\.\.\/)+/, '')), 'utf8');

describe('A source map', () => {
  it('lies beside every file of code, and has the TypeScript in it', async () => {
    const scripts = user.files.filter((path) => /\.c?js$/.test(path));
    const sources = new Set<string>();

    for (const script of scripts) {
      expect(user.files).toContain(`${script}.map`);
      const map = JSON.parse(await read(`${script}.map`)) as SourceMap;
      for (const [n, path] of map.sources.entries()) {
        sources.add(path);
        expect(path).toMatch(/^(\.\.\/)+(src|operators)\/.*\.ts$/);
        expect(map.sourcesContent?.[n]).toBe(await sourceOf(path));
      }
      // What only exports from elsewhere has nothing to lead to.
      if (map.sources.length === 0) expect(await read(script)).not.toMatch(/\b(function|class)\b.*\{$/m);
    }
    expect(sources.size).toBeGreaterThan(50);
  });

  it.each([
    ['ESM', 'import * as rxwire from "rxwire"', '--input-type=module'],
    ['CJS', 'const rxwire = require("rxwire")', '--input-type=commonjs'],
  ])('leads from a stack to the line, in %s', async (_name, load, type) => {
    const printed = await user.node(
      `${load}; try { rxwire.bufferCountOrTime(0, 1) } catch (error) { console.log(error.stack) }`,
      type,
      '--enable-source-maps',
    );

    const frames = [...printed.matchAll(/\/((?:src|operators)\/[\w/-]+\.ts):(\d+):\d+/g)];
    const lines = await Promise.all(
      frames.map(async ([, path, line]) => (await sourceOf(path!)).split('\n')[Number(line) - 1]!),
    );
    expect(frames.map(([, path]) => path)).toEqual(['src/protocol/arguments.ts', 'operators/buffer-count-or-time.ts']);
    expect(lines[0]).toContain('throw new ');
    expect(lines[1]).toContain('count');
  });
});
