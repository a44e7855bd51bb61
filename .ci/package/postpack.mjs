/* Undoes what `prepack.mjs` did. By hand after a packing that was killed: `node .ci/package/postpack.mjs`. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ROOT } from './tree.mjs';

/** What was written, and what was there before, or null. */
export const UNDO = '.packing.json';

export const contentOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null);

export function restore() {
  const undo = join(ROOT, UNDO);
  if (!existsSync(undo)) return;
  for (const [path, { before, written }] of Object.entries(JSON.parse(readFileSync(undo, 'utf8')))) {
    const file = join(ROOT, path);
    if (contentOf(file) !== written) continue; // somebody has changed it since
    if (before !== null) {
      writeFileSync(file, before);
      continue;
    }
    rmSync(file);
    if (readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
  }
  rmSync(undo);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) restore();
