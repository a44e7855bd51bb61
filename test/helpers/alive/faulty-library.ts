import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import type { Library } from './library.js';
import type { PlantedFault } from './planted-faults.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Builds a copy of the library with a fault in it, on the same RxJS.
 *
 * @param entry what exports the `library`
 */
export async function faultyLibrary<T = Library>(
  { file, text, by }: PlantedFault,
  entry = './test/helpers/alive/library.ts',
): Promise<T> {
  const source = await readFile(root + file, 'utf8');
  if (source.split(text).length !== 2) throw new Error(`${file} does not have this once: ${text}`);
  const contents = source.replace(text, () => by);

  const { outputFiles } = await build({
    stdin: { contents: `export { library } from '${entry}';`, resolveDir: root },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    external: ['rxjs'],
    logLevel: 'silent',
    plugins: [
      {
        name: 'planted fault',
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, ({ path }) => (path === root + file ? { contents, loader: 'ts' } : undefined));
        },
      },
    ],
  });

  const module: { exports?: { readonly library: T } } = {};
  compileFunction(outputFiles[0]!.text, ['require', 'module'])(createRequire(import.meta.url), module);
  return module.exports!.library;
}
