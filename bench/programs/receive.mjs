/* receive.mjs CONTESTANT SERVER WARM_UP COUNT: CPU per message, after the first WARM_UP ones. */

import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { NEVER, switchMap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import rxjsWebSockets from 'rxjs-websockets';
import { WebSocket } from 'ws';
import { observeWebSocket } from '../../dist/index.node.js';
import { heartbeat, retryWithBackoff, stopOnFatalClose } from '../../dist/operators.js';
import { cpuSince } from '../cpu.mjs';
import { sumOfIds } from '../stream.mjs';

const contestants = {
  rxwire(url, consume) {
    observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff()).messages.subscribe(consume);
  },
  'ws by hand'(url, consume) {
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
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const total = warmUp + measured;
let count = 0;
let sum = 0;
let start;

contestants[name](`${server}/stream?count=${total}`, (trade) => {
  sum += trade.id;
  if (++count === warmUp) start = process.cpuUsage();
  else if (count === total) report(cpuSince(start) / measured);
});

function report(cpuPerMessage) {
  if (sum !== sumOfIds(total)) throw new Error(`${name} lost or changed messages`);
  process.send(cpuPerMessage, () => process.exit());
}
