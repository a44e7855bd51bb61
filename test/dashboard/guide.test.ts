import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright';
import type { Browser, BrowserContextOptions, Page, WebSocket } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions, wantsChromium } from '../helpers/chromium.js';
import { GuideServer } from './guide-server.js';
import { watchedPage } from './watched-page.js';

const LAPTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Where pictures are put, for those who want to look at the pages. */
const PICTURES = process.env.PICTURES;

/** What a user does in the application, and what they see. */
class User {
  readonly page: Page;
  readonly said: readonly string[];
  /** The sockets that their page has made. */
  readonly sockets: WebSocket[] = [];

  constructor(page: Page, said: readonly string[]) {
    this.page = page;
    this.said = said;
    page.setDefaultTimeout(45_000);
    page.on('websocket', (socket) => this.sockets.push(socket));
  }

  async logIn(name: string, password = 'secret'): Promise<void> {
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('Password').fill(password);
    await this.page.getByRole('button', { name: 'Log in' }).click();
  }

  async goTo(name: string): Promise<void> {
    await this.page.getByRole('link', { name }).click();
    await this.page.getByRole('heading', { name }).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name }).click();
  }

  async say(text: string): Promise<void> {
    await this.page.getByLabel('Message').fill(text);
    await this.press('Send');
  }

  /** Waits until the page shows a text. */
  sees(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  /** Waits until the banner says something, or is gone. */
  async seesBanner(text: string | undefined): Promise<void> {
    const banner = this.page.locator('.banner');
    if (text === undefined) await banner.waitFor({ state: 'detached' });
    else await banner.filter({ hasText: text }).waitFor();
  }

  /** Waits until a price is another one. */
  async seesPricesChange(): Promise<void> {
    const prices = () => this.page.locator('tbody').innerText();
    const before = await prices();
    await expect.poll(prices, { timeout: 30_000 }).not.toBe(before);
  }

  async overhang(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  }

  async picture(name: string): Promise<void> {
    if (!PICTURES) return;
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: `${PICTURES}/${name}.png` });
  }
}

/** What Chromium says by itself of requests and sockets that fail. */
const isOfTheBrowser = (line: string) => /^error: (WebSocket connection to|Failed to load resource)/.test(line);

describe.skipIf(!wantsChromium)('The application of the guide for Angular', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch(launchOptions);
  });

  afterAll(() => browser.close());

  async function visit(server: GuideServer, options: BrowserContextOptions = LAPTOP): Promise<User> {
    const { page, said } = await watchedPage(browser, options);
    const user = new User(page, said);
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    return user;
  }

  async function visitAs(name: string, server: GuideServer, options?: BrowserContextOptions): Promise<User> {
    const user = await visit(server, options);
    await user.logIn(name);
    await user.sees('200 prices');
    return user;
  }

  it('connects nothing before the login, and then shows 200 rows that change', async () => {
    const user = await visit(await GuideServer.start());
    await user.picture('login-desktop');
    await user.logIn('Ada', 'wrong');
    await user.sees('The name or the password is wrong.');
    expect(user.sockets).toEqual([]);

    await user.logIn('Ada');
    await user.sees('200 prices');

    await user.seesPricesChange();
    expect(await user.page.getByRole('row').count()).toBe(201);
    expect(user.sockets).toHaveLength(1);
    expect(user.sockets[0]!.url()).toMatch(/^ws:\/\/localhost:\d+\/api\/feed\?token=/);
    await user.picture('prices-desktop');
    expect(user.said.filter((line) => !isOfTheBrowser(line))).toEqual([]);
  });

  it('counts down while the server is down, and goes on when it is back', async () => {
    const server = await GuideServer.start();
    const user = await visitAs('Ada', server);
    await user.seesBanner(undefined);

    await server.kill();
    await user.seesBanner('You are offline.');
    await user.page
      .getByRole('timer')
      .filter({ hasText: /^Next attempt in \d+ s\.$/ })
      .waitFor();
    expect(await user.page.getByRole('row').count()).toBe(201);
    await user.picture('offline-desktop');
    await server.start();
    await user.seesBanner(undefined);

    await user.seesPricesChange();
    expect(user.said.filter((line) => !isOfTheBrowser(line))).toEqual([]);
  });

  it('connects at once when the button is pressed', async () => {
    const server = await GuideServer.start();
    const user = await visitAs('Ada', server);
    await server.kill();
    // Behind the first waits, which are short.
    await user.page
      .getByRole('timer')
      .filter({ hasText: /in ([4-9]|1\d) s/ })
      .waitFor();
    await server.start();

    await user.press('Connect now');

    await user.page.locator('.banner').waitFor({ state: 'detached', timeout: 3000 });
  });

  it('refreshes its token when that expires, so that the user does not notice', async () => {
    const user = await visitAs('Ada', await GuideServer.start(7));

    await expect.poll(() => user.sockets.length, { timeout: 40_000 }).toBe(3);

    await user.seesBanner(undefined);
    await user.seesPricesChange();
    const tokens = user.sockets.map((socket) => new URL(socket.url()).searchParams.get('token'));
    expect(new Set(tokens).size).toBe(3);
    expect(user.said).toEqual([]);
  });

  it('is at the login page when the session cannot be refreshed, and shows everything again after the next login', async () => {
    const server = await GuideServer.start(7);
    const user = await visitAs('Ada', server);
    await user.page.route('**/api/refresh', (route) => route.fulfill({ status: 401 }));

    await user.page.getByRole('heading', { name: 'Log in' }).waitFor();
    expect(user.sockets).toHaveLength(1);
    await user.logIn('Bob');
    await user.sees('200 prices');

    await user.seesPricesChange();
    expect(user.sockets).toHaveLength(2);
  });

  it('closes its socket at the logout, and another user sees their own prices and history', async () => {
    const user = await visitAs('Ada', await GuideServer.start());
    await user.goTo('Chat');
    await user.say('hello');
    await user.page.getByRole('listitem').filter({ hasText: 'Ada hello' }).waitFor();

    await user.press('Log out');
    await user.page.getByRole('heading', { name: 'Log in' }).waitFor();
    await expect.poll(() => user.sockets.map((socket) => socket.isClosed())).toEqual([true]);
    await user.logIn('Bob');

    await user.sees('200 prices');
    await user.goTo('Chat');
    await user.page.getByRole('listitem').filter({ hasText: 'Ada hello' }).waitFor();
    expect(await user.page.getByRole('listitem').count()).toBe(1);
    expect(user.sockets).toHaveLength(2);
  });

  it('delivers what is said without a network when that is back, once', async () => {
    const server = await GuideServer.start();
    const [ada, bob] = [await visitAs('Ada', server), await visitAs('Bob', server)];
    for (const user of [ada, bob]) await user.goTo('Chat');
    await ada.say('with a network');
    await bob.page.getByRole('listitem').filter({ hasText: 'Ada with a network' }).waitFor();

    await ada.page.context().setOffline(true);
    await ada.seesBanner('You are offline.'); // the heartbeat has noticed
    await ada.say('without one');
    await ada.sees('sending …');
    await ada.picture('chat-offline-desktop');
    await bob.say('anyone there?');
    await ada.page.context().setOffline(false);

    await ada.seesBanner(undefined);
    await bob.page.getByRole('listitem').filter({ hasText: 'Ada without one' }).waitFor();
    const lines = ['Ada with a network', 'Bob anyone there?', 'Ada without one'];
    for (const user of [ada, bob]) {
      await expect.poll(() => user.page.getByRole('listitem').allInnerTexts()).toEqual(lines);
      expect(user.said.filter((line) => !isOfTheBrowser(line))).toEqual([]);
    }
    await bob.picture('chat-desktop');
  });

  it('says that a message was lost on its way, and sends it again', async () => {
    const server = await GuideServer.start();
    const user = await visitAs('Ada', server);
    await user.goTo('Chat');

    await user.page.context().setOffline(true);
    await user.say('into the void');
    await user.page.getByRole('button', { name: 'Send again' }).waitFor(); // the heartbeat has noticed
    await user.page.context().setOffline(false);
    await user.press('Send again');

    await user.page.getByRole('listitem').filter({ hasText: 'Ada into the void' }).waitFor();
    await expect.poll(() => user.page.getByRole('listitem').count()).toBe(1);
  });

  it('forgets at the logout what was not sent, and says nothing of it for the next user', async () => {
    const server = await GuideServer.start();
    const user = await visitAs('Ada', server);
    await user.goTo('Chat');
    await server.kill();
    await user.seesBanner('You are offline.');
    await user.say('a secret of Ada');
    await user.sees('sending …');

    await user.press('Log out');
    await user.page.getByRole('heading', { name: 'Log in' }).waitFor();
    await server.start();
    await user.logIn('Bob');
    await user.sees('200 prices');
    await user.goTo('Chat');
    await user.say('hello');

    await user.page.getByRole('listitem').filter({ hasText: 'Bob hello' }).waitFor();
    expect(await user.page.getByRole('listitem').allInnerTexts()).toEqual(['Bob hello']);
  });

  it('fits on a phone', async () => {
    const server = await GuideServer.start();
    const user = await visit(server, PHONE);
    const overhangs = [await user.overhang()];
    await user.picture('login-phone');
    await user.logIn('Ada');
    await user.sees('200 prices');
    overhangs.push(await user.overhang());
    await user.picture('prices-phone');
    await user.goTo('Chat');
    await user.say(
      'a message that is longer than a line of a telephone, and has aVeryVeryVeryVeryVeryVeryLongWordInIt',
    );
    await user.page.getByRole('listitem').filter({ hasText: 'Ada a message' }).waitFor();
    overhangs.push(await user.overhang());
    await user.picture('chat-phone');

    await server.kill();
    await user.seesBanner('Next attempt in');
    overhangs.push(await user.overhang());
    await user.picture('offline-phone');

    expect(overhangs).toEqual([0, 0, 0, 0]);
  });
});
