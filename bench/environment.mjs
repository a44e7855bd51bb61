import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

// Progress goes to stderr, because stdout is for the report.
const npm = (...args) => execFileSync('npm', args, { stdio: ['ignore', 2, 2] });

/** Installs the peers if they are missing, and builds the library, so that the published code is measured. */
export function prepare() {
  if (!existsSync(`${here}node_modules`)) npm('ci', '--prefix', here);
  npm('--prefix', root, 'run', '--silent', 'build');
}

/** @throws Error if a contestant has a copy of its own, which could be another version, and would use other caches */
function expectOneCopy(name, importers) {
  const copies = new Set(importers.map((path) => realpathSync(createRequire(path).resolve(name))));
  if (copies.size > 1) throw new Error(`Expected one copy of ${name}, got ${[...copies].join(', ')}.`);
}

/** The environment that the figures depend on. */
export function environment() {
  const require = createRequire(import.meta.url);
  const { dependencies } = require('./package.json');
  const library = `${root}dist/index.node.js`;
  expectOneCopy('rxjs', [import.meta.url, library, require.resolve('rxjs-websockets')]);
  expectOneCopy('ws', [import.meta.url, library]);

  const [rxwire, rxjs, ws] = ['..', 'rxjs', 'ws'].map((name) => require(`${name}/package.json`).version);
  const versions = { rxwire, rxjs, ws, ...dependencies }; // the versions of the peers are pinned
  return { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0], node: process.version, versions };
}
