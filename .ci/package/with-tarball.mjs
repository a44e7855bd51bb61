/* Packs the package and runs commands with the tarball in place of `{}`. The first one that fails ends it. */
import { execFileSync, execSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT } from './tree.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rxwire-tarball-'));
try {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const tarball = join(folder, packed.trim().split('\n').at(-1));
  for (const command of process.argv.slice(2)) {
    execSync(command.replaceAll('{}', `"${tarball}"`), { cwd: ROOT, stdio: 'inherit' });
  }
} catch (error) {
  if (error.status === undefined) throw error;
  process.exitCode = error.status ?? 1; // the command has said why
} finally {
  rmSync(folder, { recursive: true });
}
