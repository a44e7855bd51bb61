import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as operators from '../../operators/index.js';
import * as angular from '../../src/angular/index.js';
import * as browser from '../../src/index.js';
import * as metrics from '../../src/metrics/index.js';
import * as otel from '../../src/otel/index.js';
import * as node from '../../src/index.node.js';
import * as testing from '../../src/testing/index.js';
import * as nodeTransport from '../../src/transport/node.js';
import {
  ANGULAR,
  ANGULAR_TYPES,
  METRICS,
  METRICS_TYPES,
  NODE,
  NODE_TYPES,
  OPERATOR_TYPES,
  OPERATORS,
  OTEL,
  OTEL_TYPES,
  TESTING,
  TESTING_TYPES,
  TYPES,
  VALUES,
} from './public-names.js';

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const ENTRIES = {
  browser: pathOf('src/index.ts'),
  node: pathOf('src/index.node.ts'),
  operators: pathOf('operators/index.ts'),
  testing: pathOf('src/testing/index.ts'),
  nodeTransport: pathOf('src/transport/node.ts'),
  angular: pathOf('src/angular/index.ts'),
  metrics: pathOf('src/metrics/index.ts'),
  otel: pathOf('src/otel/index.ts'),
};

const program = ts.createProgram(Object.values(ENTRIES), {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts'],
  types: [],
});

/** All names that an entry exports: values and types. */
function namesOf(entry: keyof typeof ENTRIES): string[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(ENTRIES[entry])!)!;
  return checker
    .getExportsOfModule(module)
    .map(({ name }) => name)
    .sort();
}

describe('The public names', () => {
  it('are these in browsers', () => {
    expect(Object.keys(browser).sort()).toEqual(VALUES);
    expect(namesOf('browser')).toEqual([...VALUES, ...TYPES].sort());
  });

  it('are the same in Node', () => {
    expect(Object.keys(node).sort()).toEqual(VALUES);
    expect(namesOf('node')).toEqual([...VALUES, ...TYPES].sort());
  });

  it('of the operators are these', () => {
    expect(Object.keys(operators).sort()).toEqual(OPERATORS);
    expect(namesOf('operators')).toEqual([...OPERATORS, ...OPERATOR_TYPES].sort());
  });

  it('of the testing entry are these', () => {
    expect(Object.keys(testing).sort()).toEqual(TESTING);
    expect(namesOf('testing')).toEqual([...TESTING, ...TESTING_TYPES].sort());
  });

  it('of the Node transport are these', () => {
    expect(Object.keys(nodeTransport).sort()).toEqual(NODE);
    expect(namesOf('nodeTransport')).toEqual([...NODE, ...NODE_TYPES].sort());
  });

  it('of the Angular entry are these', () => {
    expect(Object.keys(angular).sort()).toEqual(ANGULAR);
    expect(namesOf('angular')).toEqual([...ANGULAR, ...ANGULAR_TYPES].sort());
  });

  it('of the metrics entry are these', () => {
    expect(Object.keys(metrics).sort()).toEqual(METRICS);
    expect(namesOf('metrics')).toEqual([...METRICS, ...METRICS_TYPES].sort());
  });

  it('of the OpenTelemetry entry are these', () => {
    expect(Object.keys(otel).sort()).toEqual(OTEL);
    expect(namesOf('otel')).toEqual([...OTEL, ...OTEL_TYPES].sort());
  });
});
