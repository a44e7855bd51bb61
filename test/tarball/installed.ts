import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { ROOT, run } from './run.js';
import type { Tarball } from './setup.js';

/** A user's folder in which the package is installed. */
export interface Installed extends Tarball {
  /** Runs a module, or a script if `options` say so, as a user would. @returns its output */
  node(source: string, ...options: string[]): Promise<string>;
  /** Runs the package's command. */
  command(...args: string[]): Promise<string>;
  /**
   * Compiles files with TypeScript. Rejects with the errors.
   *
   * @param tsc the compiler, ours unless one is given
   */
  compile(
    files: Readonly<Record<string, string>>,
    options: Readonly<Record<string, unknown>>,
    tsc?: string,
  ): Promise<void>;
  /** Adds packages that we have installed to the user's. */
  borrow(...names: string[]): Promise<void>;
  /** Runs a test file with our own vitest, as if it were installed too. Rejects with its output if it fails. */
  test(source: string): Promise<void>;
  remove(): Promise<void>;
}

/** A copy of the folder, in which a test file can do as it likes. */
export async function install(): Promise<Installed> {
  const tarball = inject('tarball');
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'rxwire-user-'))), 'user');
  await cp(tarball.folder, folder, { recursive: true, verbatimSymlinks: true });

  return {
    ...tarball,
    folder,
    node: (source, ...options) => run(folder, process.execPath, ...options, '--eval', source),
    command: (...args) => run(folder, join(folder, 'node_modules', '.bin', 'rxwire'), ...args),
    async compile(sources, options, tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')) {
      const project = await mkdtemp(join(folder, 'project-'));
      onTestFinished(() => rm(project, { recursive: true }));
      for (const [name, source] of Object.entries(sources)) await writeFile(join(project, name), source);
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, target: 'ES2022', ...options };
      await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      await run(project, process.execPath, tsc, '-p', '.');
    },
    async borrow(...names) {
      for (const name of names) {
        const to = join(folder, 'node_modules', name);
        await mkdir(dirname(to), { recursive: true });
        await cp(join(ROOT, 'node_modules', name), to, { recursive: true });
      }
    },
    async test(source) {
      const vitest = join(ROOT, 'node_modules', 'vitest');
      await rm(join(folder, 'node_modules', 'vitest'), { force: true });
      await symlink(vitest, join(folder, 'node_modules', 'vitest'));
      await writeFile(join(folder, 'feed.test.ts'), source);
      await run(folder, process.execPath, join(vitest, 'vitest.mjs'), 'run', '--root', folder);
    },
    remove: () => rm(dirname(folder), { recursive: true }),
  };
}
