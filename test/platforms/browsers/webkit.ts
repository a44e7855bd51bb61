import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { debianPackage } from '../../servers/installed.js';
import { freePort } from '../../servers/free-port.js';
import type { Browser, BrowserKind } from './browser.js';

const BINARY = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
const capabilities = {
  alwaysMatch: {
    browserName: 'MiniBrowser',
    'webkitgtk:browserOptions': { binary: BINARY, args: ['--automation'] },
  },
};

/** WebKit has no headless mode, and its driver speaks plain WebDriver. */
async function launch(): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'rxwire-webkit-'));
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const [display] = (await once(xvfb.stdio[3] as Readable, 'data')) as [Buffer];
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', ['--host=127.0.0.1', `--port=${port}`], {
    env: { PATH: process.env.PATH, HOME: home, DISPLAY: `:${String(display).trim()}` },
    stdio: 'ignore',
  });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const options = body ? { method, body: JSON.stringify(body) } : { method };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, options);
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const end = async () => {
    for (const child of [driver, xvfb]) {
      const exited = once(child, 'exit');
      if (child.kill()) await exited;
    }
    rmSync(home, { recursive: true, force: true });
  };

  try {
    while (!(await call('GET', '/status').catch(() => undefined))) {
      if (driver.exitCode !== null) throw new Error(`WebKitWebDriver exits with ${driver.exitCode}.`);
    }
    const { sessionId } = (await call('POST', '/session', { capabilities })) as { sessionId: string };
    return {
      async open(url) {
        await call('POST', `/session/${sessionId}/url`, { url });
      },
      async [Symbol.asyncDispose]() {
        await call('DELETE', `/session/${sessionId}`);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

export const webkit: BrowserKind = {
  name: 'WebKit',
  version: () => debianPackage('xvfb') && debianPackage('webkit2gtk-driver'),
  launch,
};
