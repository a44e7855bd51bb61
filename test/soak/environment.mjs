import { createRequire } from 'node:module';
import { cpus, loadavg } from 'node:os';

/** The environment that the figures depend on. */
export function environment() {
  const require = createRequire(import.meta.url);
  const [rxwire, rxjs, ws] = ['../..', 'rxjs', 'ws'].map((name) => require(`${name}/package.json`).version);
  return {
    cpu: cpus()[0].model,
    cores: cpus().length,
    load: loadavg()[1],
    node: process.version,
    versions: { rxwire, rxjs, ws },
  };
}
