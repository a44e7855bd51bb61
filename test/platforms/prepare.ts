import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { BuildOptions } from 'esbuild';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder where the built package is installed, with the programs. */
    home: string;
  }
}

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Installs the built package in a folder of its own, so that every place resolves it as its users' code does. */
export default async function prepare(project: TestProject): Promise<() => void> {
  if (!existsSync(`${ROOT}dist/index.js`) || !existsSync(`${HERE}node_modules`)) {
    throw new Error('These tests need the built package and their own packages: npm run test:platforms has both.');
  }
  const home = mkdtempSync(join(tmpdir(), 'rxwire-platforms-'));
  const dependencies = { rxwire: '*', rxjs: '*', ws: '*' }; // Deno resolves nothing else
  writeFileSync(`${home}/package.json`, JSON.stringify({ name: 'user', private: true, type: 'module', dependencies }));
  for (const name of ['rxjs', 'tslib', 'ws']) copy(`${ROOT}node_modules/${name}`, `${home}/node_modules/${name}`);
  copy(`${HERE}node_modules/undici`, `${home}/node_modules/undici`);
  for (const part of ['dist', 'package.json']) copy(`${ROOT}${part}`, `${home}/node_modules/rxwire/${part}`);
  copy(`${HERE}program`, `${home}/platforms/program`);
  copy(`${ROOT}test/conformance`, `${home}/conformance`);

  await Promise.all([
    bundle(home, ['process', 'conformance', 'facts.test', 'findings.test'], {
      packages: 'external',
      outExtension: { '.js': '.mjs' },
    }),
    bundle(home, ['facts.test', 'findings.test'], {
      packages: 'external',
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
    }),
    bundle(home, ['page', 'worker', 'edge', 'life', 'life-worker', 'away'], { format: 'iife' }),
    bundle(home, ['workerd'], { conditions: ['workerd', 'worker', 'browser'] }),
  ]);
  project.provide('home', home);
  return () => rmSync(home, { recursive: true });
}

const copy = (from: string, to: string) => cpSync(from, to, { recursive: true, dereference: true });

const bundle = (home: string, names: readonly string[], options: BuildOptions) =>
  build({
    ...{ absWorkingDir: home, outdir: home, entryPoints: names.map((name) => `platforms/program/${name}.ts`) },
    ...{ bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning', tsconfigRaw: {} },
    ...options,
  });
