/* idle.mjs CONTESTANT SERVER CONNECTIONS SECONDS: heap in MiB, timers, and CPU a minute in ms, of so many together. */

import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';
import { openMany, settledHeap } from '../many-connections.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const INTERVAL = 20_000;
let beats = 0;

/* Each resolves with a connection that pings every INTERVAL, starting at a random time in the first one. */
const contestants = {
  async rxwire(url) {
    const feed = observeWebSocket(url, heartbeat({ interval: INTERVAL }), stopOnFatalClose(), retryWithBackoff());
    feed.messages.subscribe();
    feed.lifecycle.subscribe(({ type }) => type === 'heartbeat' && beats++);
    await firstValueFrom(feed.state.pipe(filter(({ status }) => status === 'open')));
    return feed;
  },
  async 'by hand'(url) {
    const socket = new WebSocket(url);
    let isAlive = true;
    const ping = () => {
      if (!isAlive) return socket.terminate();
      isAlive = false;
      socket.ping();
    };
    socket.on('pong', () => {
      isAlive = true;
      beats++;
    });
    await once(socket, 'open');
    setTimeout(() => {
      ping();
      setInterval(ping, INTERVAL);
    }, Math.random() * INTERVAL);
    return socket;
  },
};

const [name, server, ...counts] = process.argv.slice(2);
const [connections, seconds] = counts.map(Number);

async function resources() {
  const heap = await settledHeap();
  const timers = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
  return { heap, timers };
}

const before = await resources();
const opened = await openMany(connections, () => contestants[name](`${server}/idle`));
const after = await resources();

// The pings are spread evenly from the start, so that a quick check can extrapolate from some seconds.
const [beatsBefore, stop, since] = [beats, startMeter(), performance.now()];
await sleep(seconds * 1000);
const [cpu, elapsed] = [stop() / 1e6, performance.now() - since];

const expected = (connections * elapsed) / INTERVAL;
if (beats - beatsBefore < expected / 2) throw new Error(`${name} missed heartbeats: ${beats} of about ${expected}`);
if (opened.length !== connections) throw new Error('connections went missing');
const figures = { heap: (after.heap - before.heap) / 2 ** 20, timers: after.timers - before.timers };
await report({ ...figures, cpu: (cpu / elapsed) * 60_000 });
