/*
 * A page that goes away and comes back, is frozen, or loses its network. `act`: what happens to it; `report`: where it
 * posts what it saw.
 */

import { firstValueFrom } from 'rxjs';
import { heartbeat, observeWebSocket, ofType, online, retryWithBackoff, visible } from 'rxwire';
import type { LifecycleEvent } from 'rxwire';
import { brief } from './place.js';

const { host, searchParams } = new URL(location.href);
const post = (to: string, found: unknown) =>
  void fetch(`/${to}`, { method: 'POST', body: JSON.stringify(found), keepalive: true });
const report = (found: unknown) => post(searchParams.get('report')!, found);

/** A feed, and what has happened to it. */
function follow(attempts: (attempt: number) => string, delays: number[]) {
  const log: string[] = [];
  const feed = observeWebSocket(
    { url: ({ attempt }) => `ws://${host}/${attempts(attempt)}` },
    heartbeat({ interval: 300, timeout: 300, ping: () => 'ping', isReply: (data) => data === 'ping' }),
    retryWithBackoff({ delays }),
  );
  feed.lifecycle.subscribe((event) => {
    if (event.type === 'reconnecting') log.push(`reconnecting after ${event.error.name}`);
    else if (event.type !== 'error' && event.type !== 'heartbeat') log.push(brief(event));
  });
  const next = <K extends LifecycleEvent['type']>(type: K) => firstValueFrom(feed.events.pipe(ofType(type)));
  return { log, next };
}

const refusedFirst = (attempt: number) => (attempt === 1 ? 'refused' : 'echo');

/** Goes away, and comes back: with an open connection, while a retry waits for a minute, or with none. */
async function away(connection: 'open' | 'waiting' | 'none'): Promise<void> {
  if (sessionStorage.getItem('away')) {
    report({ isKept: false });
    return;
  }
  sessionStorage.setItem('away', 'yes');
  // Before it has been loaded and shown, the next page would take its place in the history.
  await new Promise((resolve) => addEventListener('pageshow', () => setTimeout(resolve), { once: true }));
  const followed =
    connection === 'none'
      ? undefined
      : connection === 'open'
        ? follow(() => 'echo', [1000])
        : follow(refusedFirst, [60_000, 60_000]);
  await followed?.next(connection === 'open' ? 'open' : 'reconnecting');
  const page: string[] = [];
  for (const type of ['visibilitychange', 'pageshow']) {
    addEventListener(type, () => page.push(type === 'pageshow' ? type : document.visibilityState));
  }
  visible().subscribe(() => page.push('visible()'));
  const isBack = new Promise((resolve) => addEventListener('pageshow', resolve));
  location.assign('/away');
  await isBack;
  await followed?.next('open');
  setTimeout(() => report({ isKept: true, page, log: followed?.log }));
}

/** Stands still, with an open connection and while a retry waits for two seconds. */
async function frozen(): Promise<void> {
  const open = follow(() => 'echo', [100, 100]);
  const waiting = follow(refusedFirst, [2000, 2000]);
  await Promise.all([open.next('heartbeat'), waiting.next('reconnecting')]);
  const both = Promise.all([open.next('open'), waiting.next('open')]);
  post('ready', true);
  await both;
  setTimeout(() => report({ open: open.log, waiting: waiting.log }));
}

/** Loses its network. `isWaiting` resolves when the page and its worker wait for it. */
async function offline(): Promise<void> {
  const worker = new Worker('/life-worker.js');
  const answer = () => new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }));
  const lost = new Promise((resolve) => addEventListener('offline', resolve, { once: true }));
  let isWaiting!: () => void;
  Object.assign(globalThis, { isWaiting: new Promise<void>((resolve) => (isWaiting = resolve)) });
  post('ready', true);
  await lost;
  const log: string[] = [];
  const back = firstValueFrom(online()).then(() => log.push('page'));
  const waits = answer();
  worker.postMessage('wait');
  await waits;
  const workerIsBack = answer().then(() => log.push('worker'));
  log.push('waiting');
  isWaiting();
  await Promise.all([back, workerIsBack]);
  report(log.sort());
}

const acts: Record<string, () => Promise<void>> = {
  'away-open': () => away('open'),
  'away-waiting': () => away('waiting'),
  away: () => away('none'),
  frozen,
  offline,
};

void acts[searchParams.get('act')!]!();
