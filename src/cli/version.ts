import { createRequire } from 'node:module';

/** The version in package.json, one folder above the built command. */
export function version(): string {
  return (createRequire(import.meta.url)('../package.json') as { version: string }).version;
}
