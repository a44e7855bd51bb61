import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

const nameOf = (statement: ts.Statement): string =>
  ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]!.name.getText()
    : ((statement as ts.DeclarationStatement).name?.getText() ?? '');

const docOf = (statement: ts.Statement): string =>
  ts
    .getJSDocCommentsAndTags(statement)
    .map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '')
    .join('');

/** How likely it is what the file is about: by its name first, then code before types. */
function rank(statement: ts.Statement, stem: string): number {
  const name = nameOf(statement).toLowerCase();
  const isCode = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
  return (name === stem ? 4 : 0) + (isCode ? 2 : 0) + (name.includes(stem) ? 1 : 0);
}

/** The first sentence of the doc comment of a file's main export. */
export function firstSentence(path: string): string {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const stem = basename(path, '.ts').replaceAll('-', '');
  const [main] = source.statements
    .filter((statement) => isExported(statement) && docOf(statement))
    .sort((one, other) => rank(other, stem) - rank(one, stem));
  if (!main) throw new Error(`Expected a doc comment on an export of ${path}.`);
  const text = docOf(main)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\{@link (\S+?)\}/g, '`$1`')
    .trim();
  return /^.*?(?:\.(?=\s)|$)/.exec(text)![0];
}
