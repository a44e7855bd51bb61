import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const execute = promisify(execFile);

const SET = {
  homepage: 'https://github.com/owner/rxwire#readme',
  repository: { type: 'git', url: 'git+https://github.com/owner/rxwire.git' },
  bugs: { url: 'https://github.com/owner/rxwire/issues' },
};

/** A tree with what packing uses, and a `dist` that is newer than its sources. */
async function tree(fields: object = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-packing-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const name of ['src', 'operators', 'dist']) await mkdir(join(folder, name));
  await cp(join(ROOT, '.ci/package'), join(folder, '.ci/package'), { recursive: true });

  const files = {
    'package.json': JSON.stringify({ ...manifest, version: '1.2.3', ...fields }),
    'README.md': '[auth](docs/auth.md)',
    'tsup.config.ts': '',
    'tsconfig.json': '{}',
    'operators/index.ts': '',
    'dist/index.d.ts': '',
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')])));
}

/** npm by itself: the environment of `npm test` is not that of a shell. */
const npm = (folder: string, ...args: string[]) => {
  const env = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return execute('npm', args, { cwd: folder, env: Object.fromEntries(env) });
};

const packed = async (folder: string, file: string) =>
  (await execute('tar', ['xzOf', join(folder, 'rxwire-1.2.3.tgz'), `package/${file}`])).stdout;

describe('npm pack', () => {
  it('packs the published manifest, and leaves the tree as it was', async () => {
    const folder = await tree();
    const before = await contentOf(folder);

    await npm(folder, 'pack', '--silent');

    const theirs = JSON.parse(await packed(folder, 'package.json')) as object;
    expect(theirs).not.toHaveProperty('scripts');
    expect(theirs).not.toHaveProperty('devDependencies');
    expect(JSON.parse(await packed(folder, 'operators/package.json'))).toHaveProperty('main', '../dist/operators.cjs');
    await rm(join(folder, 'rxwire-1.2.3.tgz'));
    expect(await contentOf(folder)).toEqual(before);
    expect(await readdir(folder)).not.toContain('testing');
  });

  it('leaves the tree to postpack.mjs where it is killed, which spares what has been changed since', async () => {
    const folder = await tree();
    const before = await contentOf(folder);
    const readme = join(folder, 'README.md');
    await execute(process.execPath, ['.ci/package/prepack.mjs'], { cwd: folder });
    expect(await contentOf(folder)).not.toEqual(before);
    await writeFile(readme, 'changed');

    await execute(process.execPath, ['.ci/package/postpack.mjs'], { cwd: folder });

    expect(await contentOf(folder)).toEqual({ ...before, [readme]: 'changed' });
  });

  it('packs a readme with absolute links, once the homepage is set', async () => {
    const [placeholder, set] = [await tree(), await tree(SET)];

    await npm(placeholder, 'pack', '--silent');
    await npm(set, 'pack', '--silent');

    expect(await packed(placeholder, 'README.md')).toBe('[auth](docs/auth.md)');
    expect(await packed(set, 'README.md')).toBe('[auth](https://github.com/owner/rxwire/blob/v1.2.3/docs/auth.md)');
  });

  it('builds first where a source is newer than dist', async () => {
    const folder = await tree({ scripts: { ...manifest.scripts, build: 'echo built > dist/index.d.ts' } });
    await rm(join(folder, 'dist'), { recursive: true });
    await mkdir(join(folder, 'dist'));

    await npm(folder, 'pack', '--silent');

    expect(await packed(folder, 'dist/index.d.ts')).toBe('built\n');
  });
});

describe('A release', () => {
  const refusal = async (folder: string, ...args: string[]) => {
    const { stderr } = await execute(process.execPath, ['.ci/package/releasable.mjs', ...args], { cwd: folder }).catch(
      (error: unknown) => error as { stderr: string },
    );
    return stderr;
  };

  it('is refused while an address of the package is a placeholder', async () => {
    expect(await refusal(await tree())).toBe(
      'Not published: Set homepage, repository, bugs in package.json. They are placeholders.\n',
    );
    expect(await refusal(await tree({ ...SET, bugs: undefined }))).toContain('Set bugs in package.json');
  });

  it('is allowed when all are set', async () => {
    expect(await refusal(await tree(SET))).toBe('');
  });

  it('is not made by npm publish, which would send another manifest than that of the tarball', async () => {
    const folder = await tree(SET);

    await expect(npm(folder, 'publish', '--offline')).rejects.toThrow('Not published: Use `npm run release`.');
  });

  it('checks the addresses first of all', () => {
    expect(manifest.scripts.release).toMatch(/^node \.ci\/package\/releasable\.mjs && /);
  });
});
