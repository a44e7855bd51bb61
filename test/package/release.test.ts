import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = ['package.json', 'package-lock.json', 'CHANGELOG.md', '.changeset', '.prettierrc.json'];

const run = promisify(execFile);

/** A repository with the files of this tree that a version is made from. */
async function copied(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-release-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await run('git', ['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  return folder;
}

interface Lock {
  readonly packages: Readonly<Record<string, object>>;
}

const lockIn = async (folder: string) => JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as Lock;

it('a version adds the changesets to the changelog', { timeout: 120_000 }, async () => {
  const folder = await copied();
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const versionIn = async (name: string) => (JSON.parse(await read(name)) as { version: string }).version;
  const before = await versionIn('package.json');
  const lock = await lockIn(folder);
  const [title, ...history] = (await read('CHANGELOG.md')).split('\n');
  const summary = 'It was slow on Mondays.\n\nIt is fast now.';
  await writeFile(join(folder, '.changeset', 'mondays.md'), `---\n'rxwire': patch\n---\n\n${summary}\n`);

  await run('npm', ['run', 'version'], { cwd: folder });

  const version = await versionIn('package.json');
  const changelog = await read('CHANGELOG.md');
  expect(version).not.toBe(before);
  expect(await lockIn(folder)).toEqual({
    ...lock,
    version,
    packages: { ...lock.packages, '': { ...lock.packages[''], version } },
  });
  expect(changelog).toMatch(new RegExp(`^${title!}\n\n## ${version}\n`));
  expect(changelog).toContain('\n- It was slow on Mondays.\n\n  It is fast now.\n');
  expect(changelog.endsWith(history.join('\n'))).toBe(true);
  expect((await readdir(join(folder, '.changeset'))).sort()).toEqual(['changelog.cjs', 'config.json']);
});
