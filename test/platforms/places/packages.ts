import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../package.json', import.meta.url));
const folder = (name: string) => fileURLToPath(new URL(`../node_modules/${name}/`, import.meta.url));

/** The path of a program that a package of the platforms has. */
export const programOf = (name: string, path: string): string => folder(name) + path;

/** The version of a package of the platforms; `undefined` where they are not installed. */
export function versionOf(name: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(`${folder(name)}package.json`, 'utf8')) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Loads a package of the platforms. It has no types here, because it is not installed with the project. */
export const load = (name: string): Promise<unknown> => import(require.resolve(name));
