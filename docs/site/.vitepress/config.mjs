import { existsSync, readFileSync } from 'node:fs';
import Slugger from 'github-slugger';
import { defineConfig } from 'vitepress';
import { locationOf } from '../../../.ci/package/manifest.mjs';
import { GROUPS } from '../contents.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const manifest = JSON.parse(read('../../../package.json'));
const isPublished = locationOf(manifest) !== undefined;
const reference = new URL('../.pages/api/typedoc-sidebar.json', import.meta.url);

/** Two menus: one with every name on every page would make each page ten times as long. */
const menus = {
  '/': [
    ...GROUPS.map(({ text, pages }, index) => ({
      text,
      collapsed: index > 3,
      items: pages.map(({ text, to }) => ({ text, link: `/${to}` })),
    })),
    { text: 'Reference of every name', link: '/api/' },
  ],
  '/api/': [
    { text: 'Guides', link: '/guides.md' },
    ...(existsSync(reference) ? JSON.parse(readFileSync(reference, 'utf8')) : []),
  ],
};

export default defineConfig({
  title: 'rxwire',
  titleTemplate: ':title | rxwire, WebSockets for RxJS',
  description: manifest.description,
  lang: 'en',
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  base: process.env.SITE_BASE ?? '/',
  srcDir: '.pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  lastUpdated: false,
  metaChunk: true,
  ...(isPublished && { sitemap: { hostname: manifest.homepage } }),
  vite: { build: { chunkSizeWarningLimit: 1000 } }, // the index of the search
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    // Headings have the addresses that a Git host gives them.
    anchor: { slugify: (heading) => new Slugger().slug(heading) },
  },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/first-feed.md' },
      { text: 'Which operator?', link: '/which-operator.md' },
      { text: 'Cookbook', link: '/cookbook.md' },
      { text: 'Troubleshooting', link: '/troubleshooting.md' },
      { text: 'Reference', link: '/api/' },
    ],
    sidebar: menus,
    outline: [2, 3],
    externalLinkIcon: true,
    search: {
      provider: 'local',
      options: {
        // The words of the page's list are found too, at its title. A list of names that are elsewhere is not.
        _render(markdown, env, md) {
          const html = md.render(markdown, env);
          if (env.relativePath === 'api/operators/index.md') return '';
          const { keywords } = env.frontmatter ?? {};
          return keywords ? html.replace('</h1>', `</h1>\n<p>${keywords}</p>`) : html;
        },
        miniSearch: {
          searchOptions: {
            fuzzy: 0.15,
            prefix: true,
            boost: { title: 4, text: 2, titles: 1 },
            // Runs in the browser, from its text.
            boostDocument(id) {
              if (id.includes('/api/')) return id.includes('/src/functions/') ? 1.5 : 0.4;
              return /(reliability|n-testing|l-testing|soak|servers|clients|herd|architecture|changelog|operator-order)(\.html)?#/.test(
                id,
              )
                ? 0.4
                : 1;
            },
          },
        },
      },
    },
    footer: { message: 'MIT' },
  },
});
