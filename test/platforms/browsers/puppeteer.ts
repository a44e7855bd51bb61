import { CHROMIUM, launchOptions } from '../../helpers/chromium.js';
import { debianPackage } from '../../servers/installed.js';
import { load } from '../places/packages.js';
import type { Browser, BrowserKind } from './browser.js';

/** The part of puppeteer that is used. */
interface Puppeteer {
  launch(options: object): Promise<{
    newPage(): Promise<{
      goto(url: string, options?: object): Promise<unknown>;
      goBack(options?: object): Promise<unknown>;
    }>;
    close(): Promise<void>;
  }>;
}

async function launch(options: object): Promise<Browser> {
  const { default: puppeteer } = (await load('puppeteer-core')) as { default: Puppeteer };
  const browser = await puppeteer.launch({ headless: true, ...options });
  const page = await browser.newPage();
  return {
    async open(url) {
      await page.goto(url);
    },
    async back() {
      await page.goBack();
    },
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
