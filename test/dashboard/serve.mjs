import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The page as its README says: one command makes it of the sources as they are now, and serves it. */
export default async function serve(project) {
  const child = spawn('npm', ['run', '--silent', 'dashboard', '--', '0'], {
    cwd: ROOT,
    detached: true, // a process group, which ends as one
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\S+/.exec(line) ?? [];
    if (!url) continue;
    project.provide('dashboard', url);
    return () => process.kill(-child.pid, 'SIGTERM');
  }
  throw new Error('The dashboard did not start.');
}
