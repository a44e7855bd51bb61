/* heap.mjs CONTESTANT SERVER CONNECTIONS: V8 heap per open and idle connection. */

import { once } from 'node:events';
import { setImmediate as eventLoop } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { observeWebSocket } from '../../dist/index.node.js';
import { heartbeat, retryWithBackoff, stopOnFatalClose } from '../../dist/operators.js';

const contestants = {
  /** Idle means after its first ping, and far from the next one. */
  async rxwire(url) {
    const feed = observeWebSocket(url, heartbeat({ random: () => 0 }), stopOnFatalClose(), retryWithBackoff());
    feed.messages.subscribe();
    feed.lifecycle.subscribe();
    await firstValueFrom(feed.lifecycle.pipe(filter(({ type }) => type === 'heartbeat')));
    return feed;
  },
  async ws(url) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return socket;
  },
};

const [name, server, connections] = [process.argv[2], process.argv[3], Number(process.argv[4])];

/** Opens them a few at a time: a burst would be refused by the listen backlog. */
async function open(count) {
  const opened = [];
  while (opened.length < count) {
    const burst = Math.min(100, count - opened.length);
    opened.push(...(await Promise.all(Array.from({ length: burst }, () => contestants[name](`${server}/idle`)))));
  }
  return opened;
}

/** What is in use, once finalizers and closed handles have had their turns. */
async function heapInUse() {
  for (let turn = 0; turn < 5; turn++) {
    await eventLoop();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

const first = await open(100); // pays for what is made only once: code, caches, hidden classes
const before = await heapInUse();
const opened = await open(connections);
const after = await heapInUse();

if (first.length + opened.length !== connections + 100) throw new Error('connections went missing');
process.send((after - before) / connections, () => process.exit());
