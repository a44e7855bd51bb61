/* Fails if a link of the built site leads to no file, or to no heading. Other hosts are not asked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Parser } from 'htmlparser2';

const folder = fileURLToPath(new URL('dist', import.meta.url));
const base = process.env.SITE_BASE ?? '/';

const pages = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.html'))
    .map((name) => [`${base}${name}`, read(name)]),
);

/** The targets and the links of a page. */
function read(name) {
  const ids = new Set();
  const links = new Set();
  const parser = new Parser({
    onopentag(_tag, { id, name: anchor, href, src }) {
      if (id) ids.add(id);
      if (anchor) ids.add(anchor);
      if (href ?? src) links.add(href ?? src);
    },
  });
  parser.end(readFileSync(`${folder}/${name}`, 'utf8'));
  return { ids, links };
}

function problemOf(link, page) {
  const { origin, pathname, hash } = new URL(link, `http://site${page}`);
  if (origin !== 'http://site') return undefined;
  const path = decodeURIComponent(pathname).replace(/\/$/, '/index.html');
  if (!path.startsWith(base) || !existsSync(`${folder}/${path.slice(base.length)}`)) return 'no such file';
  const target = decodeURIComponent(hash.slice(1));
  return target && pages.has(path) && !pages.get(path).ids.has(target) ? 'no such heading' : undefined;
}

let count = 0;
for (const [page, { links }] of pages) {
  for (const link of links) {
    count++;
    const problem = problemOf(link, page);
    if (!problem) continue;
    console.error(`${page}: ${link}: ${problem}`);
    process.exitCode = 1;
  }
}
console.log(`${count} links of ${pages.size} pages`);
if (pages.size < 100) throw new Error('Expected a hundred pages at least.');
