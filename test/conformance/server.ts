import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { caseOf } from './cases/index.js';
import { answerTo } from './deflate.js';
import { PlayedCase } from './played-case.js';
import type { Seen } from './seen.js';

/** RFC 6455 section 1.3 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * A server that plays the cases. A client connects to `/case?id=ID&key=KEY`, and asks `/seen?key=KEY` over HTTP what the
 * server saw.
 */
export class ConformanceServer {
  readonly #http = createServer();
  readonly #played = new Map<string, Promise<Seen>>();

  static async start(): Promise<ConformanceServer> {
    const server = new ConformanceServer();
    const http = server.#http;
    http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      server.#upgrade(request, socket, head),
    );
    http.on('request', ({ url = '/' }, response) => {
      const seen = server.#played.get(new URL(url, 'http://host').searchParams.get('key') ?? '');
      response.setHeader('access-control-allow-origin', '*');
      void Promise.resolve(seen).then((answer) => {
        response.statusCode = answer === undefined ? 404 : 200;
        response.end(JSON.stringify(answer ?? null));
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const { searchParams } = new URL(request.url!, 'http://host');
    const played = caseOf(searchParams.get('id')!);
    const extensions = answerTo(request.headers['sec-websocket-extensions'], played.compression);
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']!}${GUID}`).digest('base64');
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
        '\r\n',
      ].join('\r\n'),
    );
    this.#played.set(searchParams.get('key')!, new PlayedCase(played, socket, extensions !== undefined).play(head));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }
}
