/* resubscribe.mjs CONTESTANT KEYS PER_MESSAGE WARM_UP COUNT: CPU from one `open` until all keys were asked for again. */

import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';

const { multiplex, observeWebSocket, retryWithBackoff } = await library('index.node.js');

const [name, keyCount, perMessage, warmUp, measured] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const keys = Array.from({ length: keyCount }, (_, n) => `key ${n}`);
let sent = 0;
const send = (text) => void (sent += text.length);

/* Each asks for all keys, and returns a function that breaks the connection and opens the next one. */
const contestants = {
  rxwire() {
    let sink;
    let readyState = 0;
    const transport = {
      canPause: false,
      canSetHeaders: false,
      open(_request, newest) {
        sink = newest;
        return {
          get readyState() {
            return readyState;
          },
          bufferedAmount: 0,
          send,
          close() {},
          terminate() {},
        };
      },
    };
    const feed = observeWebSocket({ url: 'ws://bench', transport }, retryWithBackoff({ delays: [0], resetAfter: 0 }));
    const topic = multiplex(feed, {
      keyOf: ({ key }) => key,
      subscribeMany: (params, id) => ({ method: 'SUBSCRIBE', params, id }),
      unsubscribeMany: (params, id) => ({ method: 'UNSUBSCRIBE', params, id }),
      keysPerMessage: perMessage,
    });
    for (const key of keys) topic(key).subscribe();
    return {
      lose() {
        if (readyState === 0) return;
        readyState = 0;
        sink.onClose(1006, '', false);
      },
      open() {
        readyState = 1;
        sink.onOpen('', '');
      },
    };
  },
  'by hand'() {
    const wanted = new Set(keys);
    let id = 0;
    return {
      lose() {},
      open() {
        const all = [...wanted];
        for (let from = 0; from < all.length; from += perMessage) {
          send(JSON.stringify({ method: 'SUBSCRIBE', params: all.slice(from, from + perMessage), id: ++id }));
        }
      },
    };
  },
};

const { lose, open } = contestants[name]();
let used = 0;
for (let round = 0; round < warmUp + measured; round++) {
  lose();
  await new Promise((resolve) => setTimeout(resolve, 2)); // the retry begins the next attempt
  const before = sent;
  const stop = startMeter();
  open();
  const opening = stop();
  if (round >= warmUp) used += opening;
  if (sent === before) throw new Error(`${name} asked for nothing`);
}
await report(used / measured);
