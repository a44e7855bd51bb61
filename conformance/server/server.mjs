import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { WebSocketServer } from 'ws';
import { Peer } from './peer.mjs';

/** @typedef {(handshake: { request: import('node:http').IncomingMessage, socket: import('node:net').Socket, head: Buffer }) => void} Answer */

/** What a server adds to the key of a handshake (RFC 6455, 1.3). */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A server on 127.0.0.1 whose every answer can be chosen. */
export class Server {
  /** When each TCP connection began. @type {number[]} */
  attempts = [];
  /** The connections that were accepted. @type {Peer[]} */
  peers = [];
  /** The TCP connections that the client has not ended. @type {Set<import('node:net').Socket>} */
  sockets = new Set();
  /** Done to each connection that is accepted. Default: messages all the time. */
  greet = (/** @type {Peer} */ peer) => peer.stream();
  #port = 0;
  #http;
  #open = new Set();
  #webSockets = new WebSocketServer({ noServer: true, handleProtocols: ([first]) => first });
  /** @type {Answer} */
  #answer;
  #tls;

  /** @param {{ cert: string, key: string }} [tls] */
  constructor(tls) {
    this.#tls = tls;
    this.accept();
  }

  get url() {
    return `${this.#tls ? 'wss' : 'ws'}://127.0.0.1:${this.#port}`;
  }

  /** The connection that was accepted last. */
  get newest() {
    return this.peers.at(-1);
  }

  /** Listens, on the same port each time. */
  async listen() {
    this.#http = this.#tls ? createSecureServer(this.#tls) : createServer();
    this.#http.on('connection', (socket) => this.#track(socket));
    this.#http.on('upgrade', (request, socket, head) => this.#answer({ request, socket, head }));
    await new Promise((resolve) => this.#http.listen(this.#port, '127.0.0.1', resolve));
    this.#port = this.#http.address().port;
  }

  /** Resets all connections, and listens no more. */
  async stop() {
    const closed = new Promise((resolve) => (this.#http ? this.#http.close(resolve) : resolve()));
    this.reset();
    await closed;
    this.#http = undefined;
  }

  /** Resets all TCP connections. */
  reset() {
    for (const peer of this.peers) peer.stopStream();
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  accept(delay = 0) {
    this.#answer = (handshake) => {
      if (delay > 0) setTimeout(() => this.#welcome(handshake), delay);
      else this.#welcome(handshake);
    };
  }

  /** Refuses handshakes with a status. @param {Record<string, string>} headers */
  refuse(status, headers = {}) {
    const fields = Object.entries({ ...headers, 'content-length': '0', connection: 'close' });
    const head = [`HTTP/1.1 ${status} Refused`, ...fields.map(([name, value]) => `${name}: ${value}`), '', ''];
    this.#answer = ({ socket }) => socket.end(head.join('\r\n'));
  }

  /** Resets TCP connections at the handshake. */
  hangUp() {
    this.#answer = ({ socket }) => socket.resetAndDestroy();
  }

  /** Answers no handshake. */
  stall() {
    this.#answer = ({ socket }) => socket.resume();
  }

  /** Accepts with an extension that no client has offered. */
  acceptWithExtension() {
    this.#answer = ({ request, socket }) => {
      const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${GUID}`).digest('base64');
      const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade'];
      const fields = [`sec-websocket-accept: ${key}`, 'sec-websocket-extensions: x-not-offered'];
      socket.write([...head, ...fields, '', ''].join('\r\n'));
    };
  }

  /** Accepts with the key of another handshake. */
  acceptWithWrongKey() {
    const key = createHash('sha1').update('another').digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade'];
    this.#answer = ({ socket }) => socket.write([...head, `sec-websocket-accept: ${key}`, '', ''].join('\r\n'));
  }

  #track(socket) {
    this.attempts.push(performance.now());
    this.sockets.add(socket);
    this.#open.add(socket);
    socket.on('error', () => {});
    for (const end of ['end', 'gone']) socket.on(end, () => this.sockets.delete(socket));
    socket.on('close', () => {
      this.sockets.delete(socket);
      this.#open.delete(socket);
    });
  }

  #welcome({ request, socket, head }) {
    if (socket.destroyed) return;
    // The first message goes into the same packet as the answer.
    socket.cork();
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const peer = new Peer(webSocket, socket, this.peers.length);
      this.peers.push(peer);
      this.greet(peer);
    });
    socket.uncork();
  }
}
