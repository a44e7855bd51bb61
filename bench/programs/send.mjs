/* send.mjs CONTESTANT SERVER WARM_UP COUNT: CPU per message sent, after the first WARM_UP ones. */

import { ReconnectingWebSocket as Rews } from '@nktkas/rews';
import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { Subject, switchMap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import rxjsWebSockets from 'rxjs-websockets';
import { WebSocket } from 'ws';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';
import { CHUNK, sumOfIds, trade } from '../stream.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

/* Each calls `asked` with every message of the server, and returns a function that sends a message. */
const contestants = {
  rxwire(url, asked) {
    const { messages } = observeWebSocket(url, heartbeat(), stopOnFatalClose(), retryWithBackoff());
    messages.subscribe(asked);
    return (message) => messages.next(message);
  },
  'by hand'(url, asked) {
    const socket = new WebSocket(url).on('message', (data) => asked(JSON.parse(data.toString())));
    return (message) => socket.send(JSON.stringify(message));
  },
  'rxjs/webSocket'(url, asked) {
    const subject = webSocket({ url, WebSocketCtor: WebSocket });
    subject.subscribe(asked);
    return (message) => subject.next(message);
  },
  'rxjs-websockets'(url, asked) {
    const input = new Subject();
    rxjsWebSockets
      .default(url, { protocols: [], makeWebSocket: (address, protocols) => new WebSocket(address, protocols) })
      .pipe(switchMap((getResponses) => getResponses(input)))
      .subscribe((data) => asked(JSON.parse(data)));
    return (message) => input.next(JSON.stringify(message));
  },
  'reconnecting-websocket'(url, asked) {
    const socket = new ReconnectingWebSocket(url, [], { WebSocket });
    socket.addEventListener('message', ({ data }) => asked(JSON.parse(data)));
    return (message) => socket.send(JSON.stringify(message));
  },
  partysocket(url, asked) {
    const socket = new PartySocket(url, [], { WebSocket });
    socket.addEventListener('message', ({ data }) => asked(JSON.parse(data)));
    return (message) => socket.send(JSON.stringify(message));
  },
  '@nktkas/rews'(url, asked) {
    globalThis.WebSocket = WebSocket; // it takes no other one
    const socket = new Rews(url);
    socket.addEventListener('message', ({ data }) => asked(JSON.parse(data)));
    return (message) => socket.send(JSON.stringify(message));
  },
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
const trades = Array.from({ length: CHUNK }, (_, id) => trade(id));
let sent = 0;
let stop;

const send = contestants[name](`${server}/collect`, ({ sum }) => {
  if (sum !== sumOfIds(sent)) throw new Error(`${name} lost or changed messages`);
  if (sent === warmUp) stop = startMeter();
  if (sent === warmUp + measured) void report(stop() / measured);
  else sendChunk();
});

function sendChunk() {
  sent += CHUNK;
  for (const message of trades) send(message);
}
