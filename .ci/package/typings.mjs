/* The last step of a build: links in the doc comments of `dist`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withWorkingLinks } from './links.mjs';
import { locationOf } from './manifest.mjs';
import { readManifest, ROOT } from './tree.mjs';

const dist = join(ROOT, 'dist');
const location = locationOf(readManifest());

for (const file of readdirSync(dist).filter((name) => /\.d\.c?ts$/.test(name))) {
  const path = join(dist, file);
  writeFileSync(path, withWorkingLinks(readFileSync(path, 'utf8'), location));
}
