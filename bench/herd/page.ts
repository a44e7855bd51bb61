/** A page with what stands between the markers of a section replaced: `<!-- herd:NAME -->` and `<!-- /herd -->`. */
export function withSection(page: string, name: string, content: string): string {
  const section = new RegExp(`(<!-- herd:${name} -->\n)[^]*?(<!-- /herd -->)`);
  if (!section.test(page)) throw new Error(`Expected a section \`herd:${name}\` in the page.`);
  return page.replace(section, `$1\n${content}\n\n$2`);
}
