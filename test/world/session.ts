import { closeWith, raw } from '../../src/testing/index.js';
import type { Exchange } from './exchange.js';
import type { Wire } from './wire.js';

/** What clients send. `n` numbers what an application gives to be sent. */
export type Sent =
  | { readonly t: 'login'; readonly id: number; readonly token: string; readonly n: number }
  | { readonly t: 'sub' | 'unsub'; readonly id: number; readonly keys: readonly string[] }
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
  readonly seq?: number;
  readonly sum?: number;
  /** Of a snapshot. */
  readonly all?: true;
}

/** One client's connection, at the server. */
export class Session {
  readonly wire: Wire;
  readonly keys = new Set<string>();
  /** Whether it has sent what was not read. */
  isIgnored = false;
  /** The key of which the next change is not sent. */
  isGapDue = false;
  readonly #exchange: Exchange;
  readonly #onEnd: () => void;
  readonly #c: number;
  #frames = 0;

  constructor(wire: Wire, exchange: Exchange, onEnd: () => void) {
    this.wire = wire;
    this.#exchange = exchange;
    this.#onEnd = onEnd;
    this.#c = ++exchange.connections;
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
          message.keys.some((key) => this.keys.has(key)),
        );
        for (const key of message.keys) this.keys.add(key);
        this.#send({ t: 'ok', id: message.id });
        for (const key of message.keys) this.#send({ t: 'book', key, ...this.#exchange.book(key), all: true });
        return;
      case 'unsub':
        for (const key of message.keys) this.keys.delete(key);
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
    if (!this.keys.has(key)) return;
    if (this.isGapDue) this.isGapDue = false;
    else this.#send({ t: 'book', key, ...change });
  }

  end(code: number): void {
    this.wire.say(closeWith(code));
    this.#onEnd();
  }

  #send(message: Omit<Received, 'c' | 'f'>): void {
    this.wire.say(raw(JSON.stringify({ c: this.#c, f: ++this.#frames, ...message })));
  }
}
