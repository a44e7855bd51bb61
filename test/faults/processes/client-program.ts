// A client that sends and receives all the time, in a process that its parent may harm. It ends by itself.
import { closeSync, openSync, readdirSync } from 'node:fs';
import { interval } from 'rxjs';
import type { Subscription } from 'rxjs';
import type { Pace } from '../clients/client.js';
import { rxwire } from '../clients/rxwire.js';
import { Trace } from '../trace.js';
import type { ClientReport, Order } from './client-process.js';

/** How often it sends, and how often it takes the file descriptors that have become free, in milliseconds. */
const [PERIOD, GREED] = [10, 2];

const { url, pace } = JSON.parse(process.argv[2]!) as { readonly url: string; readonly pace: Pace };
const openFiles = () => readdirSync('/proc/self/fd').length;

const filesBefore = openFiles();
const trace = new Trace();
let attempts = 0;
const session = rxwire({ nextUrl: () => `${url}/?attempt=${++attempts}`, ca: undefined, isQuiet: false, pace }, trace);
session.feed.events.subscribe(({ type }) => process.send!({ type }));

let sent = 0;
const sending = interval(PERIOD).subscribe(() => session.send(++sent));

const held: number[] = [];
let taking: Subscription | undefined;

/** Opens files until there is no descriptor left. */
function takeAll(): void {
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
}

/** Nothing else happens in this process for so long. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Its parent is gone, or wants no more of it. */
const abandoned = () => process.exit(1);
process.on('disconnect', abandoned);

async function finish(): Promise<void> {
  process.off('disconnect', abandoned); // it shall end by itself
  sending.unsubscribe();
  await session.close();
  await new Promise(setImmediate); // the socket is closed, and its descriptor too
  const { sent: handed, queued, dropped } = session.feed.stats;
  const report: ClientReport = {
    events: session.events.map((event) => ({ type: event.type, count: event.type === 'dropped' ? event.count : 0 })),
    states: session.states,
    handedOver: session.handedOver,
    losses: trace.losses.map(({ error }) => error),
    messages: trace.messages,
    stats: { sent: handed, queued, dropped },
    sent,
    filesLeft: openFiles() - filesBefore,
  };
  process.send!({ report }, () => process.disconnect());
}

process.on('message', (order: Order) => {
  switch (order.name) {
    case 'block':
      return block(order.milliseconds);
    case 'takeFiles':
      takeAll();
      taking = interval(GREED).subscribe(takeAll);
      return;
    case 'giveFilesBack':
      taking?.unsubscribe();
      for (const file of held.splice(0)) closeSync(file);
      return;
    case 'finish':
      return void finish();
  }
});
