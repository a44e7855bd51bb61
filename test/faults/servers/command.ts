import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs a command until it exits. */
export async function command(line: string, ...args: string[]): Promise<void> {
  const [program, ...words] = line.split(' ');
  await promisify(execFile)(program!, [...words, ...args]);
}

/** Whether faults that need these programs, and maybe root, can run here. In CI they always run. */
export function canHappen({ programs, asRoot = false }: { programs: readonly string[]; asRoot?: boolean }): boolean {
  if (process.env.CI !== undefined) return true;
  return (!asRoot || process.getuid?.() === 0) && programs.every(isInstalled);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
