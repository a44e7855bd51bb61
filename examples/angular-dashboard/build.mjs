import { execSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const changed = (path) => (existsSync(HERE + path) ? statSync(HERE + path).mtimeMs : 0);

/**
 * Builds the page with the package as npm would publish it: packed, and installed from the tarball. The tarball changes
 * with every build, so it is installed without an entry in the lock file.
 *
 * @param onStep called with the name of each step before it runs
 * @throws an error with the output of the failed step
 */
export function buildDashboard(onStep = () => undefined) {
  const run = (what, cwd, command) => {
    onStep(what);
    try {
      return execSync(command, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch ({ stdout, stderr, status }) {
      throw new Error(`${what}: \`${command}\` failed with ${status}.\n${stdout}${stderr}`);
    }
  };

  run('Building rxwire', ROOT, 'npm run build');
  const tarball = run('Packing it', ROOT, `npm pack --silent --pack-destination "${HERE}"`);
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    run('Installing the dependencies of the page', HERE, 'npm ci');
  }
  run('Installing the tarball', HERE, `npm install --no-save ./${tarball}`);
  run('Building the page', HERE, 'npm run build');
}
