// @vitest-environment happy-dom
import '@angular/compiler';
import { readdirSync, readFileSync } from 'node:fs';
import * as common from '@angular/common';
import * as core from '@angular/core';
import * as coreTesting from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import * as rxjs from 'rxjs';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as angular from '../../src/angular/index.js';
import * as rxwire from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { BLOCKS, blocksIn, fileOf, ROOT } from '../readme/pages.js';
import type { Block } from '../readme/pages.js';

const EXAMPLE = `${ROOT}examples/angular-guide/`;

const { TestBed } = coreTesting;
TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

beforeEach(() => TestBed.configureTestingModule({ providers: [core.provideZonelessChangeDetection()] }));

afterEach(() => {
  TestBed.resetTestingModule();
  vi.useRealTimers();
});

const GUIDE = `${ROOT}docs/angular.md`;

describe('A file in the guide for Angular', () => {
  const isFile = ({ code }: Block) => fileOf(code) !== undefined;
  const shown = BLOCKS.filter((block) => block.page === 'docs/angular.md' && isFile(block)).map(({ code }) =>
    fileOf(code),
  );

  it('is the same text as in the example, which is built and driven; `--update` writes the guide anew', async () => {
    const guide = readFileSync(GUIDE, 'utf8').replaceAll(
      /^(```(?:ts|js)\n\/\/ (\S+)\n|```json\n()(?={ "\/api"))[^]*?^```$/gm,
      (_, fence: string, file: string | undefined = 'proxy.json') =>
        `${fence}${readFileSync(EXAMPLE + file, 'utf8')}\`\`\``,
    );

    await expect(guide).toMatchFileSnapshot(GUIDE);
  });

  it('is there for each file of the example that is not made by `ng new`', () => {
    const made = ['app.config.ts'];
    const files = readdirSync(`${EXAMPLE}src/app`).filter((name) => !made.includes(name));

    expect(shown.sort()).toEqual(['server.mjs', ...files.map((name) => `src/app/${name}`)].sort());
  });
});

/** What the code of the guide imports, beside its own files. */
const MODULES: Record<string, unknown> = {
  '@angular/common': common,
  '@angular/core': core,
  '@angular/core/testing': coreTesting,
  rxjs,
  rxwire,
  'rxwire/angular': angular,
  'rxwire/operators': rxwire,
  'rxwire/testing': testing,
};

/** Runs code as a module. @returns what it exports */
function load(code: string, require: (name: string) => unknown): object {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
    },
  });
  const exports = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- runs code of the pages only
  const run = new Function('require', 'exports', outputText) as (...globals: unknown[]) => void;
  run(require, exports);
  return exports;
}

describe('A test of the application in the guide', () => {
  const files = new Map<string, object>();
  const require = (name: string): unknown => {
    if (name === 'vitest') return { afterEach, beforeEach, expect, it, vi };
    if (!name.startsWith('./')) return MODULES[name];
    const known = files.get(name) ?? load(readFileSync(`${EXAMPLE}src/app/${name}.ts`, 'utf8'), require);
    files.set(name, known);
    return known;
  };

  require('./feed.spec');
});

describe('A test in the guide for Angular', () => {
  const tests = blocksIn('ts').filter(
    ({ page, code }) => page === 'docs/angular.md' && code.includes("from 'vitest'") && fileOf(code) === undefined,
  );

  it.each(tests)('passes at once, though an hour goes by', { timeout: 5000 }, ({ code }) => {
    let assertions = 0;
    const vitest = {
      it: (_name: string, test: () => void) => test(),
      expect: (...args: [unknown]) => (assertions++, expect(...args)),
      vi,
    };

    load(code, (name) => ({ ...MODULES, vitest })[name]);

    expect(assertions).toBe(2);
  });

  it('is there', () => {
    expect(tests).toHaveLength(1);
  });
});
