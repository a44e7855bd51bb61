import { createServer } from 'node:http';
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { elementAt, firstValueFrom, ReplaySubject } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { collectGarbageOf } from './leftovers.js';

export interface ServerOptions {
  /** Speaks TLS with this key and certificate. */
  tls?: { readonly key: string; readonly cert: string };
  /** Chooses among the subprotocols that the client offers. Default: the first one. */
  chooseProtocol?: (offered: Set<string>) => string | false;
  /** Default: any free one. */
  port?: number;
  /** The address that it listens at. Default: 127.0.0.1. */
  host?: string;
  /** Agrees to compress messages. */
  perMessageDeflate?: boolean;
}

/** What arrives before anything is a WebSocket. */
interface Handshake {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** A real server on the loopback that answers handshakes as it is told to, honestly until then. */
export class TestServer {
  /** The handshake requests so far. */
  readonly requests: IncomingMessage[] = [];
  /** The handshakes that were accepted so far. */
  readonly peers: Peer[] = [];
  readonly #http: HttpServer;
  readonly #scheme: string;
  readonly #webSockets: WebSocketServer;
  readonly #sockets = new Set<Socket>();
  readonly #arrivals = new ReplaySubject<Peer>();
  readonly #handshakes = new ReplaySubject<IncomingMessage>();
  #answer: (handshake: Handshake) => void = (handshake) => this.#welcome(handshake);

  private constructor({ tls, chooseProtocol, perMessageDeflate = false }: ServerOptions) {
    this.#scheme = tls ? 'wss' : 'ws';
    this.#http = tls ? createSecureServer(tls) : createServer();
    this.#webSockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate,
      ...(chooseProtocol && { handleProtocols: chooseProtocol }),
    });
    this.#http.on('connection', (socket: Socket) => this.#track(socket));
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => {});
      this.requests.push(request);
      this.#handshakes.next(request);
      this.#answer({ request, socket, head });
    });
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options);
    await new Promise<void>((listening) =>
      server.#http.listen(options.port ?? 0, options.host ?? '127.0.0.1', listening),
    );
    collectGarbageOf(server);
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** How many TCP connections are there. */
  get clients(): number {
    return this.#sockets.size;
  }

  /** The n-th accepted client, as soon as it is there. */
  peer(n = 1): Promise<Peer> {
    return firstValueFrom(this.#arrivals.pipe(elementAt(n - 1)));
  }

  /** The n-th handshake request, as soon as it is there. */
  handshake(n = 1): Promise<IncomingMessage> {
    return firstValueFrom(this.#handshakes.pipe(elementAt(n - 1)));
  }

  /** Does something with every client that it accepts. */
  greet(greeting: (peer: Peer) => void): void {
    this.#arrivals.subscribe(greeting);
  }

  /** Shows another certificate from now on. */
  renew(tls: { readonly key: string; readonly cert: string }): void {
    if (this.#http instanceof SecureServer) this.#http.setSecureContext(tls);
  }

  // How it answers handshakes from now on

  accept(): void {
    this.#answer = (handshake) => this.#welcome(handshake);
  }

  refuse(status: number, headers: Record<string, string> = {}): void {
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.answerWith(`HTTP/1.1 ${status} Refused\r\n${fields.join('')}content-length: 4\r\n\r\nno!\n`);
  }

  ignore(): void {
    this.#answer = ({ socket }) => socket.resume();
  }

  /** Understands nothing: takes the bytes, and that is all. */
  stayDeaf(): void {
    this.#http.removeAllListeners('connection').on('connection', (socket: Socket) => {
      this.#track(socket);
      socket.resume();
    });
  }

  hangUp(): void {
    this.#answer = ({ socket }) => socket.destroy();
  }

  /** Accepts, but for the response headers given here; an empty one is left out. */
  acceptWith(headers: Record<string, string>): void {
    this.#answer = (handshake) => this.#welcome(handshake, headers);
  }

  /** Answers with these bytes, and leaves the connection open. */
  answerWith(bytes: string | Uint8Array): void {
    this.#answer = ({ socket }) => socket.resume().write(bytes);
  }

  /** Every TCP connection ends, whatever it has got to. */
  drop(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resets all TCP connections. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Sends so many bytes of its consent, and not one more. */
  stallAt(byte: number): void {
    this.#answer = (handshake) => {
      const write: (data: Uint8Array) => boolean = handshake.socket.write.bind(handshake.socket);
      let left = byte;
      handshake.socket.write = (data: string | Uint8Array) => {
        const part = Buffer.from(data as string).subarray(0, left);
        left -= part.length;
        return part.length === 0 || write(part);
      };
      this.#welcome(handshake);
    };
  }

  async stop(): Promise<void> {
    if (!this.#http.listening) return;
    const closed = new Promise((resolve) => this.#http.close(resolve));
    this.drop();
    await closed;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {}); // resets are what these tests are about
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('end', () => socket.end()); // HTTP servers let sockets stay half open
  }

  #welcome({ request, socket, head }: Handshake, headers: Record<string, string> = {}): void {
    if (Object.keys(headers).length > 0) tamper(socket, headers);
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = new Peer(webSocket, socket);
      this.peers.push(peer);
      this.#arrivals.next(peer);
    });
  }
}

/** Replaces headers of the first thing that is written to a socket. */
function tamper(socket: Socket, headers: Record<string, string>): void {
  const write: (data: string) => boolean = socket.write.bind(socket);
  socket.write = (data: string | Uint8Array) => {
    socket.write = write;
    const kept = String(data)
      .trimEnd()
      .split('\r\n')
      .filter((line) => !Object.keys(headers).includes(line.split(':')[0]!.toLowerCase()));
    const added = Object.entries(headers).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []));
    return write([...kept, ...added, '', ''].join('\r\n'));
  };
}

/** A client, as the server sees it. */
export class Peer {
  /** Its messages: strings, and bytes as they came. */
  readonly received: (string | Uint8Array)[] = [];
  /** How it closed; 1006 if it left without a word. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;

  constructor(webSocket: WebSocket, socket: Socket) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    webSocket.on('error', () => {});
    webSocket.on('message', (data: Buffer, isBinary) => this.received.push(isBinary ? data : data.toString()));
    this.closed = new Promise((resolve) => {
      webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  /** Bytes that wait because the client does not read. */
  get bufferedAmount(): number {
    return this.#webSocket.bufferedAmount;
  }

  send(...messages: (string | Uint8Array)[]): void {
    for (const message of messages) this.#webSocket.send(message);
  }

  sendJson(...values: unknown[]): void {
    this.send(...values.map((value) => JSON.stringify(value)));
  }

  closeWith(code: number, reason = ''): void {
    this.#webSocket.close(code, reason);
  }

  /** Does something with every text of the client, which is kept as well. */
  onMessage(react: (text: string) => void): void {
    this.#webSocket.on('message', (data: Buffer) => react(data.toString()));
  }

  /** Keeps nothing from now on: for more than memory has room for. */
  forget(): void {
    this.#webSocket.removeAllListeners('message');
  }

  /** Reads nothing for so many milliseconds. */
  rest(milliseconds: number): void {
    this.#webSocket.pause();
    setTimeout(() => this.#webSocket.resume(), milliseconds);
  }

  /** The payload of its next pong. */
  async pong(): Promise<string> {
    return String(await new Promise((resolve) => this.#webSocket.once('pong', resolve)));
  }

  /** Puts bytes on the wire as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** From now on, one byte a millisecond. @returns what sends all that waits, and ends it */
  trickle(): () => void {
    const write: (data: Uint8Array) => boolean = this.#socket.write.bind(this.#socket);
    let waiting = Buffer.alloc(0);
    this.#socket.write = (data: string | Uint8Array) => {
      waiting = Buffer.concat([waiting, Buffer.from(data as string)]);
      return true;
    };
    const timer = setInterval(() => {
      if (waiting.length > 0) write(waiting.subarray(0, 1));
      waiting = waiting.subarray(1);
    }, 1);
    const end = () => {
      clearInterval(timer);
      this.#socket.write = write;
      write(waiting);
    };
    this.#socket.once('close', () => clearInterval(timer));
    return end;
  }

  /** The TCP connection ends without a Close frame. */
  drop(): void {
    this.#socket.destroy();
  }

  /** The TCP connection is reset. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Ends its side of the TCP connection without a Close frame. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Hears nothing, not even that the client ends its side of the TCP connection. */
  stopReading(): void {
    this.#webSocket.pause();
  }

  /** Reads again what is there. */
  readOn(): void {
    this.#webSocket.resume();
  }

  /** Answers nothing any more: no ping, no Close. */
  fallSilent(): void {
    this.#socket.removeAllListeners('data').resume();
  }
}

/** An unmasked frame, the final one of its message unless `first` says otherwise (RFC 6455 section 5.2). */
export function frame(first: number, payload: Uint8Array | string = ''): Uint8Array {
  const bytes = Buffer.from(payload);
  const length = bytes.length < 126 ? [bytes.length] : [126, Math.floor(bytes.length / 256) % 256, bytes.length % 256];
  return Buffer.concat([Buffer.from([first, ...length]), bytes]);
}

/** A Close frame with a code that no library would send. */
export function closeFrame(code: number, reason: Uint8Array | string = ''): Uint8Array {
  return frame(0x88, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}
