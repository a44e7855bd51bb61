// @vitest-environment happy-dom
import '@angular/compiler';
import * as core from '@angular/core';
import * as coreTesting from '@angular/core/testing';
import { BrowserTestingModule, platformBrowserTesting } from '@angular/platform-browser/testing';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as angular from '../../src/angular/index.js';
import * as rxwire from '../../src/index.js';
import * as testing from '../../src/testing/index.js';
import { blocksIn } from '../readme/pages.js';

const { TestBed } = coreTesting;
TestBed.initTestEnvironment(BrowserTestingModule, platformBrowserTesting());

beforeEach(() => TestBed.configureTestingModule({ providers: [core.provideZonelessChangeDetection()] }));

afterEach(() => {
  TestBed.resetTestingModule();
  vi.useRealTimers();
});

describe('A test in the guide for Angular', () => {
  const tests = blocksIn('ts').filter(({ page, code }) => page === 'docs/angular.md' && code.includes("from 'vitest'"));

  it.each(tests)('passes at once, though an hour goes by', { timeout: 5000 }, ({ code }) => {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        experimentalDecorators: true,
      },
    });
    let assertions = 0;
    const modules: Record<string, unknown> = {
      '@angular/core': core,
      '@angular/core/testing': coreTesting,
      'rxwire/angular': angular,
      'rxwire/operators': rxwire,
      'rxwire/testing': testing,
      vitest: {
        it: (_name: string, test: () => void) => test(),
        expect: (...args: [unknown]) => (assertions++, expect(...args)),
        vi,
      },
    };
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- runs code of the pages only
    const run = new Function('require', 'exports', outputText) as (...globals: unknown[]) => void;

    run((name: string) => modules[name], {});

    expect(assertions).toBe(2);
  });

  it('is there', () => {
    expect(tests).toHaveLength(1);
  });
});
