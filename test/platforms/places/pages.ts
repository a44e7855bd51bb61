import type { Browser, BrowserKind } from '../browsers/browser.js';
import { chromium, firefox } from '../browsers/puppeteer.js';
import { webkit } from '../browsers/webkit.js';
import { Peer } from '../peer.js';
import type { Findings } from '../program/program.js';
import { STANDARD } from './place-kind.js';
import type { PlaceKind, Traits } from './place-kind.js';

/** Runs the program in a page, or on its order elsewhere. */
async function runPage(browser: Browser, home: string, where: string, transport: string): Promise<Findings> {
  await using peer = await Peer.start(home);
  const report = peer.report('findings');
  await browser.open(peer.page('page', { in: where, transport, report: 'findings' }));
  return (await report) as Findings;
}

/** What runs in a browser that is started once for all of it. */
export interface PagesKind {
  readonly browser: BrowserKind;
  readonly places: readonly (Omit<PlaceKind, 'run'> & {
    run(home: string, browser: Browser): Promise<Findings>;
  })[];
}

function pagesOf(browser: BrowserKind, more: readonly [string, string, Traits][] = []): PagesKind {
  const rows: [where: string, transport: string, Traits][] = [
    ['page', 'native', { ...STANDARD, page: true }],
    ['worker', 'native', { ...STANDARD, network: true }],
    ['service-worker', 'native', { ...STANDARD, network: true }],
    ...more,
  ];
  return {
    browser,
    places: rows.map(([where, transport, traits]) => ({
      name: `${browser.name}, ${CAPTIONS[where]}`,
      socket: transport === 'native' ? 'its own' : '`webSocketStreamTransport()`',
      version: () => browser.version(),
      traits,
      run: (home, running) => runPage(running, home, where, transport),
    })),
  };
}

const CAPTIONS: Record<string, string> = {
  page: 'a page',
  worker: 'a Web Worker',
  'service-worker': 'a Service Worker',
};

export const browserPages: readonly PagesKind[] = [
  pagesOf(chromium, [['page', 'stream', { ...STANDARD, pauses: true, page: true }]]),
  pagesOf(firefox),
  pagesOf(webkit),
];
