import { lastValueFrom, timer } from 'rxjs';
import type { Browser, BrowserKind } from '../browsers/browser.js';
import { Peer } from '../peer.js';

/** How long a page is frozen: longer than all that waits in it. */
const FROZEN = 4000;

/** What is done to a page. The others go away by themselves. */
const acts: Record<string, (browser: Browser, peer: Peer, isReady: Promise<unknown>) => Promise<void>> = {
  async frozen({ tools }, _peer, isReady) {
    await isReady;
    await tools!.freeze();
    await lastValueFrom(timer(FROZEN));
    await tools!.thaw();
  },
  async offline({ tools }, _peer, isReady) {
    await isReady;
    await tools!.setOffline(true);
    await tools!.evaluate('isWaiting');
    await tools!.setOffline(false);
  },
};

/** Shows a page to which something happens. @returns what it saw */
export async function lifeOfPage(home: string, browser: Browser, act: string): Promise<unknown> {
  await using peer = await Peer.start(home);
  const [isReady, report] = [peer.report('ready'), peer.report('life')];
  await browser.open(peer.page('life', { act, report: 'life' }));
  await acts[act]?.(browser, peer, isReady);
  return await report;
}

const BROKEN = ['connecting 1', 'open 1', 'close 1006 remote unclean', 'reconnecting after ConnectionClosedError'];
const REFUSED = ['connecting 1', 'close 1006 remote unclean', 'reconnecting after HandshakeError'];
const AGAIN = ['connecting 2', 'open 2'];

/** A return from the back/forward cache. */
const RETURN = ['hidden', 'visible', 'visible()', 'pageshow', 'visible()'];

/** What a page sees of what happens to it. */
export const LIVES: Record<BrowserKind['name'], Record<string, unknown>> = {
  Chromium: {
    'away-open': { isKept: true, page: RETURN, log: [...BROKEN, ...AGAIN] },
    away: { isKept: true, page: RETURN },
    'away-waiting': { isKept: true, page: RETURN, log: [...REFUSED, ...AGAIN] },
    frozen: { open: [...BROKEN, ...AGAIN], waiting: [...REFUSED, ...AGAIN] },
    offline: ['page', 'waiting', 'worker'],
  },
  Firefox: {
    'away-open': { isKept: false }, // Firefox keeps no page with an open connection
    away: { isKept: true, page: RETURN },
    'away-waiting': { isKept: false }, // nor one that has had a connection
  },
  WebKit: {
    'away-open': { isKept: true, page: RETURN, log: [...BROKEN, ...AGAIN] },
    away: { isKept: true, page: RETURN },
    'away-waiting': { isKept: true, page: RETURN, log: [...REFUSED, ...AGAIN] },
  },
};
