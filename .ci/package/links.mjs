/* Links that work where the files of the repository are not: on npm's page of the package, and in an editor. */

/** `](`, or `](<`, of a link or image to a file, not to a heading on the same page or to another host. */
const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\((?![a-z]+:|#|\/)([^)\s]+)\)/g;

const fromRoot = (path) => path.replace(/^(\.{1,2}\/)+/, '');

/** A page with absolute links, or as it is where nothing is known of a location. */
export function withAbsoluteLinks(markdown, location) {
  if (!location) return markdown;
  // From the inside out: an image may be the text of a link.
  return markdown.replace(LINK, (_link, bang, text, path) => {
    const base = bang ? location.images : location.pages;
    return `${bang}[${withAbsoluteLinks(text, location)}](${base}${fromRoot(path)})`;
  });
}

/** Typings with absolute links; without a location, without those that lead nowhere. */
export function withWorkingLinks(typings, location) {
  if (location) return withAbsoluteLinks(typings, location);
  return typings.replace(/^ *\* @see \[[^\]]*\]\(\.{1,2}\/[^)]*\)\n/gm, '').replace(LINK, (_link, _bang, text) => text);
}

const COMMENT = /\/\*[^]*?\*\//g;

const has = (code, name) => new RegExp(`\\b${name}\\b`).test(code);

/**
 * Typings that import what their `{@link name}` lead to. The files that they were made of did, but a bundler of typings
 * drops what only comments use.
 *
 * @param entries names of entries and their typings
 * @param extension of the imported files
 */
export function withNamesInScope(typings, entries, extension) {
  const code = typings.replace(COMMENT, '');
  const names = new Set([...typings.matchAll(/\{@link ([A-Za-z]\w*)(?=[ }.])/g)].map(([, name]) => name));
  const imports = [...names]
    .filter((name) => !has(code, name))
    .map((name) => {
      const [entry] = entries.find(([, exported]) => has(exported.replace(COMMENT, ''), name)) ?? [];
      if (!entry) throw new Error(`No entry exports ${name}, to which a doc comment links.`);
      return `import type { ${name} } from './${entry}.${extension}';\n`;
    });
  return imports.length > 0 ? `${typings.trimEnd()}\n${imports.join('')}` : typings;
}
