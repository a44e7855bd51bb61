import { execSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @throws an error with the output of the failed command */
function run(cwd, command) {
  try {
    return execSync(command, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch ({ stdout, stderr, status }) {
    throw new Error(`\`${command}\` failed with ${status} in ${cwd}.\n${stdout}${stderr}`);
  }
}

/**
 * Builds rxwire and packs it, as npm would publish it.
 *
 * @param folder where the tarball is put
 * @param onStep called with the name of each step before it runs
 * @returns the path of the tarball
 */
export function packRxwire(folder, onStep = () => undefined) {
  onStep('Building rxwire');
  run(ROOT, 'npm run build');
  onStep('Packing it');
  return folder + run(ROOT, `npm pack --silent --pack-destination "${folder}"`);
}

/**
 * Builds a page with the packed rxwire. The tarball changes with every build, so it is installed without an entry in the
 * lock file.
 *
 * @param folder of the page, with a slash at its end
 * @param onStep called with the name of each step before it runs
 */
export function buildPage(folder, tarball, onStep = () => undefined) {
  const changed = (path) => (existsSync(folder + path) ? statSync(folder + path).mtimeMs : 0);
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    onStep('Installing the dependencies of the page');
    run(folder, 'npm ci');
  }
  onStep('Installing the tarball');
  run(folder, `npm install --no-save "${tarball}"`);
  onStep('Building the page');
  run(folder, 'npm run build');
}
