import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';

/** A try that is under way for so many seconds never ends. */
const PATIENCE = 5;

/** Runs tests of the mutation project in a process group of its own. */
export function vitest(args, env) {
  const command = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'mutation', '--reporter=dot', ...args];
  return spawn(process.execPath, command, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true });
}

export const ended = (child) => new Promise((resolve) => child.on('exit', resolve));

const linesOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

/** Runs the tests with the mutants of one shard, in one process after another, until all have run. */
export async function runShard(shard, env, files) {
  const results = `.mutation/results-${shard}.jsonl`;
  const progress = `.mutation/progress-${shard}`;
  for (;;) {
    const before = linesOf(results);
    const child = vitest(files, env);
    const watch = setInterval(whoHangs(progress), 1000, (test, mutant) => {
      const line = mutant ? { mutant, status: 'timeout', test } : { done: test, why: 'is slow' };
      appendFileSync(results, `${JSON.stringify(line)}\n`);
      process.kill(-child.pid, 'SIGKILL');
    });
    const code = await ended(child);
    clearInterval(watch);
    rmSync(progress, { force: true });
    const found = linesOf(results).slice(before.length);
    if (found.length === 0) throw new Error(`No test was run: vitest has exited with ${code}.`);
    if (found.at(-1).startsWith('{"static"') && !found.some((line) => line.startsWith('{"spoilt"'))) return;
  }
}

/** @returns what looks once a second, and is given what to do with a try that never ends */
function whoHangs(progress) {
  let last = '';
  let still = 0;
  return (found) => {
    const now = existsSync(progress) ? readFileSync(progress, 'utf8') : '';
    still = now && now === last ? still + 1 : 0;
    last = now;
    if (still < PATIENCE) return;
    still = 0;
    const [, test, mutant] = JSON.parse(now);
    found(test, mutant);
  };
}
