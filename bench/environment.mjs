import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

// Progress is for people: standard output belongs to the report.
const npm = (...args) => execFileSync('npm', args, { stdio: ['ignore', 2, 2] });

/** Installs the peers where they are missing, and builds the library: what is measured is what would be published. */
export function prepare() {
  if (!existsSync(`${here}node_modules`)) npm('ci', '--prefix', here);
  npm('--prefix', root, 'run', '--silent', 'build');
}

/** @throws Error where a contestant has a copy of its own: it would run a different version, and fill other caches */
function expectOneCopy(name, importers) {
  const copies = new Set(importers.map((path) => realpathSync(createRequire(path).resolve(name))));
  if (copies.size > 1) throw new Error(`Expected one copy of ${name}, got ${[...copies].join(', ')}.`);
}

/** What the figures depend on. */
export function environment() {
  const require = createRequire(import.meta.url);
  const { dependencies } = require('./package.json');
  const library = `${root}dist/index.node.js`;
  expectOneCopy('rxjs', [import.meta.url, library, require.resolve('rxjs-websockets')]);
  expectOneCopy('ws', [import.meta.url, library]);

  const [rxwire, rxjs, ws] = ['..', 'rxjs', 'ws'].map((name) => require(`${name}/package.json`).version);
  const versions = { rxwire, rxjs, ws, ...dependencies }; // the peers' are pinned exactly
  return { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0], node: process.version, versions };
}
