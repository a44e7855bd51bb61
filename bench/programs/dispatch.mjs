/* dispatch.mjs CONTESTANT KEYS WARM_UP COUNT: CPU per message, after the first WARM_UP ones, the keys taking turns. */

import { NEVER, Subject } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';

const { multiplex } = await library('index.node.js');

/* Each subscribes `consume` to every key, and returns a function that injects a message, without a socket and JSON. */
const contestants = {
  rxwire(keys, consume) {
    const messages = new Subject();
    const state = { value: { status: 'idle' } };
    const feed = { messages, lifecycle: NEVER, state, stats: { dropped: 0 } };
    const topic = multiplex(feed, { keyOf: ({ key }) => key, subscribe: (key) => key });
    for (const key of keys) topic(key).subscribe(consume);
    return (message) => messages.next(message);
  },
  'by hand'(keys, consume) {
    const messages = new Subject();
    const topics = new Map(keys.map((key) => [key, new Subject()]));
    for (const topic of topics.values()) topic.subscribe(consume);
    messages.subscribe((message) => topics.get(message.key)?.next(message));
    return (message) => messages.next(message);
  },
  'rxjs/webSocket'(keys, consume) {
    const sockets = [];
    class PlayedSocket {
      constructor() {
        sockets.push(this);
      }
      close() {}
    }
    const subject = webSocket({ url: 'ws://bench', WebSocketCtor: PlayedSocket, deserializer: ({ data }) => data });
    for (const key of keys) {
      subject
        .multiplex(
          () => key,
          () => key,
          (message) => message.key === key,
        )
        .subscribe(consume);
    }
    return (message) => sockets[0].onmessage({ data: message });
  },
};

const [name, keyCount, ...counts] = [process.argv[2], ...process.argv.slice(3).map(Number)];
// In rxjs every message is tested by every key, so a few messages take as long.
const [warmUp, measured] = counts.map((count) => (name === 'rxjs/webSocket' ? count / 20_000 : count));
const keys = Array.from({ length: keyCount }, (_, n) => `key ${n}`);
const messages = keys.map((key) => ({ key, price: 1 }));
let sum = 0;

const put = contestants[name](keys, ({ price }) => (sum += price));

function play(count) {
  for (let i = 0; i < count; i++) put(messages[i % keyCount]);
}

play(warmUp);
const stop = startMeter();
play(measured);
const used = stop();

if (sum !== warmUp + measured) throw new Error(`${name} lost messages`);
await report(used / measured);
