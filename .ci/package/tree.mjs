import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** npm runs scripts in the folder of their manifest. */
export const ROOT = process.cwd();

export const readManifest = () => JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

export const asJson = (value) => `${JSON.stringify(value, null, 2)}\n`;

const filesIn = (path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [path];

const times = (...paths) => paths.flatMap(filesIn).map((path) => statSync(path).mtimeMs);

/** Whether `dist` is missing, or a source is newer than it. */
export function isStale() {
  const dist = join(ROOT, 'dist');
  if (!existsSync(join(dist, 'index.d.ts'))) return true;
  const sources = ['src', 'operators', 'tsup.config.ts', 'tsconfig.json'].map((name) => join(ROOT, name));
  return Math.max(...times(...sources)) > Math.min(...times(dist));
}
