import { Subscription } from 'rxjs';
import type { Observable } from 'rxjs';
import { HandshakeError } from '../protocol/errors.js';
import { redactUrl, refusedWith } from '../protocol/handshake.js';
import type { TransportRequest, TransportSink, TransportSocket } from '../transport/transport.js';
import type { Acceptance, ScriptedConnection, ScriptStep } from './script.js';

/** A Close frame that a client sent. */
export interface ClientClose {
  /** The code of the Close frame. */
  readonly code: number;
  /** The reason of the Close frame; empty if it has none. */
  readonly reason: string;
}

/** Receives what the client of a scripted connection sends. */
export interface ScriptedClient {
  sent(data: string | Uint8Array): void;
  closed(close: ClientClose): void;
  /** Whether pings are answered automatically. */
  readonly isPonged: boolean;
}

/** The server's end of one scripted connection. `socket` is the client's end. */
export class ScriptedPeer implements ScriptedConnection {
  readonly socket: TransportSocket;
  readonly #request: TransportRequest;
  readonly #sink: TransportSink;
  readonly #script = new Subscription();
  #phase: 'connecting' | 'open' | 'closed' = 'connecting';
  /** What the client has not read yet, while it is paused, or before it has its socket. */
  #unread: (() => void)[] | undefined = [];

  constructor(script: Observable<ScriptStep>, request: TransportRequest, sink: TransportSink, client: ScriptedClient) {
    this.#request = request;
    this.#sink = sink;
    this.socket = this.#socket(client);
    this.#script.add(
      script.subscribe({
        next: (step) => this.#arrive(() => step.act(this)),
        error: () => this.#arrive(() => this.drop()),
        complete: () => this.#arrive(() => this.close(1000, '')),
      }),
    );
    if (this.#unread?.length) void Promise.resolve().then(() => this.#read());
    else this.#unread = undefined;
  }

  open({ protocol = this.#request.protocols[0] ?? '', extensions = '', headers = {} }: Acceptance): void {
    if (this.#phase !== 'connecting') throw new Error('A script opens its connection twice.');
    this.#phase = 'open';
    this.#sink.onOpen(protocol, extensions, headers);
  }

  message(data: string | Uint8Array): void {
    if (this.#phase !== 'open') throw new Error('A script sends before its connection is open: put an `o` first.');
    this.#sink.onMessage(data, data.length);
  }

  ping(payload: string): void {
    this.#sink.onPing(payload);
  }

  pong(payload: string): void {
    this.#sink.onPong(payload);
  }

  refuse(status: number, headers: Readonly<Record<string, string>>): void {
    this.#sink.onError(refusedWith(status, headers, this.#request.scheduler.now()));
    this.#end(1006, '', false);
  }

  close(code: number, reason: string): void {
    if (this.#phase === 'open') this.#end(code, reason, true);
    else this.drop();
  }

  drop(): void {
    if (this.#phase === 'connecting') {
      this.#sink.onError(
        new HandshakeError(`Cannot connect to ${redactUrl(this.#request.url)}: refused by the script`),
      );
    }
    this.#end(1006, '', false);
  }

  #socket(client: ScriptedClient): TransportSocket {
    const readyState = () => ({ connecting: 0, open: 1, closed: 3 })[this.#phase];
    return {
      get readyState() {
        return readyState();
      },
      bufferedAmount: 0,
      send: (data) => client.sent(data),
      ping: (payload = '') => {
        if (client.isPonged) this.#arrive(() => this.pong(payload));
      },
      pause: () => void (this.#unread ??= []),
      resume: () => this.#read(),
      close: (code: number, reason: string) => {
        client.closed({ code, reason });
        this.#end(code, reason, true);
      },
      terminate: () => this.#stop(),
    };
  }

  #arrive(arrival: () => void): void {
    if (this.#unread) this.#unread.push(arrival);
    else if (this.#phase !== 'closed') arrival();
  }

  #read(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const arrival of unread) this.#arrive(arrival);
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    this.#stop();
    this.#sink.onClose(code, reason, wasClean);
  }

  #stop(): void {
    this.#phase = 'closed';
    this.#script.unsubscribe();
  }
}
