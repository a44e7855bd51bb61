import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { defineConfig } from 'tsup';
import type { Options } from 'tsup';
import manifest from './package.json' with { type: 'json' };
import { manPage } from './src/cli/man-page.js';

const entry = {
  index: 'src/index.ts',
  'index.node': 'src/index.node.ts',
  operators: 'operators/index.ts',
  testing: 'src/testing/index.ts',
  node: 'src/transport/node.ts',
  angular: 'src/angular/index.ts',
  metrics: 'src/metrics/index.ts',
  otel: 'src/otel/index.ts',
};

/** Whether a file has code, and not types alone. */
const hasCode = (file: string) => /^export (?!type|interface)/m.test(readFileSync(file, 'utf8'));

/** The files of a folder. */
const filesIn = (folder: string) =>
  readdirSync(folder)
    .filter((file) => file !== 'index.ts')
    .map((file) => `${folder}/${file}`);

/** One file each, so that a bundle gets what it uses and no more, with what that imports of rxjs. */
const apart = Object.fromEntries(
  [
    ...['operators', 'src/sessions', 'src/page', 'src/protocol'].flatMap(filesIn),
    'src/connection/pace.ts',
    'src/logging/redact-secrets.ts',
    'src/transport/native.ts',
    'src/transport/web-socket-stream.ts',
  ]
    .filter(hasCode)
    .map((file) => [file.replace(/^src\/|\.ts$/g, ''), file]),
);

const shared: Options = {
  target: 'es2022',
  treeshake: { moduleSideEffects: false },
  sourcemap: true,
  splitting: true, // one copy of the error classes for all entries
  // A connection is an AsyncDisposable, and users need not have asked for that library.
  dts: {
    entry,
    banner: '/// <reference lib="esnext.disposable" />',
    resolve: ['@standard-schema/spec'], // inlined, so that users need not have its types
  },
};

// The two run side by side, so each clears away only what it writes itself.
export default defineConfig([
  {
    ...shared,
    format: 'esm',
    entry: { ...entry, ...apart, cli: 'src/cli/main.ts' },
    onSuccess: () => writeFile('dist/rxwire.1', manPage(manifest.version)),
  },
  {
    ...shared,
    format: 'cjs',
    entry,
    // The tree shaking writes it for default exports alone.
    banner: { js: "Object.defineProperty(exports, '__esModule', { value: true });" },
  },
]);
