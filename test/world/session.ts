import { closeWith, raw } from '../../src/testing/index.js';
import { Channels } from './channels.js';
import type { Exchange } from './exchange.js';
import type { Wire } from './wire.js';

/** What clients send. `n` numbers what an application gives to be sent. */
export type Sent =
  | { readonly t: 'login'; readonly id: number; readonly token: string; readonly n: number }
  | { readonly t: 'sub' | 'unsub'; readonly id: number; readonly keys: readonly string[] }
  | { readonly t: 'unsub'; readonly id: number; readonly ch: number }
  | { readonly t: 'ask'; readonly id: number; readonly about: number; readonly n: number }
  | { readonly t: 'note' | 'word' | 'ping'; readonly n: number };

/** What servers send: `c` numbers the connection, and `f` its messages. */
export interface Received {
  readonly c: number;
  readonly f: number;
  readonly t: 'ok' | 'answer' | 'book';
  readonly id?: number;
  readonly about?: number;
  readonly key?: string;
  /** What this server calls the key on this connection, and the id of the message that asked for it. */
  readonly ch?: number;
  readonly sub?: number;
  readonly seq?: number;
  readonly sum?: number;
  /** Of a snapshot. */
  readonly all?: true;
}

/** One client's connection, at the server. */
export class Session {
  readonly wire: Wire;
  /** Whether it has sent what was not read. */
  isIgnored = false;
  /** The key of which the next change is not sent. */
  isGapDue = false;
  readonly #exchange: Exchange;
  readonly #onEnd: () => void;
  readonly #c: number;
  readonly #channels: Channels;
  #frames = 0;

  constructor(wire: Wire, exchange: Exchange, onEnd: () => void) {
    this.wire = wire;
    this.#exchange = exchange;
    this.#onEnd = onEnd;
    this.#c = ++exchange.connections;
    this.#channels = new Channels(this.#c);
  }

  /** The keys that it sends. */
  get keys(): readonly string[] {
    return this.#channels.keys;
  }

  received(message: Sent): void {
    switch (message.t) {
      case 'login':
        if (this.#exchange.accepts(message.token)) this.#send({ t: 'ok', id: message.id });
        else this.end(4401);
        return;
      case 'sub':
        this.wire.owner.asked(
          new Set([...this.keys, ...message.keys]),
          message.keys.some((key) => this.#channels.get(key)),
        );
        for (const key of message.keys) this.#channels.open(key, message.id);
        this.#send({ t: 'ok', id: message.id, ch: this.#channels.get(message.keys[0]!)!.ch });
        for (const key of message.keys) this.#sendBook(key, { ...this.#exchange.book(key), all: true });
        return;
      case 'unsub':
        if ('ch' in message) this.#channels.closeNumber(message.ch);
        else for (const key of message.keys) this.#channels.close(key);
        this.#send({ t: 'ok', id: message.id });
        return;
      case 'ask':
        this.#send({ t: 'answer', id: message.id, about: message.about });
        return;
      case 'ping':
        this.wire.say(raw('pong'));
        return;
      case 'note':
      case 'word':
        return;
    }
  }

  changed(key: string, change: { readonly seq: number; readonly sum: number }): void {
    if (!this.#channels.get(key)) return;
    if (this.isGapDue) this.isGapDue = false;
    else this.#sendBook(key, change);
  }

  end(code: number): void {
    this.wire.say(closeWith(code));
    this.#onEnd();
  }

  #sendBook(key: string, message: Pick<Received, 'seq' | 'sum' | 'all'>): void {
    this.#send({ t: 'book', key, ...this.#channels.get(key)!, ...message });
  }

  #send(message: Omit<Received, 'c' | 'f'>): void {
    this.wire.say(raw(JSON.stringify({ c: this.#c, f: ++this.#frames, ...message })));
  }
}
