import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));
const outfile = fromHere('../../node_modules/.cache/rxwire-soak/history-checker.mjs');

buildSync({
  entryPoints: [fromHere('../helpers/history/history-checker.ts')],
  ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile },
});

/** The checker of histories, compiled: this test runs without a test runner. */
export const { HistoryChecker } = await import(outfile);
