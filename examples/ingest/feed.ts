/* A feed: a WebSocket server that sends the trades of a topic from a number on, no faster than its peer reads. */

import type { AddressInfo } from 'node:net';
import { fromEvent, interval, takeUntil } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { FeedLog } from './feed-log.js';
import type { FeedLogSettings } from './feed-log.js';
import { historyLog } from './history-log.js';
import { givenSettings, report } from './program.js';
import type { Ask } from './trade.js';

export interface FeedSettings extends FeedLogSettings {
  /** 0 for any free port. */
  readonly port: number;
}

export interface FeedReport {
  readonly port: number;
}

/** The most bytes that the socket of a peer buffers. */
const MOST_BUFFERED = 256 * 1024;

const settings = givenSettings() as FeedSettings;
const log = new FeedLog(settings);
const record = historyLog('feed');

const server = new WebSocketServer({ port: settings.port, host: '127.0.0.1' });
server.on('listening', () => report({ port: (server.address() as AddressInfo).port } satisfies FeedReport));
server.on('connection', (socket) => {
  /** By topic: the next number to send. */
  const cursors = new Map<string, number>();
  socket.on('error', () => undefined); // peers are killed on purpose
  socket.on('message', (data: Buffer) => {
    const { topic, from } = JSON.parse(data.toString()) as Ask;
    cursors.set(topic, from);
  });
  interval(20)
    .pipe(takeUntil(fromEvent(socket, 'close')))
    .subscribe(() => sendNews(socket, cursors));
});

function sendNews(socket: WebSocket, cursors: Map<string, number>): void {
  for (const [topic, next] of cursors) {
    for (const trade of log.read(topic, next)) {
      if (socket.bufferedAmount > MOST_BUFFERED) return;
      record('sent', trade);
      socket.send(JSON.stringify(trade));
      cursors.set(topic, trade.n + 1);
    }
  }
}
