/* Writes the pages of the repository to `.pages/`, from where the generator takes them. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { locationOf } from '../../.ci/package/manifest.mjs';
import { SITE_PAGES } from './contents.mjs';
import { frontMatter, titleOf, withSiteLinks } from './page.mjs';

const root = new URL('../../', import.meta.url);
const pages = new URL('.pages/', import.meta.url);
const location = locationOf(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')));

rmSync(pages, { recursive: true, force: true });
mkdirSync(new URL('public/', pages), { recursive: true });
for (const folder of ['images', 'marbles']) {
  cpSync(new URL(`docs/${folder}/`, root), new URL(`${folder}/`, pages), { recursive: true });
}
for (const file of ['alerts.yml', 'grafana.json'])
  cpSync(new URL(`docs/${file}`, root), new URL(`public/${file}`, pages));

for (const page of SITE_PAGES) {
  const markdown = readFileSync(new URL(page.file, root), 'utf8');
  const text = withSiteLinks(markdown, page.file, SITE_PAGES, location);
  writeFileSync(new URL(page.to, pages), frontMatter(page, titleOf(markdown)) + text);
}
