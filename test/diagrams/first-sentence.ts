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

/**
 * What a file says of its main export, the one that it is named after, or else of its first one: the first sentence of
 * the doc comment.
 */
export function firstSentence(path: string): string {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const documented = source.statements.filter((statement) => isExported(statement) && docOf(statement));
  const name = basename(path, '.ts').replaceAll('-', '').toLowerCase();
  const main = documented.find((statement) => nameOf(statement).toLowerCase() === name) ?? documented[0];
  if (!main) throw new Error(`Expected a doc comment on an export of ${path}.`);
  return /^[^]*?[.:](?=\s|$)/.exec(`${docOf(main).replaceAll(/\s+/g, ' ').trim()}.`)![0].replace(/[.:]+$/, '.');
}
