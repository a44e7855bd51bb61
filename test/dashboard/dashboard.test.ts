import { chromium } from 'playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launchOptions, wantsChromium } from '../helpers/chromium.js';
import { watchedPage } from './watched-page.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built page is served. */
    dashboard: string;
  }
}

const LAPTOP = { viewport: { width: 1440, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** What somebody does at the dashboard, and what they see. */
class Visitor {
  constructor(
    readonly page: Page,
    /** What the browser said. */
    readonly said: readonly string[],
  ) {}

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name }).click();
  }

  /** Waits for it. */
  sees(status: string): Promise<void> {
    return this.page.getByRole('status').filter({ hasText: status }).waitFor();
  }

  /** Waits for an event in the timeline. */
  hearsOf(type: string, text: string): Promise<void> {
    const events = this.page.getByRole('listitem').filter({ has: this.page.getByText(type, { exact: true }) });
    return events.filter({ hasText: text }).first().waitFor();
  }

  /** The timeline, from its beginning on, without the times; what is rolled by dice is left out. */
  async timeline(): Promise<string[]> {
    const lines = await this.page.getByRole('region', { name: 'Lifecycle' }).getByRole('listitem').allInnerTexts();
    return lines
      .map((line) =>
        line
          .replace(/^\S+\s+/, '')
          .replace(/\s+/g, ' ')
          .replace(/ in .*/, ''),
      )
      .reverse();
  }
}

describe.skipIf(!wantsChromium)('The dashboard', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch(launchOptions);
  });

  afterAll(() => browser.close());

  async function visit(options: BrowserContextOptions = LAPTOP): Promise<Visitor> {
    const { page, said } = await watchedPage(browser, options);
    page.setDefaultTimeout(45_000);
    await page.request.post(`${inject('dashboard')}trouble/recover`); // whatever the test before left
    await page.goto(inject('dashboard'));
    const visitor = new Visitor(page, said);
    await visitor.sees('open');
    return visitor;
  }

  it('reconnects when the server drops it', async () => {
    const visitor = await visit();

    await visitor.press('Drop');
    await visitor.sees('reconnecting');
    await visitor.hearsOf('open', 'attempt 2');

    await visitor.sees('open');
    expect(await visitor.timeline()).toEqual([
      'connecting attempt 1',
      'open attempt 1',
      'close 1006 by the peer',
      'reconnecting retry 1',
      'connecting attempt 2',
      'open attempt 2',
    ]);
    expect(visitor.said).toEqual([]);
  });

  it('notices that the server is silent, says so, and reconnects', async () => {
    const visitor = await visit();

    await visitor.press('Silence');
    await visitor.sees('The peer gave no sign of life for 2000 ms.');
    await visitor.hearsOf('open', 'attempt 2');

    expect(await visitor.timeline()).toEqual([
      'connecting attempt 1',
      'open attempt 1',
      'close 1006 by us',
      'reconnecting retry 1',
      'connecting attempt 2',
      'open attempt 2',
    ]);
    expect(visitor.said).toEqual([]);
  });

  it('shows how fast messages come when the server sends too many, and batches that are full', async () => {
    const visitor = await visit();
    const rate = () => visitor.page.getByRole('heading', { name: 'Messages per second' }).innerText();
    const perSecond = async () => Number((await rate()).replace(/\D/g, ''));
    await expect.poll(perSecond, { timeout: 30_000 }).toBeGreaterThan(0);

    await visitor.press('Overload');

    await expect.poll(perSecond, { timeout: 30_000 }).toBeGreaterThan(300);
    await visitor.page.getByRole('cell', { name: '100', exact: true }).first().waitFor();
    expect(visitor.said).toEqual([]);
  });

  it('counts down to one retry after another while the server refuses it, and is open again when that recovers', async () => {
    const visitor = await visit();
    const seconds: number[] = [];

    await visitor.press('Refuse');
    const timer = visitor.page.getByRole('timer').filter({ hasText: 'Retry 2' }).locator('strong');
    await timer.waitFor();
    while (seconds.length < 4) {
      const left = parseFloat(await timer.innerText());
      if (left !== seconds.at(-1)) seconds.push(left);
    }
    await visitor.hearsOf('reconnecting', 'retry 3');
    await visitor.press('Recover');
    await visitor.sees('open');

    expect(seconds).toEqual([...seconds].sort((a, b) => b - a));
    const timeline = await visitor.timeline();
    expect(timeline.slice(0, 8)).toEqual([
      'connecting attempt 1',
      'open attempt 1',
      'close 1006 by the peer',
      'reconnecting retry 1',
      'connecting attempt 2',
      'error HandshakeError',
      'close 1006 by the peer',
      'reconnecting retry 2',
    ]);
    // Chromium tells of each refusal by itself, and nothing else is said.
    const socket = `${inject('dashboard').replace('http', 'ws')}trades`;
    const refusals = timeline.filter((line) => line === 'error HandshakeError');
    expect(visitor.said).toEqual(
      refusals.map(
        () =>
          `error: WebSocket connection to '${socket}' failed: Error during WebSocket handshake: Unexpected response code: 503`,
      ),
    );
  });

  it('says that the server did not answer', async () => {
    const visitor = await visit();
    await visitor.page.route('**/trouble/*', (route) => route.abort());

    await visitor.press('Drop');

    await visitor.page.getByRole('alert').filter({ hasText: 'did not answer' }).waitFor();
    expect(visitor.said).toEqual(['error: Failed to load resource: net::ERR_FAILED']);
  });

  it('draws both charts, each in its colour, and goes on drawing', async () => {
    const visitor = await visit();
    const inks = () =>
      visitor.page.locator('app-live-chart').evaluateAll((charts) =>
        charts.map((chart) => {
          const canvas = chart.querySelector('canvas')!;
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          const [red, green, blue] = getComputedStyle(chart).color.match(/\d+/g)!.map(Number);
          let ink = 0;
          for (let at = 0; at < data.length; at += 4) {
            if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) ink++;
          }
          return ink;
        }),
      );
    const least = async () => Math.min(...(await inks()));

    await expect.poll(least, { timeout: 30_000 }).toBeGreaterThan(5);
    const before = await least();

    await expect.poll(least, { timeout: 30_000 }).toBeGreaterThan(before + 5);
    expect(visitor.said).toEqual([]);
  });

  it('fits on a phone, where its buttons work too', async () => {
    const visitor = await visit(PHONE);
    const overhang = () => visitor.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await visitor.page.getByRole('cell').first().waitFor();
    const whileOpen = await overhang();

    await visitor.page.getByRole('button', { name: 'Drop' }).tap();
    await visitor.sees('reconnecting');

    expect([whileOpen, await overhang()]).toEqual([0, 0]);
    await visitor.hearsOf('open', 'attempt 2');
    expect(visitor.said).toEqual([]);
  });

  it('is light or dark as its visitor wants it, and changes with them', async () => {
    const visitor = await visit({ ...LAPTOP, colorScheme: 'dark' });
    const lightness = () =>
      visitor.page.evaluate(() =>
        ['background-color', 'color', '--chart-text'].map((name) => {
          const colour = getComputedStyle(document.documentElement).getPropertyValue(name);
          return Number(/\d+/.exec(colour)![0]) > 127 ? 'light' : 'dark';
        }),
      );
    const dark = await lightness();

    await visitor.page.emulateMedia({ colorScheme: 'light' });

    expect(dark).toEqual(['dark', 'light', 'light']);
    expect(await lightness()).toEqual(['light', 'dark', 'dark']);
  });

  it('tells those who do not see it what it shows', async () => {
    const { page } = await visit();
    const buttons = await page.getByRole('button').all();

    const descriptions = await Promise.all(
      buttons.map((button) =>
        button.evaluate((element) => document.getElementById(element.getAttribute('aria-describedby')!)!.textContent),
      ),
    );

    expect(descriptions.every((text) => text.length > 10)).toBe(true);
    for (const name of [/^State of the connection/, /^Messages per second/, /^Latency/]) {
      expect(await page.getByRole('img', { name }).count()).toBe(1);
    }
  });
});
