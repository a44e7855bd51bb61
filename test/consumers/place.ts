import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { ROOT, run } from '../tarball/run.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * A folder in which the tools of a folder beside this file are installed, and the package of this tree with them.
 *
 * The tools stay installed until their lock file changes, in a temporary folder: no manifest or `node_modules` of this
 * tree is above it.
 *
 * @param name the folder with the manifest and its lock
 * @param sources further files or folders beside this file, whose content an app is made of
 */
export async function place(name: string, ...sources: string[]): Promise<string> {
  const lock = await readFile(join(HERE, name, 'package-lock.json'), 'utf8');
  const key = createHash('sha256').update(ROOT).update(lock).digest('hex').slice(0, 12);
  const folder = join(tmpdir(), `rxwire-consumers-${key}`);

  if (!(await exists(join(folder, 'package-lock.json')))) {
    const unfinished = `${folder}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished);
    for (const file of ['package.json', 'package-lock.json']) await cp(join(HERE, name, file), join(unfinished, file));
    await run(unfinished, 'npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
    await rename(unfinished, folder);
  }
  for (const source of [name, ...sources]) {
    const from = join(HERE, source);
    await cp(from, source.includes('.') ? join(folder, source) : folder, { recursive: true });
  }
  const user = join(inject('tarball').folder, 'node_modules');
  for (const installed of ['rxwire', 'ws']) {
    const to = join(folder, 'node_modules', installed);
    await rm(to, { recursive: true, force: true });
    await cp(join(user, installed), to, { recursive: true });
  }
  for (const built of ['out', 'dist', '.next', '.angular', '.parcel-cache']) {
    await rm(join(folder, built), { recursive: true, force: true });
  }
  return folder;
}

/** The version of an installed tool. */
export async function versionOf(folder: string, tool: string): Promise<string> {
  const manifest = await readFile(join(folder, 'node_modules', tool, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
