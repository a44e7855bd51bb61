import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const other = [];

/** The contestants that are builds of ours: the checkout, and the commit that `--compare` names. */
export const ours = () => ['rxwire', ...other.map(({ contestant }) => contestant)];

/** The argument of a contestant's program, and the build that it loads: `undefined` is the checkout's. */
export const distOf = (contestant) =>
  other.find((build) => build.contestant === contestant) ?? { name: contestant, dist: undefined };

/** Builds another commit, which takes part in every row from then on. Its imports lead to the checkout's node_modules. */
export function compareWith(ref) {
  const git = (...args) => execFileSync('git', ['-C', root, ...args], { maxBuffer: 2 ** 30 });
  const commit = git('rev-parse', '--verify', `${ref}^{commit}`).toString().trim();
  const folder = `${root}node_modules/.cache/rxwire-bench/${commit}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-x', '-C', folder], { input: git('archive', commit) });
  execFileSync(`${root}node_modules/.bin/tsup`, ['--silent', '--no-dts'], { cwd: folder, stdio: ['ignore', 2, 2] });
  other.push({ contestant: `rxwire at ${ref}`, name: 'rxwire', dist: pathToFileURL(`${folder}/dist/`).href });
}
