/*
 * bundle.mjs NAME ENTRY…: bundles examples/NAME/ENTRY.ts for Node. A bundle takes the place of an older one at once: the
 * same example may be about to start elsewhere.
 */

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [name, ...entries] = process.argv.slice(2);
const fromRoot = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const outdir = fromRoot(`node_modules/.cache/rxwire-${name}`);

const { outputFiles } = await build({
  entryPoints: entries.map((entry) => fromRoot(`examples/${name}/${entry}.ts`)),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
  outdir,
  write: false,
});

await mkdir(outdir, { recursive: true });
for (const { path, contents } of outputFiles) {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, contents);
  await rename(draft, path);
}
