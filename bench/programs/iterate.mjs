/* iterate.mjs CONTESTANT SERVER WARM_UP COUNT: CPU per message that `for await` reads, after the first WARM_UP ones. */

import { WebSocket } from 'ws';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';
import { sumOfIds } from '../stream.mjs';

const { heartbeat, observeWebSocket, retryWithBackoff, stopOnFatalClose } = await library('index.node.js');

const HIGH = 1000;
const LOW = 250;

const contestants = {
  rxwire: (url) => observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff()).messages,
  /** A queue that stops the server at the same marks. */
  async *'by hand'(url) {
    const waiting = [];
    let first = 0;
    let arrived;
    const socket = new WebSocket(url).on('message', (data) => {
      if (waiting.push(JSON.parse(data.toString())) - first === HIGH) socket.pause();
      arrived?.();
    });
    for (;;) {
      if (first === waiting.length) {
        waiting.length = first = 0;
        await new Promise((resolve) => (arrived = resolve));
      }
      yield waiting[first++];
      if (socket.isPaused && waiting.length - first <= LOW) {
        waiting.splice(0, first);
        first = 0;
        socket.resume();
      }
    }
  },
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const total = warmUp + measured;
let count = 0;
let sum = 0;
let stop;

for await (const { id } of contestants[name](`${server}/stream?count=${total}`)) {
  sum += id;
  if (++count === warmUp) stop = startMeter();
  if (count === total) break;
}
const used = stop();

if (sum !== sumOfIds(total)) throw new Error(`${name} lost or changed messages`);
await report(used / measured);
