import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs a script of package.json, in a process group of its own, which does not outlive the test.
 *
 * @param atEnd the test's own where tests run at once
 */
export function startScript(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  atEnd: (clean: () => void) => void = onTestFinished,
) {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args], {
    cwd: root,
    detached: true,
    env: { ...process.env, NO_COLOR: '1', ...env }, // in CI there are colours in a pipe, too
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const isAlive = () => signal(0);
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      return process.kill(-child.pid!, name);
    } catch {
      return false; // nobody is left
    }
  };
  atEnd(() => void signal('SIGKILL'));
  return { child, isAlive, signal };
}

/** Runs it to its end. */
export async function runScript(...args: Parameters<typeof startScript>) {
  const { child } = startScript(...args);
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { output, errors, status };
}
