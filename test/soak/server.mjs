/*
 * The server of the soak test, in a process of its own so that it can be killed. The query of the URL says what happens
 * to a client: it gets `burst` messages, numbered from 0, and then the `fault`. The server answers pings, echoes
 * messages, and closes the TCP connection at the message `hang up`.
 *
 * node server.mjs PORT
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const CHUNK = 250;
const PADDING = 'x'.repeat(70);

/** A text frame (RFC 6455 section 5.2) with fewer than 126 bytes. */
function textFrame(text) {
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

/** Frames at which RFC 6455 demands to fail the connection. */
const BAD_FRAMES = [
  [0xc1, 0x00], // a reserved bit (section 5.2)
  [0x83, 0x00], // a reserved opcode (section 5.2)
  [0x81, 0x81, 1, 2, 3, 4, 0x60], // masked by a server (section 5.1)
  [0x81, 0x02, 0xc3, 0x28], // a text that is not UTF-8 (section 8.1)
  [0x88, 0x02, 0x03, 0xed], // a Close frame with 1005 (section 7.4.1)
  [0x89, 0x7e, 0x00, 0x7e], // a ping too long (section 5.5)
  [0x80, 0x00], // a continuation of nothing (section 5.4)
].map((bytes) => Buffer.from(bytes));

const CODES = [1000, 1001, 1011, 1014, 3008, 4000];

const among = (choices, variant) => choices[Math.floor(variant * choices.length)];

async function send(socket, count) {
  for (let first = 0; first < count; first += CHUNK) {
    const length = Math.min(CHUNK, count - first);
    const frames = Array.from({ length }, (_, n) => textFrame(`{"n":${first + n},"padding":"${PADDING}"}`));
    if (!socket.write(Buffer.concat(frames))) await once(socket, 'drain');
  }
}

const faults = {
  none() {},
  unsubscribe() {},
  close: ({ webSocket, variant }) => webSocket.close(among(CODES, variant), 'soaked'),
  drop: ({ socket }) => socket.destroy(),
  reset: ({ socket }) => socket.resetAndDestroy(),
  halfClose: ({ socket }) => socket.end(),
  badFrame: ({ socket, variant }) => socket.write(among(BAD_FRAMES, variant)),
  gibberish({ webSocket }) {
    webSocket.send('{');
    webSocket.close(1001);
  },
  silence: ({ webSocket }) => webSocket.removeAllListeners('ping'),
};

const webSockets = new WebSocketServer({ noServer: true, autoPong: false });

async function serve(webSocket, socket, { fault, burst, variant }) {
  webSocket.on('error', () => socket.destroy());
  webSocket.on('ping', (payload) => webSocket.pong(payload));
  webSocket.on('message', (data) => {
    const text = data.toString();
    if (text === '"hang up"') socket.destroy();
    else webSocket.send(text);
  });
  await send(socket, Number(burst));
  faults[fault]({ webSocket, socket, variant: Number(variant) });
}

const server = createServer().on('upgrade', (request, socket, head) => {
  const plan = Object.fromEntries(new URL(request.url, 'http://soak').searchParams);
  socket.on('error', () => socket.destroy()); // a client may close at any time
  if (plan.fault === 'refuse') socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
  else if (plan.fault === 'stall') socket.resume().on('end', () => socket.destroy());
  else {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      serve(webSocket, socket, plan).catch(() => socket.destroy());
    });
  }
});

server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => server.getConnections((_, connections) => process.send({ connections })));
process.on('disconnect', () => process.exit());
