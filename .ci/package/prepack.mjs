/* Makes the tree what users get, for as long as npm packs it. `postpack.mjs` undoes it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withAbsoluteLinks } from './links.mjs';
import { locationOf, publishedManifest, stubsOf } from './manifest.mjs';
import { contentOf, restore, UNDO } from './postpack.mjs';
import { asJson, isStale, readManifest, ROOT } from './tree.mjs';

restore(); // after a packing that was killed
// What npm prints, and nothing else, is on stdout: the name of the tarball, or JSON.
if (isStale()) execFileSync('npm', ['run', 'build'], { cwd: ROOT, stdio: ['ignore', process.stderr, process.stderr] });

const manifest = readManifest();
const files = {
  'package.json': asJson(publishedManifest(manifest)),
  'README.md': withAbsoluteLinks(readFileSync(join(ROOT, 'README.md'), 'utf8'), locationOf(manifest)),
  ...Object.fromEntries(Object.entries(stubsOf(manifest)).map(([path, stub]) => [path, asJson(stub)])),
};

const undo = Object.entries(files).map(([path, written]) => [path, { before: contentOf(join(ROOT, path)), written }]);
writeFileSync(join(ROOT, UNDO), asJson(Object.fromEntries(undo)));
for (const [path, content] of Object.entries(files)) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), content);
}
