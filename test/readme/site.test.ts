import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SITE_PAGES } from '../../docs/site/contents.mjs';
import { frontMatter, titleOf, withSiteLinks } from '../../docs/site/page.mjs';
import manifest from '../../package.json' with { type: 'json' };
import { PAGES, ROOT } from './pages.js';

/** What people type into a search, and the page that shall answer. */
const SEARCHES: readonly (readonly [words: string, page: string])[] = [
  ['rxjs websocket reconnect', 'reconnect.md'],
  ['heartbeat', 'reconnect.md'],
  ['ping pong', 'reconnect.md'],
  ['half-open', 'reconnect.md'],
  ['exponential backoff', 'reconnect.md'],
  ['reconnect after sleep', 'reconnect.md'],
  ['1006', 'troubleshooting.md'],
  ['memory leak', 'troubleshooting.md'],
  ['backpressure', 'backpressure.md'],
  ['slow consumer', 'backpressure.md'],
  ['mock websocket test', 'testing.md'],
  ['jest', 'testing.md'],
  ['refresh token', 'auth.md'],
  ['authorization header', 'auth.md'],
  ['HTTPS_PROXY', 'proxies-and-tls.md'],
  ['self-signed certificate', 'proxies-and-tls.md'],
  ['SIGTERM', 'shutdown.md'],
  ['await using', 'shutdown.md'],
  ['linger', 'shutdown.md'],
  ['angular websocket service', 'angular.md'],
  ['prometheus', 'metrics.md'],
  ['WebSocketSubject', 'from-rxjs-websocket.md'],
  ['ReconnectingWebSocket', 'from-reconnecting-websocket.md'],
  ['wscat', 'command.md'],
  ['order book', 'exchange.md'],
  ['offline queue', 'messages.md'],
  ['rate limit', 'messages.md'],
  ['resubscribe after reconnect', 'topics.md'],
  ['thundering herd', 'herd.md'],
];

const markdownOf = (file: string) => readFileSync(ROOT + file, 'utf8');

describe('The site', () => {
  it('has every page once, and each has a place of its own', () => {
    expect(SITE_PAGES.map(({ file }) => file).sort()).toEqual([...PAGES].sort());
    expect(new Set(SITE_PAGES.map(({ to }) => to)).size).toBe(SITE_PAGES.length);
  });

  it.each(SITE_PAGES)('says in a sentence of 160 letters at most what $file is about', ({ description, keywords }) => {
    expect(description).toMatch(/^[A-Z0-9].*\.$|: nothing\.$/);
    expect(description.length).toBeLessThanOrEqual(160);
    expect(keywords).not.toBe('');
  });

  it.each(SEARCHES)('has the words %j on %s', (words, to) => {
    const page = SITE_PAGES.find((other) => other.to === to)!;
    const text = `${page.keywords} ${page.description} ${markdownOf(page.file)}`.toLowerCase();

    expect(text).toContain(words.toLowerCase());
  });

  it('is of a package with the words that people search npm for', () => {
    const words = ['websocket', 'rxjs', 'reconnect', 'reconnecting', 'heartbeat', 'ping-pong', 'backpressure', 'mock'];

    expect(manifest.keywords).toEqual(expect.arrayContaining(words));
  });

  it.each(PAGES)('has a title for %s, which has no front matter', (file) => {
    expect(titleOf(markdownOf(file))).toMatch(/\w/);
    expect(markdownOf(file)).toMatch(/^# /);
  });

  it('describes a page to its generator in a form that quotes cannot break', () => {
    const page = { file: 'a.md', to: 'a.md', text: 'A "b": c', description: "It's.", keywords: 'd, e' };

    expect(frontMatter(page, 'T: t').split('\n')).toEqual([
      '---',
      'title: "T: t"',
      'text: "A \\"b\\": c"',
      'description: "It\'s."',
      'keywords: "d, e"',
      'head: [["meta",{"name":"keywords","content":"d, e"}]]',
      '---',
      '',
      '',
    ]);
  });
});

describe('A link of a page', () => {
  const pages = [
    { file: 'README.md', to: 'index.md' },
    { file: 'docs/README.md', to: 'guides.md' },
    { file: 'docs/auth.md', to: 'auth.md' },
  ];
  const location = { pages: 'https://host.example/pages/', images: 'https://host.example/images/' };

  it.each([
    ['README.md', '[a](docs/auth.md#b)', '[a](./auth.md#b)'],
    ['docs/auth.md', '[a](../README.md)', '[a](./index.md)'],
    ['docs/auth.md', '[all](README.md)', '[all](./guides.md)'],
    ['README.md', '![a](docs/images/a.png)', '![a](./images/a.png)'],
    ['docs/auth.md', '![a, b](marbles/a.svg)', '![a, b](./marbles/a.svg)'],
    ['docs/auth.md', '[a](grafana.json)', '[a](/grafana.json)'],
    ['docs/auth.md', '[a](#b) [c](https://d.example/e.md)', '[a](#b) [c](https://d.example/e.md)'],
    ['docs/auth.md', '[`a`](../src/a.ts)', '[`a`](https://host.example/pages/src/a.ts)'],
    ['README.md', '[![a](docs/images/a.png)](docs/auth.md)', '[![a](./images/a.png)](./auth.md)'],
    ['README.md', '```ts\ncall[0](docs/auth.md)\n```\n', '```ts\ncall[0](docs/auth.md)\n```\n'],
  ])('of %s leads to where its target is: %s', (file, link, expected) => {
    expect(withSiteLinks(link, file, pages, location)).toBe(expected);
  });

  it('to a file of the repository is its text, while nobody knows where the repository is', () => {
    expect(withSiteLinks('see [`a`](../src/a.ts)', 'docs/auth.md', pages, undefined)).toBe('see `a`');
  });
});
