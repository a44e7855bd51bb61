import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildPage } from '../../examples/build-page.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DASHBOARD = `${ROOT}examples/angular-dashboard/`;

/**
 * The page as its README says: one command makes it of the sources as they are now, and serves it. The application of the
 * guide is built with the tarball that this packs.
 */
export default async function serve(project) {
  const child = spawn('npm', ['run', '--silent', 'dashboard', '--', '0'], {
    cwd: ROOT,
    detached: true, // a process group, which ends as one
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = () => process.kill(-child.pid, 'SIGTERM');
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (!url) continue;
    project.provide('dashboard', url);
    try {
      const tarball = readdirSync(DASHBOARD).find((name) => name.endsWith('.tgz'));
      buildPage(`${ROOT}examples/angular-guide/`, DASHBOARD + tarball);
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }
  throw new Error('The dashboard did not start.');
}
