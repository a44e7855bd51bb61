/*
 * The server of every measured client, in a process of its own, so that its CPU and heap are not counted.
 *
 * /stream?count=N&bytes=B sends N text frames of B bytes; /collect requests messages, a chunk at a time; /drop sends one
 * frame and ends the TCP connection without a Close frame; /idle answers pings.
 */

import { createServer } from 'node:http';
import { once } from 'node:events';
import { WebSocketServer } from 'ws';
import { CHUNK, PAYLOAD_BYTES, trade } from './stream.mjs';

/** A frame (RFC 6455 section 5.2). */
function frame(id, bytes) {
  const length = bytes < 126 ? [bytes] : [126, bytes >> 8, bytes & 255];
  return Buffer.concat([Buffer.from([0x81, ...length]), Buffer.from(JSON.stringify(trade(id, bytes)))]);
}

/**
 * Frames are created once and written many at a time. So the client is the bottleneck, and every contestant reads the
 * same full chunks.
 */
async function stream(socket, { count, bytes = PAYLOAD_BYTES }) {
  const chunk = Buffer.concat(Array.from({ length: CHUNK }, (_, id) => frame(id, Number(bytes))));
  for (let sent = 0; sent < Number(count); sent += CHUNK) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
}

/** Requests a chunk of messages, and the next one when it has arrived. Reports the sum of their ids so far. */
function collect(webSocket) {
  let received = 0;
  let sum = 0;
  const ask = () => webSocket.send(JSON.stringify({ sum }));
  webSocket.on('message', (data) => {
    sum += JSON.parse(data.toString()).id;
    if (++received % CHUNK === 0) ask();
  });
  ask();
}

const webSockets = new WebSocketServer({ noServer: true });
const server = createServer().on('upgrade', (request, socket, head) => {
  const { pathname, searchParams } = new URL(request.url, 'http://bench');
  webSockets.handleUpgrade(request, socket, head, (webSocket) => {
    socket.on('error', () => socket.destroy()); // a client exits when it has measured enough
    if (pathname === '/stream') stream(socket, Object.fromEntries(searchParams)).catch(() => {});
    if (pathname === '/collect') collect(webSocket);
    if (pathname === '/drop') socket.end(frame(0, PAYLOAD_BYTES));
  });
});

server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => process.send({ port: server.address().port }));
process.on('disconnect', () => process.exit());
