import type { IncomingMessage } from 'node:http';
import { TestServer } from '../../helpers/server.js';
import type { Peer, ServerOptions } from '../../helpers/server.js';
import type { Ledger } from '../fault.js';

/** A client of a counting server, and its stream of messages. */
export class CountedPeer {
  readonly peer: Peer;
  readonly #attempt: number;
  readonly #stream: NodeJS.Timeout;
  #count = 0;

  constructor(peer: Peer, attempt: number) {
    this.peer = peer;
    this.#attempt = attempt;
    this.#stream = setInterval(() => peer.send(this.next()), 10);
    void peer.closed.then(() => this.fallSilent());
  }

  /** The next message of its stream. */
  next(): string {
    return JSON.stringify([this.#attempt, ++this.#count]);
  }

  /** Stops its stream. */
  fallSilent(): void {
    clearInterval(this.#stream);
  }
}

/** A server on the loopback that sends 1, 2, 3, … to every client, and records what it receives. */
export class CountingServer {
  readonly got: Ledger = new Map();
  readonly port: number;
  readonly #clients: CountedPeer[] = [];
  #server: TestServer;

  private constructor(server: TestServer) {
    this.#server = server;
    this.port = server.port;
    this.#count();
  }

  static async start(options?: ServerOptions): Promise<CountingServer> {
    return new CountingServer(await TestServer.start(options));
  }

  /** The server itself. */
  get server(): TestServer {
    return this.#server;
  }

  /** The client that connected last. */
  get newest(): CountedPeer {
    return this.#clients.at(-1)!;
  }

  url(): string {
    return this.#server.url;
  }

  /** Ends all connections, and starts again on the same port. */
  async restart(options?: ServerOptions): Promise<void> {
    await this.stop();
    this.#server = await TestServer.start({ ...options, port: this.port });
    this.#count();
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #count(): void {
    const server = this.#server;
    server.greet((peer) => {
      const attempt = attemptOf(server.requests.at(-1)!);
      this.#clients.push(new CountedPeer(peer, attempt));
      const got: number[] = [];
      this.got.set(attempt, got);
      peer.onMessage((text) => got.push(Number(text)));
    });
  }
}

function attemptOf({ url }: IncomingMessage): number {
  return Number(new URL(url!, 'ws://127.0.0.1').searchParams.get('attempt'));
}
