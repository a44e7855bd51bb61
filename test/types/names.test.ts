import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  ANGULAR,
  ANGULAR_TYPES,
  METRICS,
  METRICS_TYPES,
  NODE,
  NODE_TYPES,
  TESTING,
  TESTING_TYPES,
  TYPES,
  VALUES,
} from '../package/public-names.js';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** What a module imports by name. */
function importsOf(file: string): string[] {
  const { statements } = ts.createSourceFile(file, ts.sys.readFile(FOLDER + file)!, ts.ScriptTarget.Latest);
  return statements.filter(ts.isImportDeclaration).flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
  });
}

describe('The tests of types', () => {
  it('use every public name', () => {
    const used = new Set(readdirSync(FOLDER).flatMap(importsOf));
    const names = [
      ...[VALUES, TYPES, TESTING, TESTING_TYPES, NODE, NODE_TYPES, METRICS, METRICS_TYPES, ANGULAR, ANGULAR_TYPES],
    ].flat();

    expect(names.filter((name) => !used.has(name))).toEqual([]);
  });
});
