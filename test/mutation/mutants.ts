import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

/** Loads every source with all of its mutants in it, each behind a switch. */
export function mutants(): Plugin {
  const file = fileURLToPath(new URL('../../.mutation/files.json', import.meta.url));
  const contents = new Map(JSON.parse(readFileSync(file, 'utf8')) as [name: string, content: string][]);
  return { name: 'mutants', enforce: 'pre', load: (id) => contents.get(id.split('?')[0]!) };
}
