/* The last step of a build: links in the doc comments of `dist`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withNamesInScope, withWorkingLinks } from './links.mjs';
import { locationOf } from './manifest.mjs';
import { readManifest, ROOT } from './tree.mjs';

const dist = join(ROOT, 'dist');
const location = locationOf(readManifest());
const read = (file) => readFileSync(join(dist, file), 'utf8');

/** Where a name may be imported from: what it takes least code to know comes first. */
const entries = ['operators', 'index', 'testing'].map((name) => [name, read(`${name}.d.ts`)]);

for (const file of readdirSync(dist).filter((name) => /\.d\.c?ts$/.test(name))) {
  const extension = file.endsWith('.d.cts') ? 'cjs' : 'js';
  const typings = withWorkingLinks(read(file), location);
  writeFileSync(join(dist, file), withNamesInScope(typings, entries, extension));
}
