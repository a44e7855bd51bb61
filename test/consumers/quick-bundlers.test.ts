import { beforeAll, describe, expect, it } from 'vitest';
import { build, complaintsIn, dialledBy, gzipped, ofNode, scriptsIn } from './built-app.js';
import { bundlersPage } from './bundlers-table.js';
import type { Built } from './bundlers-table.js';
import { place, versionOf } from './place.js';

const BUNDLERS = [
  ['esbuild', 'esbuild', 'esbuild app.js --bundle --minify --format=iife --outfile=out/esbuild.js', 'esbuild.js'],
  ['Rollup', 'rollup', 'rollup -c', 'rollup.js'],
  ['Vite', 'vite', 'vite build --outDir out/vite', 'vite/assets/'],
  ['webpack', 'webpack', 'webpack', 'webpack.js'],
  ['Rspack', '@rspack/core', 'rspack build', 'rspack.js'],
] as const;

let folder: string;
const builds: Built[] = [];

beforeAll(async () => {
  folder = await place('quick', 'app.js');
}, 120_000);

describe.each(BUNDLERS)('An app that is built by %s', (bundler, tool, command, script) => {
  it('is built without a warning, holds no ws, and connects by the native WebSocket', async () => {
    const printed = await build(folder, command);
    const code = await scriptsIn(`${folder}/out`, script);

    expect(complaintsIn(printed)).toEqual([]);
    expect(ofNode(code)).toEqual([]);
    expect(await dialledBy(code)).toBe('wss://feed.example/trades');
    const version = await versionOf(folder, tool);
    builds.push({ bundler, version, finds: '`exports`', holds: 'the app, RxJS', bytes: gzipped(code) });
  });
});

it('docs/bundlers.md has the sizes', async () => {
  await expect(bundlersPage(builds)).toMatchFileSnapshot('../../docs/bundlers.md');
});
