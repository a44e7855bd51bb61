/* flow.mjs CONTESTANT SERVER BYTES WARM_UP COUNT: by how much resident memory grows, at the most, in MiB. */

import { performance } from 'node:perf_hooks';
import { setImmediate as eventLoop } from 'node:timers/promises';
import { lastValueFrom, mergeMap, take, tap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { WebSocket } from 'ws';
import { CHUNK } from '../stream.mjs';
import { library } from '../library.mjs';
import { report } from '../meter.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, mergeMapBounded, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const contestants = {
  rxwire(url, work) {
    const feed = observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff());
    return feed.messages.pipe(mergeMapBounded(work, { pausing: feed }));
  },
  'rxjs/webSocket'(url, work) {
    return webSocket({ url, WebSocketCtor: WebSocket }).pipe(mergeMap(work, 1));
  },
};

const [name, server, bytes, ...counts] = process.argv.slice(2);
const [warmUp, measured] = counts.map(Number);

/** Each message takes 10 µs of CPU and a turn of the event loop, in which further messages arrive. */
async function work(message) {
  const end = performance.now() + 0.01;
  while (performance.now() < end);
  await eventLoop();
  return message.id;
}

/** Processes all messages. @returns the peak of resident memory */
async function consume(count) {
  let done = 0;
  let most = 0;
  const results = contestants[name](`${server}/stream?count=${count}&bytes=${bytes}`, work).pipe(
    take(count),
    tap((id) => {
      if (id !== done++ % CHUNK) throw new Error(`${name} lost messages or changed their order`);
      if (done % 1000 === 0) most = Math.max(most, process.memoryUsage.rss());
    }),
  );
  await lastValueFrom(results);
  return most;
}

await consume(warmUp);
globalThis.gc();
const before = process.memoryUsage.rss();
const most = await consume(measured);

await report((most - before) / 2 ** 20);
