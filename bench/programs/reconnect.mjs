/* reconnect.mjs CONTESTANT SERVER WARM_UP COUNT: CPU from one connection to the next, after the first WARM_UP ones. */

import { ReconnectingWebSocket as Rews } from '@nktkas/rews';
import PartySocket from 'partysocket/ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { NEVER, retry, Subject, switchMap } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import rxjsWebSockets from 'rxjs-websockets';
import { WebSocket } from 'ws';
import { library } from '../library.mjs';
import { report, startMeter } from '../meter.mjs';

const { observeWebSocket } = await library('index.node.js');
const { heartbeat, retryWithBackoff, stopOnFatalClose } = await library('operators.js');

const AT_ONCE = { WebSocket, minReconnectionDelay: 0, maxReconnectionDelay: 0, reconnectionDelayGrowFactor: 1 };

const HEADERS = { authorization: 'Bearer token' };
const FATAL = new Set([1010, 1015, 3000, 3003, 4400, 4401, 4403, 4404]);

/* Each reconnects at once when its connection breaks. */
const contestants = {
  rxwire(url, consume) {
    const again = retryWithBackoff({ delays: [0], resetAfter: 0 });
    const config = { url: () => url, headers: () => HEADERS };
    const feed = observeWebSocket(config, heartbeat(), stopOnFatalClose(), again);
    feed.lifecycle.subscribe(count);
    feed.messages.subscribe(consume);
  },
  /** Does what rxwire is asked for: its events, a heartbeat, a stop on fatal codes, the url and headers of each attempt. */
  'by hand'(url, consume) {
    const events = new Subject();
    events.subscribe(count);
    const [urlOf, headersOf] = [() => url, () => HEADERS];
    let attempt = 0;

    function connect() {
      let error;
      let timer;
      events.next({ type: 'connecting', attempt: ++attempt });
      const socket = new WebSocket(urlOf(), { headers: headersOf(), handshakeTimeout: 10_000 })
        .on('open', () => {
          const { protocol, extensions } = socket;
          events.next({ type: 'open', attempt, url, protocol, extensions });
          timer = setTimeout(() => socket.ping(), Math.random() * 20_000);
        })
        .on('message', (data) => consume(JSON.parse(data.toString())))
        .on('error', (reported) => events.next({ type: 'error', error: (error = reported) }))
        .on('close', (code, data) => {
          clearTimeout(timer);
          const reason = data.toString();
          events.next({ type: 'close', code, reason, wasClean: code !== 1006, initiator: 'remote' });
          if (FATAL.has(code)) throw new Error(`closed with ${code}`);
          error ??= new Error(`closed with ${code}`);
          events.next({ type: 'reconnecting', retry: 1, delay: 0, error });
          setTimeout(connect, 0);
        });
    }

    connect();
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
  '@nktkas/rews'(url, consume) {
    globalThis.WebSocket = WebSocket; // it takes no other one
    new Rews(url, { reconnectionDelay: 0 }).addEventListener('message', ({ data }) => consume(JSON.parse(data)));
  },
};

const [name, server, warmUp, measured] = [process.argv[2], process.argv[3], ...process.argv.slice(4).map(Number)];
let connections = 0;
let stop;
let events = 0;

function count() {
  events++;
}

// Each connection delivers one message, and then breaks.
contestants[name](`${server}/drop`, () => {
  connections++;
  if (connections === warmUp) stop = startMeter();
  if (connections === warmUp + measured) {
    if (['rxwire', 'by hand'].includes(name) && events < 4 * (connections - 1)) throw new Error(`${name} lost events`);
    void report(stop() / measured);
  }
});
