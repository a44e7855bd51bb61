import { effect, inject, Injectable, signal } from '@angular/core';
import { filter, scan, Subscription } from 'rxjs';
import { requestResponse } from 'rxwire';
import { injectWebSocket } from 'rxwire/angular';
import { heartbeat, refreshOnUnauthorized, retryWithBackoff, stopOnFatalClose } from 'rxwire/operators';
import { Session } from './session';

export interface Price {
  readonly type: 'price';
  readonly symbol: string;
  readonly price: number;
  readonly change: number;
}

export interface Said {
  readonly type: 'said';
  readonly number: number;
  readonly name: string;
  readonly text: string;
}

/** What the server sends. */
export type Message =
  | Price
  | Said
  | { readonly type: 'history'; readonly said: readonly Said[] }
  | { readonly type: 'received'; readonly id: number };

/** What it is sent. */
export interface Command {
  readonly type: 'say';
  readonly id: number;
  /** The server takes a message once, however often it is sent. */
  readonly key: string;
  readonly text: string;
}

/** A message of ours that the server has not received. */
export interface Pending {
  readonly key: string;
  readonly text: string;
  readonly error?: string;
}

/** The one connection of the application. */
@Injectable({ providedIn: 'root' })
export class Feed {
  readonly #session = inject(Session);

  readonly socket = injectWebSocket<Message, Command>(
    () => (this.#session.user() !== undefined ? { url: () => `/api/feed?token=${this.#session.token}` } : undefined),
    heartbeat({
      interval: 5000,
      timeout: 5000,
      ping: () => '{"type":"ping"}',
      isReply: (data) => data === '{"type":"pong"}',
    }),
    refreshOnUnauthorized(() => this.#session.refresh()),
    stopOnFatalClose(),
    retryWithBackoff({ maxDelay: 15_000 }),
  );

  /** The latest price of each symbol. */
  readonly prices = this.socket.latestBy((message) => (message.type === 'price' ? message.symbol : undefined));

  /** What was said. The server sends the history at the beginning of each connection, so nothing is missed. */
  readonly said = this.socket.topic(
    this.socket.messages.pipe(
      filter((message) => message.type === 'said' || message.type === 'history'),
      scan(
        (said: readonly Said[], message) =>
          message.type === 'history' ? message.said : [...said, message].slice(-100),
        [],
      ),
    ),
  );

  /** Our own messages that are on their way, or were lost. */
  readonly pending = signal<readonly Pending[]>([]);

  #lastId = 0;

  readonly #request = requestResponse(this.socket.connection, {
    nextId: () => ++this.#lastId,
    idOf: (message) => (message.type === 'received' ? message.id : undefined),
  });

  /** The messages of the user that are on their way. */
  #requests = new Subscription();

  constructor() {
    effect((onCleanup) => {
      this.#session.user();
      onCleanup(() => this.#forget()); // at a logout, and where it is another user
    });
  }

  /** Says something. Without a connection it waits for one. */
  say(text: string, key: string = crypto.randomUUID()): void {
    const others = () => this.pending().filter((message) => message.key !== key);
    this.pending.set([...others(), { key, text }]);
    const request = this.#request((id) => ({ type: 'say', id, key, text })).subscribe({
      complete: () => this.pending.set(others()),
      error: ({ message: error }: Error) => this.pending.set([...others(), { key, text, error }]),
    });
    this.#requests.add(request);
  }

  /** A request that fails later would show what this user said to the next one. */
  #forget(): void {
    this.#requests.unsubscribe();
    this.#requests = new Subscription();
    this.pending.set([]);
  }
}
