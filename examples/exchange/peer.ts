import type { WebSocket } from 'ws';
import { Meter } from './account.js';
import type { Account, EndedBy } from './account.js';
import type { Delta, Market } from './market.js';
import type { Command, Message } from './messages.js';
import type { Outgoing } from './outgoing.js';
import type { Rules } from './rules.js';
import { deltaMessage, snapshotMessage } from './wire.js';

/** What may become of a delta. */
export type Spoilt = 'missing' | 'repeated' | 'garbled';

/** The most snapshots that are sent in one go. */
const SNAPSHOTS = 25;
/** A pong is asked for so many milliseconds after the last one. */
const PING_AFTER = 1500;

/** The exchange's end of one connection. */
export class Peer {
  endedBy: EndedBy = 'client';
  readonly account: Account;
  readonly #socket: WebSocket;
  readonly #rules: Rules;
  readonly #market: Market;
  readonly #meters: readonly Meter[];
  /** By symbol: the id that its messages have. */
  readonly #channels = new Map<string, number>();
  /** The symbols whose snapshot is still to be sent. */
  readonly #fresh = new Set<string>();
  #lastChannel = Math.floor(Math.random() * 1000);
  readonly #outgoing: Outgoing;
  readonly #since: number;
  #lastSign: number;
  #lastPing: number;
  #isNoticed = false;
  /** Frozen: neither reads nor writes, though it is connected. Hushed: answers, but has no data. */
  #condition: 'well' | 'frozen' | 'hushed' = 'well';
  /** What is to become of the next delta. */
  #spoilt: Spoilt | undefined;

  constructor(outgoing: Outgoing, account: Account, rules: Rules, market: Market, now: number) {
    this.#outgoing = outgoing;
    this.#socket = outgoing.socket;
    this.account = account;
    this.#rules = rules;
    this.#market = market;
    this.#meters = rules.paces.map((pace) => new Meter(pace));
    this.#since = this.#lastSign = this.#lastPing = now;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Whether it serves symbols as it should. */
  get isSound(): boolean {
    return this.isOpen && this.endedBy === 'client' && this.#channels.size > 0 && !this.#fresh.size;
  }

  // What the client sends

  /** A ping or a pong. */
  control(now: number): void {
    if (this.#condition === 'frozen') return;
    this.#lastSign = now;
    this.#count(now);
  }

  receive(text: string, now: number): void {
    if (this.#condition === 'frozen' || !this.#count(now)) return;
    if (this.#rules.life.by === 'own pings') this.#lastSign = now;
    if (text === 'ping') this.#outgoing.frame('pong');
    else if (text.startsWith('{"pong"')) this.#lastSign = now;
    else this.#obey(JSON.parse(text) as Command, now);
  }

  #obey({ op, id, symbols }: Command, now: number): void {
    const { keysPerMessage, keysPerConnection, hasChannels, acknowledges } = this.#rules;
    if (symbols.length > keysPerMessage) return this.violate('Too many symbols in a message', now);
    for (const symbol of symbols) {
      if (op === 'unsubscribe') {
        this.#channels.delete(symbol);
        this.#fresh.delete(symbol);
      } else if (this.#market.has(symbol)) {
        const channel = ++this.#lastChannel;
        this.#channels.set(symbol, channel);
        this.#fresh.add(symbol);
        const answer: Partial<Message> = { event: 'subscribed', id, symbol };
        if (acknowledges === 'symbol') this.#outgoing.message(hasChannels ? { ...answer, channel } : answer);
      } else {
        this.#outgoing.message({ event: 'error', id, symbol, error: 'No such symbol' });
      }
    }
    if (op === 'unsubscribe') this.#outgoing.message({ event: 'unsubscribed', id });
    else if (acknowledges === 'message') this.#outgoing.message({ event: 'subscribed', id });
    if (this.#channels.size > keysPerConnection) this.violate('Too many symbols', now);
  }

  #count(now: number): boolean {
    const isWithin = this.#meters.map((meter) => meter.take(now)).every(Boolean);
    if (!isWithin) this.violate('Too many requests', now);
    return isWithin;
  }

  /** The client has done something that it may not do. */
  violate(what: string, now: number): void {
    if (!this.isOpen) return;
    this.account.violated(what, now);
    this.end(1008, what, 'rules');
  }

  /** The exchange itself was late: what came meanwhile is not held against its client. */
  forgive(now: number): void {
    this.#lastSign = this.#lastPing = now;
    for (const meter of this.#meters) meter.reset();
  }

  // What it sends

  publish(delta: Delta): void {
    const channel = this.#channels.get(delta.symbol);
    if (channel === undefined || this.#condition === 'hushed') return;
    const spoilt = this.#fresh.has(delta.symbol) ? undefined : this.#spoilt;
    if (spoilt !== 'garbled') this.#spoilt = undefined;
    if (spoilt === 'missing') this.account.spoilt++;
    if (spoilt === 'missing') return;
    const message = deltaMessage(this.#rules, delta, channel);
    const sent = { symbol: delta.symbol, number: delta.to, isSnapshot: false };
    this.#outgoing.message(message, sent);
    if (spoilt === 'repeated') this.#outgoing.message(message, sent);
  }

  /** Sends what is due, and ends what is over. */
  flush(now: number): void {
    if (this.#condition === 'frozen' && now - this.#lastSign > this.#rules.life.within) this.reset(); // it sees no close
    if (!this.isOpen || this.#condition === 'frozen') return;
    if (this.#condition !== 'hushed') this.#sendSnapshots();
    this.#keepTime(now);
    const isGarbled = this.#spoilt === 'garbled' && this.#outgoing.isAllDeltas;
    this.#outgoing.flush(isGarbled);
    if (!isGarbled) return;
    this.account.spoilt++;
    this.#spoilt = undefined;
  }

  #sendSnapshots(): void {
    for (const symbol of [...this.#fresh].slice(0, SNAPSHOTS)) {
      const book = this.#market.book(symbol);
      const message = snapshotMessage(this.#rules, symbol, book, this.#channels.get(symbol)!);
      this.#outgoing.message(message, { symbol, number: book.number, isSnapshot: true });
      this.#fresh.delete(symbol);
    }
  }

  #keepTime(now: number): void {
    const { life, lifetime, notice } = this.#rules;
    if (now - this.#lastSign > life.within)
      return this.end(life.by === 'own pings' ? 4004 : 1008, 'Pong timeout', 'rules');
    if (life.by !== 'own pings' && now - this.#lastPing > PING_AFTER) {
      this.#lastPing = now;
      if (life.by === 'ping frames') this.#socket.ping();
      else this.#outgoing.frame(`{"ping":${Math.round(now)}}`);
    }
    if (notice && !this.#isNoticed && now - this.#since > lifetime - notice) {
      this.#isNoticed = true;
      this.#outgoing.message({ event: 'notice' });
    }
    if (now - this.#since > lifetime) this.end(1001, 'The connection was open for too long', 'rules');
  }

  /** Spoils the next delta. */
  spoil(how: Spoilt): void {
    this.#spoilt = how;
  }

  end(code: number, reason: string, endedBy: EndedBy): void {
    this.endedBy = endedBy;
    this.#socket.close(code, reason);
  }

  reset(): void {
    this.endedBy = 'break';
    this.#socket.terminate();
  }

  freeze(): void {
    this.endedBy = 'break';
    this.#condition = 'frozen';
    this.#socket.pause();
  }

  hush(): void {
    this.endedBy = 'break';
    this.#condition = 'hushed';
  }
}
