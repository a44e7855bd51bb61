import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ROOT, run } from './run.js';

const NOT_SOURCES = ['node_modules', 'coverage', '.git', '.angular', '.vitest'];

/** The package of this tree, packed, and installed beside rxjs. */
export interface Tarball {
  readonly path: string;
  /** The files in it. */
  readonly files: readonly string[];
  /** The folder of a user who has installed it. */
  readonly folder: string;
  /** The installed packages by path, and whether they run an install script. */
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}

declare module 'vitest' {
  export interface ProvidedContext {
    readonly tarball: Tarball;
  }
}

/**
 * Packs a copy of this tree and installs the tarball and rxjs in an empty folder.
 *
 * @param anew whether packing has to build; else a `dist` that is newer than the sources will do
 */
async function pack(anew: boolean): Promise<Tarball & { remove(): Promise<void> }> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'rxwire-')));
  const copy = join(home, 'copy');
  const folder = join(home, 'user');
  const omitted = anew ? [...NOT_SOURCES, 'dist'] : NOT_SOURCES;
  await cp(ROOT, copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !omitted.includes(basename(path)),
  });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const packed = await run(copy, 'npm', 'pack', '--json', '--silent');
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const path = join(copy, filename);

  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  await run(
    folder,
    'npm',
    ...['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent'],
    ...[path, 'rxjs@^7.8.0'],
  );
  const lock = await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as Pick<Tarball, 'packages'>;
  return {
    path,
    files: files.map(({ path }) => path).sort(),
    folder,
    packages,
    remove: () => rm(home, { recursive: true }),
  };
}

export default async function setup(project: TestProject) {
  const { remove, ...tarball } = await pack(project.name === 'tarball');
  project.provide('tarball', tarball);
  return remove;
}
