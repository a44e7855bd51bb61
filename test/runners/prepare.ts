import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder where the package is installed, with tests of a user. */
    project: string;
  }
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The test runners are installed with the runtimes. */
const TOOLS = `${ROOT}test/platforms/`;

const ENTRIES = {
  index: 'src/index.ts',
  operators: 'operators/index.ts',
  testing: 'src/testing/index.ts',
  angular: 'src/angular/index.ts',
};

/** Installs the package, as it is in `src`, in a project of a user. */
export default async function prepare(project: TestProject): Promise<() => void> {
  if (!existsSync(`${TOOLS}node_modules`)) {
    throw new Error('These tests need the packages of test/platforms: npm run test:runners installs them.');
  }
  const home = mkdtempSync(join(tmpdir(), 'rxwire-runners-'));
  cpSync(`${HERE}samples`, home, { recursive: true });
  for (const name of ['rxjs', 'vitest', '@angular/compiler', '@angular/core', '@angular/platform-browser']) {
    link(`${ROOT}node_modules/${name}`, `${home}/node_modules/${name}`);
  }
  for (const name of ['@jest/globals', 'jest-environment-jsdom']) {
    link(`${TOOLS}node_modules/${name}`, `${home}/node_modules/${name}`);
  }
  await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, ROOT + path])),
    outdir: `${home}/node_modules/rxwire`,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
  });
  writeFileSync(
    `${home}/node_modules/rxwire/package.json`,
    JSON.stringify({
      name: 'rxwire',
      version: '0.0.0',
      type: 'module',
      exports: { '.': './index.js', './*': './*.js' },
    }),
  );
  project.provide('project', home);
  return () => rmSync(home, { recursive: true });
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
