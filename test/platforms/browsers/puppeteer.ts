import { CHROMIUM, launchOptions } from '../../helpers/chromium.js';
import { debianPackage } from '../../servers/installed.js';
import { load } from '../places/packages.js';
import type { Browser, BrowserKind, PageTools } from './browser.js';

/** The part of puppeteer that is used. */
interface Puppeteer {
  launch(options: object): Promise<{ newPage(): Promise<Page>; close(): Promise<void> }>;
}

interface Page {
  goto(url: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  setOfflineMode(isOffline: boolean): Promise<void>;
  createCDPSession(): Promise<{ send(method: string, options: object): Promise<unknown> }>;
}

/** By Chromium's own protocol. */
async function toolsOf(page: Page): Promise<PageTools> {
  const session = await page.createCDPSession();
  const become = async (state: string) => {
    await session.send('Page.setWebLifecycleState', { state });
  };
  return {
    freeze: () => become('frozen'),
    thaw: () => become('active'),
    setOffline: (isOffline) => page.setOfflineMode(isOffline),
    evaluate: (expression) => page.evaluate(expression),
  };
}

async function launch(options: { readonly browser: string; readonly [option: string]: unknown }): Promise<Browser> {
  const { default: puppeteer } = (await load('puppeteer-core')) as { default: Puppeteer };
  const browser = await puppeteer.launch({ headless: true, ...options });
  const page = await browser.newPage();
  return {
    async open(url) {
      await page.goto(url);
    },
    ...(options.browser === 'chrome' && { tools: await toolsOf(page) }),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

export const chromium: BrowserKind = {
  name: 'Chromium',
  version: () => debianPackage('chromium'),
  launch: () => launch({ browser: 'chrome', executablePath: CHROMIUM, args: launchOptions.args }),
};

/** Puppeteer speaks WebDriver BiDi with it. */
export const firefox: BrowserKind = {
  name: 'Firefox',
  version: () => debianPackage('firefox-esr'),
  launch: () => launch({ browser: 'firefox', executablePath: '/usr/bin/firefox-esr' }),
};
