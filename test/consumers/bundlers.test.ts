import { describe, expect, it } from 'vitest';
import { build, complaintsIn, dialledBy, gzipped, ofNode, scriptsIn } from './built-app.js';
import { bundlersPage } from './bundlers-table.js';
import type { Built } from './bundlers-table.js';
import { place, versionOf } from './place.js';

const APP = 'the app, RxJS';
const builds: Built[] = [];

/** One way to build an app. */
interface Way extends Omit<Built, 'bytes' | 'version'> {
  readonly folder: string;
  readonly sources: readonly string[];
  readonly tool: string;
  readonly command: string;
  /** Where the scripts are that a browser loads, and a part of their names. */
  readonly scripts: readonly [folder: string, part?: string];
  /** Whether they run without a DOM and a framework's server. */
  readonly runs?: true;
}

const WAYS: readonly Way[] = [
  {
    bundler: 'Parcel',
    folder: 'parcel',
    sources: ['app.js'],
    tool: 'parcel',
    command: 'parcel build index.html --no-cache --no-autoinstall --no-source-maps --dist-dir out',
    scripts: ['out'],
    runs: true,
    finds: '`browser` and folders',
    holds: APP,
  },
  {
    bundler: 'Metro',
    folder: 'metro',
    sources: ['app.js'],
    tool: 'metro',
    command: 'node build.cjs out/app.js exports',
    scripts: ['out'],
    runs: true,
    finds: '`exports`',
    holds: `${APP}, Metro's runtime`,
  },
  {
    bundler: 'Metro without `exports`',
    folder: 'metro',
    sources: ['app.js'],
    tool: 'metro',
    command: 'node build.cjs out/app.js',
    scripts: ['out'],
    runs: true,
    finds: '`browser` and folders',
    holds: `${APP}, Metro's runtime`,
  },
  {
    bundler: 'Next (Turbopack)',
    folder: 'next',
    sources: [],
    tool: 'next',
    command: 'next build',
    scripts: ['.next/static'],
    finds: '`exports`',
    holds: `${APP}, React, Next`,
  },
  ...['20', '21'].map((major): Way => ({
    bundler: `Angular ${major}`,
    folder: `angular-${major}`,
    sources: ['angular'],
    tool: '@angular/build',
    command: 'ng build',
    scripts: ['dist/browser'],
    finds: '`exports`',
    holds: `${APP}, Angular`,
  })),
];

describe.each(WAYS)('An app that is built by $bundler', (way) => {
  it('is built without a warning, holds the native build and no ws', { timeout: 300_000 }, async () => {
    const folder = await place(way.folder, ...way.sources);
    const printed = await build(folder, way.command);
    const [scripts, part] = way.scripts;
    const code = await scriptsIn(`${folder}/${scripts}`, part);

    expect(complaintsIn(printed)).toEqual([]);
    expect(ofNode(code)).toEqual([]);
    expect(code).toContain('wss://feed.example/trades');
    if (way.runs) expect(await dialledBy(code)).toBe('wss://feed.example/trades');
    const { bundler, finds, holds } = way;
    builds.push({ bundler, version: await versionOf(folder, way.tool), finds, holds, bytes: gzipped(code) });
  });
});

it('docs/bundlers.md has the sizes', async () => {
  await expect(bundlersPage(builds)).toMatchFileSnapshot('../../docs/bundlers.md');
});
