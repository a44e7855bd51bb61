import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { interval } from 'rxjs';
import type { Subscription } from 'rxjs';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { Account } from './account.js';
import type { Passage } from '../ingest/history-log.js';
import type { Market } from './market.js';
import { Outgoing } from './outgoing.js';
import { Peer } from './peer.js';
import { BAN } from './rules.js';
import type { Rules } from './rules.js';

/** Milliseconds between two rounds of changes. */
const TICK = 20;
/**
 * A round that comes later than so many milliseconds was held up by the machine. Clients keep their windows 100 ms
 * longer than the exchange's: half of that is for what the exchange is late, the rest for what they are.
 */
const LATE = 30;
/** For so many milliseconds after such a round, what comes is not held against clients. */
const FORGIVING = 100;

/** What clients give as the reason of a planned end. */
export const PLANNED = 'planned';

/** Why the next handshakes are refused. */
export interface Refusal {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
  /** How many handshakes are refused. */
  readonly times?: number;
  /** Milliseconds for which handshakes are refused. */
  readonly during?: number;
}

/** A WebSocket server with the habits of an exchange, and the means to break what it serves. */
export class Exchange {
  readonly #rules: Rules;
  readonly #market: Market;
  /** Changed books a round. */
  readonly #pace: number;
  readonly #record: (passage: Passage) => void;
  readonly #late: number;
  readonly #accounts = new Map<string, Account>();
  readonly #http: Server;
  readonly #server = new WebSocketServer({ noServer: true, autoPong: true });
  readonly #peers = new Set<Peer>();
  #connections = 0;
  #ticking: Subscription | undefined;
  #lastTick = performance.now();
  #forgivingUntil = 0;
  #refusal: { status: number; retryAfter?: number | undefined; times: number; until: number } | undefined;

  /**
   * @param changes how many books change in a second
   * @param record is called with what is given, and what is sent to a connection
   * @param late how late a round may be that holds what comes against clients, in milliseconds
   */
  constructor(
    rules: Rules,
    market: Market,
    changes: number,
    record: (passage: Passage) => void = () => undefined,
    late = LATE,
  ) {
    this.#rules = rules;
    this.#market = market;
    this.#record = record;
    this.#late = late;
    this.#pace = (changes * TICK) / 1000;
    this.#http = createServer().on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  async listen(): Promise<void> {
    await once(this.#http.listen(0, '127.0.0.1'), 'listening');
    this.#lastTick = performance.now();
    for (const symbol of this.#market.symbols) this.#give(symbol, this.#market.book(symbol).number);
    this.#ticking = interval(TICK).subscribe(() => this.#tick());
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}/stream`;
  }

  account(name: string): Account {
    const account = this.#accounts.get(name) ?? new Account(this.#rules);
    this.#accounts.set(name, account);
    return account;
  }

  /** The connections of an account that work. */
  peersOf(name: string): Peer[] {
    return [...this.#peers].filter(({ account, isSound }) => isSound && account === this.account(name));
  }

  refuse({ status, retryAfter, times = Infinity, during = Infinity }: Refusal): void {
    this.#refusal = { status, retryAfter, times, until: performance.now() + during };
  }

  async close(): Promise<void> {
    this.#ticking?.unsubscribe();
    for (const socket of this.#server.clients) socket.terminate();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const now = performance.now();
    const account = this.account(String(request.headers['x-account']));
    const refusal = this.#refusalFor(account, now);
    if (refusal) refuse(socket, refusal);
    else this.#server.handleUpgrade(request, socket, head, (client) => this.#serve(client, account));
  }

  #refusalFor(account: Account, now: number): Refusal | undefined {
    if (account.isBanned(now)) return { status: 418, retryAfter: BAN.seconds };
    if (!account.dials.take(now) && !this.#isForgiving(now)) {
      account.violated('Too many handshakes', now);
      return { status: 429, retryAfter: 5 };
    }
    const refusal = this.#refusal;
    if (!refusal || refusal.times-- <= 0 || now > refusal.until) return undefined;
    const { status, retryAfter } = refusal;
    return retryAfter === undefined ? { status } : { status, retryAfter };
  }

  #serve(socket: WebSocket, account: Account): void {
    const place = `connection ${++this.#connections}`;
    const outgoing = new Outgoing(socket, this.#rules, ({ symbol: key, number: n, isSnapshot }) =>
      this.#record({ stage: 'sent', key, n, isSnapshot, place }),
    );
    const peer = new Peer(outgoing, account, this.#rules, this.#market, performance.now());
    this.#peers.add(peer);
    socket.on('error', () => undefined); // connections break on purpose
    socket.on('ping', () => this.#judge(peer, (now) => peer.control(now)));
    socket.on('pong', () => this.#judge(peer, (now) => peer.control(now)));
    socket.on('message', (data: Buffer) => this.#judge(peer, (now) => peer.receive(data.toString(), now)));
    socket.on('close', (_code, reason: Buffer) => {
      this.#peers.delete(peer);
      const isPlanned = peer.endedBy === 'client' && reason.toString() === PLANNED;
      account.ends[isPlanned ? 'planned' : peer.endedBy]++;
    });
  }

  #give(key: string, n: number): void {
    this.#record({ stage: 'given', key, n, place: 'market' });
  }

  #judge(peer: Peer, receive: (now: number) => void): void {
    const now = performance.now();
    if (this.#isForgiving(now)) peer.forgive(now);
    receive(now);
  }

  #isForgiving(now: number): boolean {
    if (now - this.#lastTick > TICK + this.#late) this.#forgivingUntil = now + FORGIVING;
    return now < this.#forgivingUntil;
  }

  #tick(): void {
    const now = performance.now();
    if (this.#isForgiving(now)) for (const peer of this.#peers) peer.forgive(now);
    this.#lastTick = now;
    for (const delta of this.#market.move(this.#pace)) {
      this.#give(delta.symbol, delta.to);
      for (const peer of this.#peers) peer.publish(delta);
    }
    for (const peer of this.#peers) peer.flush(now);
  }
}

function refuse(socket: Duplex, { status, retryAfter }: Refusal): void {
  const wait = retryAfter === undefined ? '' : `Retry-After: ${retryAfter}\r\n`;
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${wait}Content-Length: 0\r\nConnection: close\r\n\r\n`);
}
