/*
 * Makes of typedoc's pages a part of the site: modules have the names that users import, and links of doc comments to
 * guides, of which typedoc makes copies, lead to the pages.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.pages/api/', import.meta.url));

/** What users import a module by. */
const importedAs = (module) => module.replace(/^src(\/transport)?/, 'rxwire').replace(/^operators/, 'rxwire/operators');

const sidebar = join(folder, 'typedoc-sidebar.json');
const [, source] = JSON.parse(readFileSync(sidebar, 'utf8'));
/** Kinds of names begin with a capital. */
const isModule = ({ text }) => /^[a-z]/.test(text);
const modules = source.items.filter(isModule).flatMap((item) => (item.link ? [item] : item.items));
/** Functions, which come last, first. */
const toGroup = (text, { link, items }, collapsed) => ({ text, link, collapsed, items: [...items].reverse() });
const menu = [
  toGroup('rxwire', { ...source, items: source.items.filter((item) => !isModule(item)) }, false),
  ...modules.map((item) => toGroup(`rxwire/${item.text}`, item, true)),
];
writeFileSync(sidebar, JSON.stringify(menu));

for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.md')) continue;
  const path = join(folder, name);
  const markdown = readFileSync(path, 'utf8');
  const linked = markdown
    .replaceAll(/\]\((?:\.\.\/)*_media\/([\w-]+\.md)/g, '](/$1')
    .replace(/^# rxwire\n\n## Modules$/m, '# Reference\n\n## Modules')
    .replaceAll(/(?<=^# |^- \[)(?:src|operators)(?:\/\w+)*(?=$|\]\()/gm, importedAs);
  if (linked !== markdown) writeFileSync(path, linked);
}
rmSync(join(folder, '_media'), { recursive: true, force: true });
