/* reconnect.mjs CONTESTANT SERVER WARM_UP COUNT: CPU from one connection to the next, after the first WARM_UP ones. */

import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { NEVER, retry, switchMap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import rxjsWebSockets from 'rxjs-websockets';
import { WebSocket } from 'ws';
import { observeWebSocket } from '../../dist/index.node.js';
import { heartbeat, retryWithBackoff, stopOnFatalClose } from '../../dist/operators.js';
import { cpuSince } from '../cpu.mjs';

const AT_ONCE = { WebSocket, minReconnectionDelay: 0, maxReconnectionDelay: 0, reconnectionDelayGrowFactor: 1 };

/* Each reconnects at once when its connection breaks. */
const contestants = {
  rxwire(url, consume) {
    const again = retryWithBackoff({ delays: [0], resetAfter: 0 });
    observeWebSocket(url, heartbeat(), stopOnFatalClose(), again).messages.subscribe(consume);
  },
  'ws by hand'(url, consume) {
    new WebSocket(url)
      .on('message', (data) => consume(JSON.parse(data.toString())))
      .on('close', () => setTimeout(contestants['ws by hand'], 0, url, consume));
  },
  'rxjs/webSocket'(url, consume) {
    webSocket({ url, WebSocketCtor: WebSocket })
      .pipe(retry({ delay: 0 }))
      .subscribe(consume);
  },
  'rxjs-websockets'(url, consume) {
    rxjsWebSockets
      .default(url, { protocols: [], makeWebSocket: (address, protocols) => new WebSocket(address, protocols) })
      .pipe(
        switchMap((getResponses) => getResponses(NEVER)),
        retry({ delay: 0 }),
      )
      .subscribe((data) => consume(JSON.parse(data)));
  },
  'reconnecting-websocket'(url, consume) {
    new ReconnectingWebSocket(url, [], AT_ONCE).addEventListener('message', ({ data }) => consume(JSON.parse(data)));
  },
  partysocket(url, consume) {
    new PartySocket(url, [], AT_ONCE).addEventListener('message', ({ data }) => consume(JSON.parse(data)));
  },
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
let connections = 0;
let start;

// Each connection delivers one message, and then breaks.
contestants[name](`${server}/drop`, () => {
  connections++;
  if (connections === warmUp) start = process.cpuUsage();
  if (connections === warmUp + measured) process.send(cpuSince(start) / 1000 / measured, () => process.exit());
});
