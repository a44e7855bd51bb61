import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as rxjs from 'rxjs';
import * as rxjsTesting from 'rxjs/testing';
import ts from 'typescript';
import { describe, expect, it, vi } from 'vitest';
import * as rxwire from '../../src/index.node.js';
import * as testing from '../../src/testing/index.js';
import { wantsPython } from '../helpers/flood-server.js';
import { problemsOf } from './compile.js';
import { BLOCKS, blocksIn, fileOf, PAGES, ROOT } from './pages.js';

describe('The pages', () => {
  it('have code in tested languages, as `js` and `json` files of examples, and in languages that are only shown: console, text', () => {
    const languages = new Set(BLOCKS.map(({ language }) => language));

    expect([...languages].sort()).toEqual(['console', 'js', 'json', 'python', 'sh', 'text', 'ts']);
    const ofExamples = BLOCKS.filter(({ language }) => language === 'js' || language === 'json');
    expect(new Set(ofExamples.map(({ page }) => page))).toEqual(new Set(['docs/angular.md']));
  });

  it('have no other code blocks', () => {
    const fences = PAGES.flatMap((page) => readFileSync(ROOT + page, 'utf8').match(/^ *```/gm) ?? []);

    expect(BLOCKS).toHaveLength(fences.length / 2);
  });

  it('have TypeScript that compiles', { timeout: 240_000 }, () => {
    const modules = blocksIn('ts')
      .map(({ code }) => code)
      .filter((code) => fileOf(code) === undefined);

    const problems = problemsOf([...modules, 'heartbeat({ every: 5 });']);

    expect(problems).toEqual([expect.stringMatching(/'every' does not exist .* in: every: 5/)]);
  });

  it.skipIf(!wantsPython)('have Python that parses', () => {
    for (const { code } of blocksIn('python')) {
      execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: code });
    }
  });
});

describe('A test on a page', () => {
  // Those of Angular are run in a page of their own.
  const tests = blocksIn('ts').filter(({ page, code }) => code.includes("from 'vitest'") && page !== 'docs/angular.md');

  it.each(tests)('passes: $page', async ({ code }) => {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    let assertions = 0;
    const expectLifecycle = (...args: Parameters<typeof testing.expectLifecycle>) => (
      assertions++,
      testing.expectLifecycle(...args)
    );
    const running: Promise<unknown>[] = [];
    const modules: Record<string, unknown> = {
      'node:fs': { readFileSync: () => readFileSync(`${ROOT}test/testing/fixtures/demo-outage.json`, 'utf8') },
      rxjs,
      'rxjs/testing': rxjsTesting,
      rxwire,
      'rxwire/operators': rxwire,
      'rxwire/testing': { ...testing, expectLifecycle },
      vitest: {
        it: (_name: string, test: () => void | Promise<void>) => running.push(Promise.resolve(test())),
        expect: (...args: [unknown]) => (assertions++, expect(...args)),
        vi,
      },
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- runs code of the pages only
    const run = new Function('require', 'exports', outputText) as (...globals: unknown[]) => void;

    run((name: string) => modules[name], {});
    await Promise.all(running);

    expect(assertions).toBeGreaterThan(0);
  });

  it('is in the README and in the guide', () => {
    expect(new Set(tests.map(({ page }) => page))).toEqual(new Set(['README.md', 'docs/testing.md']));
  });
});
