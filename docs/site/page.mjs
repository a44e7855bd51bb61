/* A page of the repository as a page of the site: the same text, with links that lead to where its neighbours are. */
import { posix } from 'node:path';
import { withAbsoluteLinks } from '../../.ci/package/links.mjs';

/** `](`, or `](<`, of a link to a file, not to a heading on the same page or to another host. */
const LINK = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\((?![a-z]+:|#|\/)([^)\s#]+)(#[^)\s]*)?\)/g;

/** What a page links to and is copied beside it. */
const isCopied = (path) => /^docs\/(images|marbles)\//.test(path);

/** What a page links to and is offered as a file. */
const isOffered = (path) => /^docs\/[^/]+\.(json|yml)$/.test(path);

/**
 * @param markdown the text
 * @param file where it is in the repository
 * @param pages all pages, with `file` and `to`
 * @param location where the files of the repository are, if that is known
 */
export function withSiteLinks(markdown, file, pages, location) {
  const link = (whole, bang, text, path, hash = '') => {
    const inner = bang ? text : text.replace(LINK, link);
    const target = posix.join(posix.dirname(file), path);
    const page = pages.find((other) => other.file === target);
    if (page) return `[${inner}](./${page.to}${hash})`;
    if (isCopied(target)) return `${bang}[${inner}](./${target.slice('docs/'.length)})`;
    if (isOffered(target)) return `[${inner}](/${target.slice('docs/'.length)})`;
    return location ? withAbsoluteLinks(whole, location) : inner;
  };
  return splitAtFences(markdown)
    .map((part, index) => (index % 2 === 0 ? part.replace(LINK, link) : part))
    .join('');
}

/** Text and fenced blocks, in turns. */
function splitAtFences(markdown) {
  const parts = [];
  let from = 0;
  for (const { index, 0: block } of markdown.matchAll(/^ *(`{3,})[^]*?^ *\1$/gm)) {
    parts.push(markdown.slice(from, index), block);
    from = index + block.length;
  }
  return [...parts, markdown.slice(from)];
}

/** What the generator wants to know of a page, before its text. JSON is YAML. */
export function frontMatter({ text, description, keywords }, title) {
  const head = [['meta', { name: 'keywords', content: keywords }]];
  return `---\n${Object.entries({ title, text, description, keywords, head })
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join('\n')}\n---\n\n`;
}

/** The first heading. */
export const titleOf = (markdown) => /^# (.+)$/m.exec(markdown)[1].replaceAll('`', '');
