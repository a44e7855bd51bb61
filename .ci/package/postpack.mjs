/* Undoes what `prepack.mjs` did. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ROOT } from './tree.mjs';

/** The files as they were, or null for those that were not there. */
export const UNDO = '.packing.json';

export function restore() {
  const undo = join(ROOT, UNDO);
  if (!existsSync(undo)) return;
  for (const [path, content] of Object.entries(JSON.parse(readFileSync(undo, 'utf8')))) {
    const file = join(ROOT, path);
    if (content !== null) {
      writeFileSync(file, content);
      continue;
    }
    rmSync(file, { force: true });
    if (existsSync(dirname(file)) && readdirSync(dirname(file)).length === 0) rmdirSync(dirname(file));
  }
  rmSync(undo);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) restore();
