import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { expect, it, onTestFinished } from 'vitest';
import { launchOptions, wantsChromium } from '../helpers/chromium.js';
import { GuideServer } from './guide-server.js';
import { watchedPage } from './watched-page.js';

const FOLDER = fileURLToPath(new URL('../../examples/angular-guide/', import.meta.url));

/** `ng serve` with the proxy of the guide, which leads to the port of a server. @returns where the page is */
async function serve(server: GuideServer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rxwire-proxy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const proxy = readFileSync(`${FOLDER}proxy.json`, 'utf8').replace('3000', new URL(server.url).port);
  writeFileSync(join(folder, 'proxy.json'), proxy);

  const args = ['node_modules/@angular/cli/bin/ng.js', 'serve', '--port', '0', '--proxy-config'];
  const child = spawn(process.execPath, [...args, join(folder, 'proxy.json')], {
    cwd: FOLDER,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, VITEST: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = ''; // not shown where it ends well: its bundler says something as it is killed
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  onTestFinished(async () => {
    if (child.kill()) await once(child, 'exit');
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/localhost:\d+\//.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error(`\`ng serve\` has ended. ${errors}`);
}

it.skipIf(!wantsChromium)(
  '`ng serve` with the proxy of the guide leads the login and the socket to the server',
  { timeout: 120_000 },
  async () => {
    const url = await serve(await GuideServer.start());
    const browser = await chromium.launch(launchOptions);
    onTestFinished(() => browser.close());
    const { page } = await watchedPage(browser, {});
    page.setDefaultTimeout(45_000);
    const sockets: string[] = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));

    await page.goto(url);
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('Password').fill('secret');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('200 prices').waitFor();

    const { host } = new URL(url);
    expect(sockets.filter((socket) => socket.includes('/api/'))).toEqual([
      expect.stringContaining(`ws://${host}/api/feed?token=`),
    ]);
  },
);
