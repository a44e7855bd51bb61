/*
 * The peer of every measured client, in a process of its own so that its CPU and its heap are not counted.
 *
 * /stream?count=N sends N text frames, /idle none. Frames are made once and written many at a time: the client is the
 * bottleneck then, and every contestant reads the same full chunks.
 */

import { createServer } from 'node:http';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { CHUNK, PAYLOAD_BYTES } from './stream.mjs';

function frame(id) {
  const trade = {
    id,
    symbol: 'BTCEUR',
    price: 64000 + id / 8,
    size: id / 100,
    side: id % 3 ? 'buy' : 'sell',
    venue: '',
  };
  trade.venue = 'x'.repeat(PAYLOAD_BYTES - JSON.stringify(trade).length);
  return Buffer.concat([Buffer.from([0x81, PAYLOAD_BYTES]), Buffer.from(JSON.stringify(trade))]); // RFC 6455 section 5.2
}

const chunk = Buffer.concat(Array.from({ length: CHUNK }, (_, id) => frame(id)));

async function stream(socket, count) {
  for (let sent = 0; sent < count; sent += CHUNK) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
}

const webSockets = new WebSocketServer({ noServer: true });
const server = createServer().on('upgrade', (request, socket, head) => {
  const { pathname, searchParams } = new URL(request.url, 'http://bench');
  webSockets.handleUpgrade(request, socket, head, () => {
    socket.on('error', () => socket.destroy()); // a client that has measured enough just exits
    if (pathname === '/stream') stream(socket, Number(searchParams.get('count'))).catch(() => {});
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
