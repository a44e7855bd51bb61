import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

/** The initial prices. */
const MARKETS = [
  { symbol: 'BTC', price: 67_000 },
  { symbol: 'ETH', price: 3_400 },
  { symbol: 'SOL', price: 170 },
];

let lastId = 0;

function nextTrade() {
  const market = MARKETS[Math.floor(Math.random() * MARKETS.length)];
  market.price *= 1 + (Math.random() - 0.5) / 500;
  return { id: ++lastId, symbol: market.symbol, price: Number(market.price.toFixed(2)) };
}

/** The server's end of one connection. */
class Peer {
  #socket;
  #isSilent = false;

  constructor(socket) {
    this.#socket = socket;
    socket.on('error', () => undefined); // broken connections are part of the scenario
    socket.on('ping', (payload) => this.#answer(() => socket.pong(payload)));
    socket.on('message', (data) => data.toString() === 'ping' && this.#answer(() => socket.send('pong')));
  }

  get #isOpen() {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  async #answer(reply) {
    await sleep(5 + Math.random() * 30); // the latency of a network
    if (!this.#isSilent && this.#isOpen) reply();
  }

  /** Sends trades for `ms` milliseconds, `atOnce` at a time. */
  async trade(ms, atOnce = 1) {
    for (const end = performance.now() + ms; this.#isOpen && performance.now() < end;) {
      for (let n = 0; n < atOnce; n++) this.send(JSON.stringify(nextTrade()));
      await sleep(10 + Math.random() * 40);
    }
  }

  send(text) {
    if (!this.#isSilent && this.#isOpen) this.#socket.send(text);
  }

  /** Keeps the TCP connection open, but sends nothing more, not even a pong. */
  fallSilent() {
    this.#isSilent = true;
  }

  /** Breaks the TCP connection, without a Close frame. */
  kill() {
    this.#socket.terminate();
  }

  close(code, reason) {
    this.#socket.close(code, reason);
  }
}

/**
 * Starts a server on the loopback, with one act for each connection attempt, in order.
 *
 * @param acts an iterable of functions of a peer, or of `{ status, retryAfter }` to refuse the handshake
 * @param onRequest handles plain HTTP requests
 */
export async function startServer(acts, { port = 0, onRequest } = {}) {
  const upcoming = acts[Symbol.iterator]();
  const webSockets = new WebSocketServer({ noServer: true, autoPong: false });
  const http = createServer(onRequest).on('upgrade', (request, socket, head) => {
    const act = upcoming.next().value ?? { status: 410 };
    if (typeof act === 'function') webSockets.handleUpgrade(request, socket, head, (peer) => act(new Peer(peer)));
    else refuse(socket, act);
  });
  await once(http.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `ws://127.0.0.1:${http.address().port}/trades`,
    stop() {
      for (const socket of webSockets.clients) socket.terminate();
      http.close();
      http.closeAllConnections(); // browsers keep theirs open
    },
  };
}

function refuse(socket, { status, retryAfter }) {
  const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.end(`HTTP/1.1 ${status} Refused\r\n${wait}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}
