import '@angular/compiler';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { provideZonelessChangeDetection } from '@angular/core';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { chromium } from 'playwright';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WEB_SOCKET_TRANSPORT } from '../../src/angular/index.js';
import { nativeTransport } from '../../src/index.js';
import type { Transport } from '../../src/index.js';
import { watchedPage } from '../dashboard/watched-page.js';
import { launchOptions, wantsChromium } from '../helpers/chromium.js';
import { TestServer } from '../helpers/server.js';
import { bootstrapPage } from './hydrated-page.js';

/** Records the text node that the server rendered, and every later write to it, also of an equal text. */
const DOCUMENT = `<!doctype html><link rel="icon" href="data:,"><app-root></app-root>
<script>
  rendered = document.querySelector('p').firstChild;
  before = [];
  new MutationObserver((writes) => before.push(...writes.map(({ oldValue }) => oldValue)))
    .observe(rendered, { characterData: true, characterDataOldValue: true });
</script>
<script type="module" src="/client.js"></script>`;

/** Has esbuild take the Angular that this project of vitest is about. */
function ofVersion(version: string): Plugin {
  const resolveDir = fileURLToPath(new URL(`versions/${version}`, import.meta.url));
  return {
    name: `angular-${version}`,
    setup: ({ onResolve, resolve }) =>
      onResolve({ filter: /^@angular\// }, ({ path, kind, pluginData }) =>
        pluginData === version ? undefined : resolve(path, { kind, resolveDir, pluginData: version }),
      ),
  };
}

/** The bundle for the browser, made by esbuild. */
async function bundleClient(): Promise<string> {
  const entry = fileURLToPath(new URL('hydrated-client.ts', import.meta.url));
  const { ANGULAR } = process.env;
  const plugins = ANGULAR ? [ofVersion(ANGULAR)] : [];
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', write: false, plugins });
  return outputFiles[0]!.text;
}

/** Renders the page as a server does. @returns the HTML, and how many sockets were opened meanwhile */
async function renderPage(feed: string) {
  const native = nativeTransport();
  let sockets = 0;
  const open: Transport['open'] = (...request) => {
    sockets++;
    return native.open(...request);
  };
  const providers = [
    provideZonelessChangeDetection(),
    provideServerRendering(),
    { provide: WEB_SOCKET_TRANSPORT, useValue: { ...native, open } },
  ];
  const html = await renderApplication((context) => bootstrapPage(feed, providers, context), { document: DOCUMENT });
  return { html, sockets };
}

/** Serves the page and its client until the test ends. @returns the URL */
async function serve(html: string, client: string): Promise<string> {
  const server = createServer(({ url }, response) => {
    const isClient = url === '/client.js';
    response.setHeader('content-type', isClient ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(isClient ? client : html);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Waits until the page shows a text. */
const shows = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();

/** Waits until the application is stable. */
const becomesStable = (page: Page) => page.evaluate('application.then((application) => application.whenStable())');

const isReused = (page: Page) => page.evaluate('document.querySelector("p").firstChild === rendered');

/** The texts of the server's text node, write by write. */
const textsOf = (page: Page) => page.evaluate('[...before, rendered.data]');

describe.skipIf(!wantsChromium)('Hydration', () => {
  let browser: Browser;
  let client: string;

  beforeAll(async () => {
    [browser, client] = await Promise.all([chromium.launch(launchOptions), bundleClient()]);
  });

  afterAll(() => browser.close());

  async function feed(): Promise<TestServer> {
    const server = await TestServer.start();
    onTestFinished(() => server.stop());
    return server;
  }

  describe.each(['zone.js', 'no zone'])('with %s', (detection) => {
    /** Renders a page on the server and opens it in a browser. */
    async function visit(server: TestServer) {
      const { html, sockets } = await renderPage(server.url);
      const origin = await serve(html, client);
      const { page, said } = await watchedPage(browser);
      await page.goto(`${origin}?${new URLSearchParams({ detection, feed: server.url })}`);
      return { html, sockets, origin, page, said };
    }

    it('only the browser opens a socket, and messages appear in the node that the server rendered', async () => {
      const server = await feed();
      server.greet((peer) => peer.sendJson('hello'));

      const { html, sockets, origin, page, said } = await visit(server);
      await shows(page, 'open: hello');
      await becomesStable(page);

      expect(html).toMatch(/<app-root[^>]* ngh="0"[^>]*><p>idle: nothing<\/p><\/app-root>/);
      expect(sockets).toBe(0);
      expect(server.requests.map(({ headers }) => `${headers.origin}/`)).toEqual([origin]);
      expect(await isReused(page)).toBe(true);
      expect(said.filter((line) => !line.startsWith('log: '))).toEqual([]);
      expect(said.join()).toContain('Angular hydrated 1 component(s) and 3 node(s), 0 component(s) were skipped.');
    });

    it('the application is hydrated and stable while a handshake is never answered', async () => {
      const server = await feed();
      server.ignore();

      const { page, said } = await visit(server);
      await server.handshake();
      await shows(page, 'connecting: nothing');
      await becomesStable(page);

      // The second text is the first render of the browser, which equals the server's.
      expect(await textsOf(page)).toEqual(['idle: nothing', 'idle: nothing', 'connecting: nothing']);
      expect(await isReused(page)).toBe(true);
      expect(said.filter((line) => !line.startsWith('log: '))).toEqual([]);
      expect(server.clients).toBe(1);
    });

    it('the application is hydrated and stable while a retry waits', async () => {
      const server = await feed();
      server.hangUp();

      const { page } = await visit(server);
      await shows(page, 'reconnecting: nothing');
      await becomesStable(page);

      expect(await page.textContent('p')).toBe('reconnecting: nothing');
      expect(await isReused(page)).toBe(true);
      expect(server.requests).toHaveLength(1);
    });
  });
});
