import { existsSync } from 'node:fs';

/** Debian's, unless one is named. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

/** For playwright: a browser that says nothing to the world, and needs no sandbox to say it in. */
export const launchOptions = {
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** Wherever it is installed, and where tests are not allowed to be left out. */
export const wantsChromium = hasChromium || process.env.CI !== undefined;
