import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { install } from './installed.js';
import type { Installed } from './installed.js';

let user: Installed;
let typings: readonly ts.SourceFile[];
let checker: ts.TypeChecker;

beforeAll(async () => {
  user = await install();
  await user.borrow('@types/ws', '@types/node', 'undici-types');
  const files = user.files.filter((path) => path.endsWith('.d.ts'));
  const program = ts.createProgram(
    files.map((path) => join(user.folder, 'node_modules/rxwire', path)),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node16,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
    },
  );
  checker = program.getTypeChecker();
  typings = program.getSourceFiles().filter(({ fileName }) => fileName.includes('/node_modules/rxwire/'));
});

afterAll(() => user.remove());

/** Every `{@link Name}` of a file. */
function linksIn(file: ts.SourceFile): readonly ts.EntityName[] {
  const found = new Set<ts.EntityName>();
  const collect = (comment: ts.JSDoc['comment']) => {
    if (typeof comment !== 'object') return;
    for (const part of comment)
      if (ts.isJSDocLink(part) && part.name && !part.text.startsWith('://')) found.add(part.name as ts.EntityName);
  };
  const visit = (node: ts.Node) => {
    for (const doc of ts.getJSDocCommentsAndTags(node)) {
      collect(doc.comment);
      if (ts.isJSDoc(doc)) for (const tag of doc.tags ?? []) collect(tag.comment);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found];
}

describe('A link in the typings', () => {
  it('to a name leads to something that is in scope', () => {
    const links = typings.flatMap(linksIn);

    const broken = links.filter((name) => !checker.getSymbolAtLocation(name)).map((name) => name.getText());

    expect(links.length).toBeGreaterThan(20);
    expect([...new Set(broken)]).toEqual([]);
  });

  it('to a page leads to one, for there is no file beside them', () => {
    const relative = typings.flatMap(({ text }) =>
      text.split('\n').filter((line) => /\]\((?!https:)[^)]*\.md/.test(line) || /@see \.\.?\//.test(line)),
    );

    expect(relative).toEqual([]);
  });

  it('after @see is a link, an address, or names another signature', () => {
    const lines = typings.flatMap(({ text }) => text.match(/@see .*/g) ?? []);
    const others = lines.filter((line) => !/@see (https:|\{@link |\[[^\]]*\]\(https:|the other signature)/.test(line));

    expect(lines.length).toBeGreaterThan(5);
    expect(others).toEqual([]);
  });
});
