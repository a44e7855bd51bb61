import { execFileSync } from 'node:child_process';

/** The version of a Debian package; `undefined` if it is not installed. */
export function debianPackage(name: string): string | undefined {
  try {
    const query = ['--show', '--showformat', '${db:Status-Status} ${Version}', name];
    const [status, version] = execFileSync('dpkg-query', query, { stdio: 'pipe' }).toString().split(' ');
    return status === 'installed' ? version : undefined;
  } catch {
    return undefined;
  }
}
