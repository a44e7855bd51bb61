import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { timer } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/**
 * A server whose paths behave differently. Times are milliseconds, in the query:
 *
 * - `/` echoes, and answers pings
 * - `/slow?pong=50` answers pings late
 * - `/brief?open=50&code=1001` closes after a while
 * - `/silent` opens, and answers nothing from then on, no Close frame either
 * - `/stalling` takes the handshake, and does not answer it
 * - `/refusing?status=503&retry-after=…` refuses the handshake
 */
export class PatientServer {
  readonly #http = createServer();
  readonly #webSockets = new WebSocketServer({ noServer: true, autoPong: false });
  readonly #sockets = new Set<Socket>();

  private constructor() {
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const { pathname, searchParams } = new URL(request.url!, 'ws://127.0.0.1');
      if (pathname === '/stalling') socket.resume();
      else if (pathname === '/refusing') refuse(socket, searchParams);
      else
        this.#webSockets.handleUpgrade(request, socket, head, (client) =>
          serve(client, socket, pathname, searchParams),
        );
    });
  }

  static async start(): Promise<PatientServer> {
    const server = new PatientServer();
    await new Promise<void>((listening) => server.#http.listen(0, '127.0.0.1', listening));
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#http.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function refuse(socket: Socket, query: URLSearchParams): void {
  const retryAfter = query.get('retry-after');
  const fields = retryAfter ? `retry-after: ${retryAfter}\r\n` : '';
  socket.end(`HTTP/1.1 ${query.get('status')} Refused\r\n${fields}content-length: 0\r\n\r\n`);
}

function serve(client: WebSocket, socket: Socket, path: string, query: URLSearchParams): void {
  client.on('error', () => {});
  if (path === '/silent') {
    socket.removeAllListeners('data').resume();
    return;
  }
  client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
  client.on('ping', (payload) => {
    timer(Number(query.get('pong'))).subscribe(() => client.pong(payload));
  });
  if (path === '/brief')
    timer(Number(query.get('open'))).subscribe(() => client.close(Number(query.get('code') ?? 1001)));
}
