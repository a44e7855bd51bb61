/*
 * Refuses to publish what is not ready. `--folder`: refuses `npm publish` itself, too, which would send the registry the
 * manifest of this repository beside a tarball with another.
 */
import process from 'node:process';
import { placeholdersIn } from './manifest.mjs';
import { readManifest } from './tree.mjs';

const isRehearsal = process.env.npm_config_dry_run === 'true';
const missing = placeholdersIn(readManifest());
const refusal =
  missing.length > 0
    ? `Set ${missing.join(', ')} in package.json. They are placeholders.`
    : process.argv.includes('--folder')
      ? 'Use `npm run release`. It checks everything, and publishes the tarball.'
      : undefined;

if (refusal) {
  console.error(isRehearsal ? `This would not be published: ${refusal}` : `Not published: ${refusal}`);
  if (!isRehearsal) process.exitCode = 1;
}
