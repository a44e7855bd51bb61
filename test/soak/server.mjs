/*
 * The server of the soak test, in a process of its own so that it can be killed. The query of the URL says what happens
 * to a client: it gets `burst` messages, numbered from 0, with the time, and then the `fault`. The server answers
 * pings, echoes messages with the time, and closes the TCP connection at a message that says `hangUp`.
 *
 * node server.mjs PORT
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

const CHUNK = 250;
const PADDING = 'x'.repeat(50);

/** Milliseconds by a clock that clients have as well. */
const now = () => (Number(process.hrtime.bigint()) / 1e6).toFixed(3);

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

/** Clients answer every hundredth message. */
const ANSWER_EVERY = 100;
/** For this share of connections the fault comes behind the answers, which are echoed. */
const HEARD = 0.5;

/** Resolves when so many messages have arrived, or none can arrive any more, or after a second. */
const messagesOf = (webSocket, count) =>
  new Promise((resolve) => {
    webSocket.on('message', () => --count === 0 && resolve());
    webSocket.on('close', resolve);
    setTimeout(resolve, 1000).unref();
  });

const among = (choices, variant) => choices[Math.floor(variant * choices.length)];

async function send(socket, count) {
  for (let first = 0; first < count; first += CHUNK) {
    const length = Math.min(CHUNK, count - first);
    const at = now();
    const frames = Array.from({ length }, (_, n) => textFrame(`{"n":${first + n},"at":${at},"padding":"${PADDING}"}`));
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
    const message = JSON.parse(data.toString());
    if (message.hangUp) socket.destroy();
    else webSocket.send(JSON.stringify({ ...message, at: Number(now()) }));
  });
  const answers = Number(variant) < HEARD ? Math.ceil(Number(burst) / ANSWER_EVERY) : 0;
  const answered = answers > 0 ? messagesOf(webSocket, answers) : undefined;
  await send(socket, Number(burst));
  await answered;
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
