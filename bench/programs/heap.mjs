/* heap.mjs CONTESTANT SERVER CONNECTIONS: V8 heap per open and idle connection. */

import { once } from 'node:events';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { openMany, settledHeap } from '../many-connections.mjs';
import { library } from '../library.mjs';
import { report } from '../meter.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const contestants = {
  /** Idle means after the first ping, and long before the next one. */
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

const open = () => contestants[name](`${server}/idle`);

const first = await openMany(100, open); // allocates everything that exists once: code, caches, hidden classes
const before = await settledHeap();
const opened = await openMany(connections, open);
const after = await settledHeap();

if (first.length + opened.length !== connections + 100) throw new Error('connections went missing');
await report((after - before) / connections);
