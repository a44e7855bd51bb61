import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Subject } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ScriptedConnection, ScriptStep } from '../../src/testing/script.js';
import { scriptsWith } from '../../src/testing/letters.js';
import { coldOn } from '../../src/testing/index.js';
import type { ScriptedServer } from '../../src/testing/index.js';

/** A real server on the loopback that plays the scripts of `scriptedServer` in real time. */
export async function realScriptServer(scripts: readonly string[], values: Record<string, unknown> = {}) {
  const sent = new Subject<unknown>();
  const closes = new Subject<{ code: number; reason: string }>();
  const connections: { url: string; protocols: string[]; headers: Record<string, string> }[] = [];
  const arrivals = new Subject<(typeof connections)[number]>();
  const played = scriptsWith(values, scripts);
  const isPonged = !played.some(({ hasPong }) => hasPong);
  const http = createServer();
  const upgrades = new WebSocketServer({ noServer: true, autoPong: isPonged });

  http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { marbles, steps } = played[Math.min(connections.length, played.length - 1)]!;
    connections.push({
      url: request.url!,
      protocols: request.headers['sec-websocket-protocol']?.split(/, ?/) ?? [],
      headers: request.headers as Record<string, string>,
    });
    arrivals.next(connections.at(-1)!);
    let peer: WebSocket | undefined;
    socket.on('error', () => undefined);
    const connection: ScriptedConnection = {
      open: ({ headers = {} }) => {
        upgrades.once('headers', (lines) => {
          for (const [name, value] of Object.entries(headers)) {
            lines.push(...[value].flat().map((text) => `${name}: ${text}`));
          }
        });
        upgrades.handleUpgrade(request, socket, head, (opened) => {
          peer = opened;
          peer.on('message', (data: Buffer, isBinary) => sent.next(isBinary ? new Uint8Array(data) : data.toString()));
          peer.on('close', (code, reason) => closes.next({ code, reason: reason.toString() }));
        });
      },
      message: (data) => peer?.send(data),
      ping: (payload) => peer?.ping(payload),
      pong: (payload) => peer?.pong(payload),
      close: (code, reason) => peer?.close(code, reason),
      refuse: (status, headers) => {
        const lines = Object.entries({ ...headers, 'content-length': '0', connection: 'close' });
        socket.end(`HTTP/1.1 ${status} No\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
      },
      drop: () => socket.destroy(),
      silence: () => peer?.pause(), // it reads nothing any more
    };
    const playing = coldOn()<ScriptStep>(marbles, steps).subscribe({
      next: (step) => step.act(connection),
      error: () => connection.drop(),
      complete: () => connection.close(1000, ''),
    });
    socket.on('close', () => playing.unsubscribe());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));

  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    sent,
    closes,
    connections,
    arrivals,
    close: () => {
      http.closeAllConnections();
      for (const client of upgrades.clients) client.terminate();
      return new Promise<void>((resolve) => http.close(() => resolve()));
    },
  } satisfies Pick<ScriptedServer, 'sent' | 'closes' | 'connections'> & Record<'url' | 'arrivals' | 'close', unknown>;
}
