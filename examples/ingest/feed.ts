/* A feed: a WebSocket server that sends the trades of a topic from a number on, and never more than its peer takes. */

import type { AddressInfo } from 'node:net';
import { fromEvent, interval, takeUntil } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { FeedLog } from './feed-log.js';
import type { FeedLogSettings } from './feed-log.js';
import { givenSettings, tell } from './program.js';
import type { Ask } from './trade.js';

export interface FeedSettings extends FeedLogSettings {
  /** 0 for any that is free. */
  readonly port: number;
}

export interface FeedReport {
  readonly port: number;
}

/** Bytes that may wait for a peer. */
const MOST_BUFFERED = 256 * 1024;

const settings = givenSettings() as FeedSettings;
const log = new FeedLog(settings);

const server = new WebSocketServer({ port: settings.port, host: '127.0.0.1' });
server.on('listening', () => tell({ port: (server.address() as AddressInfo).port } satisfies FeedReport));
server.on('connection', (socket) => {
  /** By topic: the number that is to be sent next. */
  const cursors = new Map<string, number>();
  socket.on('error', () => undefined); // a peer that is killed is what this is about
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
      socket.send(JSON.stringify(trade));
      cursors.set(topic, trade.n + 1);
    }
  }
}
