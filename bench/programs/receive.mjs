/* receive.mjs CONTESTANT SERVER WARM_UP COUNT: CPU per message, after the first WARM_UP ones. */

import { ReconnectingWebSocket as Rews } from '@nktkas/rews';
import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { NEVER, switchMap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import rxjsWebSockets from 'rxjs-websockets';
import { WebSocket } from 'ws';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';
import { sumOfIds } from '../stream.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const contestants = {
  rxwire(url, consume) {
    observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff()).messages.subscribe(consume);
  },
  'by hand'(url, consume) {
    new WebSocket(url).on('message', (data) => consume(JSON.parse(data.toString())));
  },
  'rxjs/webSocket'(url, consume) {
    webSocket({ url, WebSocketCtor: WebSocket }).subscribe(consume);
  },
  'rxjs-websockets'(url, consume) {
    rxjsWebSockets
      .default(url, { protocols: [], makeWebSocket: (address, protocols) => new WebSocket(address, protocols) })
      .pipe(switchMap((getResponses) => getResponses(NEVER)))
      .subscribe((data) => consume(JSON.parse(data)));
  },
  'reconnecting-websocket'(url, consume) {
    new ReconnectingWebSocket(url, [], { WebSocket }).addEventListener('message', ({ data }) =>
      consume(JSON.parse(data)),
    );
  },
  partysocket(url, consume) {
    new PartySocket(url, [], { WebSocket }).addEventListener('message', ({ data }) => consume(JSON.parse(data)));
  },
  '@nktkas/rews'(url, consume) {
    globalThis.WebSocket = WebSocket; // it takes no other one
    new Rews(url).addEventListener('message', ({ data }) => consume(JSON.parse(data)));
  },
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const total = warmUp + measured;
let count = 0;
let sum = 0;
let stop;

contestants[name](`${server}/stream?count=${total}`, (trade) => {
  sum += trade.id;
  if (++count === warmUp) stop = startMeter();
  else if (count === total) finish(stop() / measured);
});

function finish(used) {
  if (sum !== sumOfIds(total)) throw new Error(`${name} lost or changed messages`);
  void report(used);
}
