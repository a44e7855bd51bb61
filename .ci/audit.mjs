// Known vulnerabilities of what users install. A registry that does not answer is said, and is not a failure: whether
// the package is safe cannot be known from that.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const { metadata, message, error } = JSON.parse(stdout || '{}');

if (metadata) {
  const { total } = metadata.vulnerabilities;
  console.log(total ? stdout : 'npm audit: no known vulnerabilities');
  process.exitCode = total ? 1 : 0;
} else {
  console.log(`npm audit: NOT DONE, for the registry did not answer: ${message ?? error?.summary ?? 'nothing'}`);
}
