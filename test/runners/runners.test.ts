import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, inject, it } from 'vitest';
import { programOf } from '../platforms/places/packages.js';
import { bun, deno } from '../platforms/places/runtimes.js';

const JEST = programOf('jest', 'bin/jest.js');
const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** A command, and the words in its report when all tests passed. */
const RUNNERS: Record<string, readonly [command: readonly string[], passed: RegExp]> = {
  vitest: [[process.execPath, VITEST, 'run', 'vitest.test.mjs'], /Tests\s+3 passed/],
  jest: [
    [process.execPath, '--experimental-vm-modules', JEST, '--watchman=false', 'jest.test'],
    /Tests:\s+4 passed, 4 total/,
  ],
  'jest, with a TestBed of Angular': [
    [process.execPath, '--experimental-vm-modules', JEST, '--watchman=false', 'test-bed.test'],
    /Tests:\s+1 passed, 1 total/,
  ],
  'node:test': [[process.execPath, '--test', 'node.test.mjs'], /pass 2\n/],
  mocha: [[process.execPath, programOf('mocha', 'bin/mocha.js'), 'mocha.test.mjs'], /2 passing/],
  bun: [bun('test', './bun.test.mjs'), /2 pass\n/],
  deno: [deno('test', '--no-check', 'deno.test.mjs'), /2 passed/],
};

/** Runs a command in the project. @returns its status and all that it prints, without colours */
async function run([program, ...args]: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(program!, args, {
    cwd: inject('project'),
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, DENO_NO_UPDATE_CHECK: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number, output: output + errors };
}

describe.each(Object.entries(RUNNERS))('The kit in %s', (name, [command, passed]) => {
  it('runs the tests of a user', async () => {
    const { status, output } = await run(command);

    expect(output).toMatch(passed);
    expect(status).toBe(0);
  });

  if (name.includes('TestBed')) return; // it has no lifecycle to compare

  it('shows a lifecycle that is not as expected as marbles', async () => {
    const { status, output } = await run(command, { FAILS: '1' });

    expect(output).toMatch(/expected {2}c-o--\(xr\) 9ms c-o\n\s*actual {4}c-o--\(xr\)-----c-o\n/);
    expect(output).toContain('Event 5 should be c (connecting) at 18 ms, and is c (connecting: attempt 2) at 14 ms.');
    expect(status).not.toBe(0);
  });
});
