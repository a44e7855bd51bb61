import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const FOLDER = fileURLToPath(new URL('../../examples/angular-guide/', import.meta.url));

it('The tests of the guide pass as `ng test` runs them', { timeout: 120_000 }, () => {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, VITEST: undefined };

  const output = execFileSync('npm', ['test'], {
    cwd: FOLDER,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

  expect(output).toMatch(/Tests\s+7 passed \(7\)/);
});
