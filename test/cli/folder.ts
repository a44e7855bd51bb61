import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is removed when the test ends, with these files. @returns the path of a name in it */
export async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), 'rxwire-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return (name) => join(folder, name);
}
