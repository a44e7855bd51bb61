import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'tsup';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Several Nodes may run the tests at once, and several files may want the same program. */
const OUT = `${root}node_modules/.cache/rxwire-programs-${process.version}-${process.env.VITEST_POOL_ID ?? 0}`;

/** Builds programs of the fixtures, each with the library as it is now. */
export const buildPrograms = (...names: string[]): Promise<void> => buildFrom('integration/fixtures', ...names);

/** Builds programs of another folder of the tests. */
export async function buildFrom(folder: string, ...names: string[]): Promise<void> {
  await build({
    config: false,
    silent: true,
    format: 'esm',
    target: 'es2022',
    entry: names.map((name) => `${root}test/${folder}/${name}.ts`),
    outDir: OUT,
    external: ['rxjs', 'ws'],
  });
}

/** Where a program is, once it is built. */
export const builtProgram = (name: string): string => `${OUT}/${name}.js`;

/** Runs a program until it ends by itself. @returns what it printed; rejects where it fails or takes too long */
export async function run(
  name: string,
  args: readonly string[],
  timeout: number,
  flags: readonly string[] = [],
): Promise<string> {
  // Counting objects is what Node calls experimental.
  const command = ['--disable-warning=ExperimentalWarning', ...flags, builtProgram(name), ...args];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { timeout });
  if (stderr) throw new Error(stderr);
  return stdout;
}
