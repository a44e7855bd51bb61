/** What stands before, inside and behind a section that a program writes: `<!-- NAME -->` … `<!-- /NAME -->`. */
function around(page: string, name: string): readonly [before: string, content: string, behind: string] {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->\n`];
  const from = page.indexOf(begin) + begin.length;
  const to = page.indexOf(end, from);
  if (from < begin.length || to < 0) throw new Error(`Expected a section \`${name}\` in the page.`);
  return [page.slice(0, from), page.slice(from, to), page.slice(to)];
}

/** The content of a section. */
export const sectionOf = (page: string, name: string): string => around(page, name)[1].trim();

/** The page with another content of a section. */
export function withSection(page: string, name: string, content: string): string {
  const [before, , behind] = around(page, name);
  return `${before}\n${content}\n\n${behind}`;
}
