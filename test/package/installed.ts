import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NOT_SOURCES = ['node_modules', 'dist', 'coverage', '.git'];

/** Runs a program. Resolves to its output; rejects with it if the program fails. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  try {
    return (await execute(command, args, { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${basename(command)} ${args.join(' ')} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

/** A folder in which the package of this tree is installed, as a user has it. */
export interface Installed {
  /** The files in the tarball. */
  readonly files: readonly string[];
  readonly folder: string;
  /** The installed packages by path, and whether they run an install script. */
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
  /** Runs a module, or a script if `options` say so, as a user would. @returns its output */
  node(source: string, ...options: string[]): Promise<string>;
  /** Runs the package's command. */
  command(...args: string[]): Promise<string>;
  /** Compiles files with TypeScript. Rejects with the errors. */
  compile(files: Readonly<Record<string, string>>, options: Readonly<Record<string, unknown>>): Promise<void>;
  /** Adds one of our own type packages to the installed ones. */
  borrowTypes(...names: string[]): Promise<void>;
  /** Runs a test file with our own vitest, as if it were installed too. Rejects with its output if it fails. */
  test(source: string): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Builds a copy of this tree, packs it, and installs the tarball and rxjs in an empty folder. So neither the `dist` nor
 * the `node_modules` of this tree has any influence.
 */
export async function install(): Promise<Installed> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'rxwire-')));
  const copy = join(home, 'copy');
  const folder = join(home, 'user');
  await cp(ROOT, copy, { recursive: true, filter: (path) => !NOT_SOURCES.includes(basename(path)) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await run(copy, 'npm', 'run', 'build');
  const packed = await run(copy, 'npm', 'pack', '--json', '--silent');
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];

  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  await run(
    folder,
    'npm',
    ...['install', '--no-audit', '--no-fund', '--prefer-offline', '--silent'],
    ...[join(copy, filename), 'rxjs@^7.8.0'],
  );
  const lock = await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as Pick<Installed, 'packages'>;
  let compiled = 0;

  return {
    files: files.map(({ path }) => path).sort(),
    folder,
    packages,
    node: (source, ...options) => run(folder, process.execPath, ...options, '--eval', source),
    command: (...args) => run(folder, join(folder, 'node_modules', '.bin', 'rxwire'), ...args),
    async compile(sources, options) {
      const project = join(folder, `project-${compiled++}`);
      await mkdir(project);
      for (const [name, source] of Object.entries(sources)) await writeFile(join(project, name), source);
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: false, target: 'ES2022', ...options };
      await writeFile(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
      await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
      await run(project, process.execPath, join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', '.');
    },
    async borrowTypes(...names) {
      for (const name of names) {
        const to = join(folder, 'node_modules', name);
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
    remove: () => rm(home, { recursive: true }),
  };
}
