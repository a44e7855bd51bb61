import { execSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const changed = (path) => (existsSync(HERE + path) ? statSync(HERE + path).mtimeMs : 0);

/**
 * Builds the page against the package as npm would publish it: packed, and installed from the tarball. No lock can hold
 * what changes with every build, so the tarball is installed beside the lock.
 *
 * @param tell is told of each step before it is made
 * @throws with all output of the step that failed
 */
export function buildDashboard(tell = () => undefined) {
  const run = (what, cwd, command) => {
    tell(what);
    try {
      return execSync(command, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
    } catch ({ stdout, stderr, status }) {
      throw new Error(`${what}: \`${command}\` failed with ${status}.\n${stdout}${stderr}`);
    }
  };

  run('Building rxwire', ROOT, 'npm run build');
  const tarball = run('Packing it', ROOT, `npm pack --silent --pack-destination "${HERE}"`);
  if (changed('node_modules/.package-lock.json') < changed('package-lock.json')) {
    run('Installing what the page is made of', HERE, 'npm ci');
  }
  run('Installing the tarball', HERE, `npm install --no-save ./${tarball}`);
  run('Building the page', HERE, 'npm run build');
}
